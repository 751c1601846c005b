//! Products: one-time goods and monthly plans.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Something the shop sells.
#[derive(Clone, Debug)]
pub struct Product {
    /// `pdt_…`
    pub id: String,
    /// Shown to buyers.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Minor units of `currency`, per unit.
    pub price: i64,
    /// ISO 4217.
    pub currency: String,
    /// Whether `price` already contains the tax.
    pub tax_inclusive: bool,
    /// A monthly plan rather than a one-time good.
    pub is_recurring: bool,
    /// Path under the sandbox's own address; a merchant need not upload a picture.
    pub image_path: Option<String>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// When its price last moved.
    pub updated_at: Timestamp,
}

impl Product {
    /// `GET /products/{id}`. `base_url` makes the image absolute.
    pub(crate) fn document(&self, business_id: &str, base_url: &str) -> Value {
        json!({
            "product_id": self.id,
            "business_id": business_id,
            "brand_id": business_id,
            "name": self.name,
            "description": self.description,
            "image": self.image(base_url),
            "is_recurring": self.is_recurring,
            "license_key_enabled": false,
            "tax_category": self.tax_category(),
            "price": self.price_document(),
            "metadata": {},
            "entitlements": [],
            "credit_entitlements": [],
            "addons": null,
            "digital_product_delivery": null,
            "license_key_activation_message": null,
            "license_key_activations_limit": null,
            "license_key_duration": null,
            "pricing_mode": null,
            "product_collection_id": null,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }

    fn image(&self, base_url: &str) -> Option<String> {
        self.image_path.as_ref().map(|path| format!("{base_url}{path}"))
    }

    /// One item of `GET /products`: flatter than the product itself.
    pub(crate) fn list_item(&self, business_id: &str, base_url: &str) -> Value {
        json!({
            "product_id": self.id,
            "business_id": business_id,
            "name": self.name,
            "description": self.description,
            "image": self.image(base_url),
            "is_recurring": self.is_recurring,
            "tax_category": self.tax_category(),
            "price": self.price,
            "currency": self.currency,
            "tax_inclusive": self.tax_inclusive,
            "price_detail": self.price_document(),
            "pricing_mode": null,
            "metadata": {},
            "entitlements": [],
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }

    /// Dodo's tax category of what this is.
    pub(crate) fn tax_category(&self) -> &'static str {
        if self.is_recurring { "saas" } else { "digital_products" }
    }

    fn price_document(&self) -> Value {
        let mut price = json!({
            "type": "one_time_price",
            "price": self.price,
            "currency": self.currency,
            "discount": 0,
            "discount_bps": 0,
            "purchasing_power_parity": false,
            "tax_inclusive": self.tax_inclusive,
        });
        let special = if self.is_recurring {
            json!({
                "type": "recurring_price",
                "payment_frequency_count": 1,
                "payment_frequency_interval": "Month",
                "subscription_period_count": 20,
                "subscription_period_interval": "Year",
                "trial_period_days": 0,
            })
        } else {
            json!({ "pay_what_you_want": false, "suggested_price": null })
        };
        if let (Value::Object(price), Value::Object(special)) = (&mut price, special) {
            price.extend(special);
        }
        price
    }
}
