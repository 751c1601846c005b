//! Asking Dodo what an offer costs, and with which saved methods it can be paid.

use super::core::after;
use super::{Core, Refusal};
use crate::dodo::{Cart, DodoError, Preview, Product, SavedMethod, Wanted, usable};
use crate::occasion::Occasion;
use crate::rules::Rule;
use crate::shopper::{date_text, money_text, refuses_currency};
use aftercart_contract::{
    AmountMinor, Currency, CustomerId, Display, MethodRef, Money, PaymentMethod, Quote, Renewal, Timestamp,
};
use jiff::Timestamp as Moment;
use serde::{Deserialize, Serialize};

/// Everything Dodo knows about one offer to one customer, read at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Quoted {
    pub(super) cart: Cart,
    pub(super) product: Product,
    pub(super) preview: Preview,
    /// Usable ones only, the default first.
    pub(super) methods: Vec<SavedMethod>,
    pub(super) at: Moment,
}

impl Quoted {
    /// What accepting charges now, tax included: Dodo's figure.
    pub(super) fn due_now(&self) -> Money {
        Money { amount_minor: self.preview.current_breakup.total_amount, currency: self.preview.currency }
    }

    /// What each later cycle costs, tax included; absent for what is paid once.
    pub(super) fn renewal(&self) -> Option<AmountMinor> {
        self.preview.recurring_breakup.map(|later| later.total_amount)
    }
}

impl Core {
    /// Reads product, price and methods side by side. Refuses a plan that the customer subscribes to.
    pub(super) async fn quote(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        quantity: u32,
    ) -> Result<Quoted, Refusal> {
        let at = self.now();
        let cart = Cart {
            customer: occasion.customer.clone(),
            product: rule.product.clone(),
            quantity,
            billing: occasion.billing.clone(),
            trial_days: rule.trial_days,
        };
        let (product, preview, methods) = tokio::join!(
            self.dodo.product(&rule.product),
            self.dodo.preview(&cart),
            self.dodo.methods(&occasion.customer)
        );
        let refused = |what: &'static str| {
            move |error: DodoError| {
                tracing::warn!(offer.id = %rule.id, %error, "{what} cannot be read");
                if error.is_outage() { Refusal::DodoUnavailable(error) } else { Refusal::NoQuote }
            }
        };
        let product = product.map_err(refused("the product"))?.ok_or_else(|| {
            tracing::error!(offer.id = %rule.id, product.id = %rule.product, "Dodo knows no such product: correct offers.toml");
            Refusal::NoQuote
        })?;
        if rule.trial_days.is_some() && !product.is_recurring {
            tracing::error!(offer.id = %rule.id, product.id = %rule.product, "`trial_days` of a product that is no plan: correct offers.toml");
            return Err(Refusal::NoQuote);
        }
        // A plan begun elsewhere, before there was a server to hear of it, would be paid twice every month.
        if product.is_recurring {
            let subscribes = self.dodo.subscribes(&occasion.customer, &rule.product).await;
            if subscribes.map_err(refused("subscriptions"))? {
                return Err(Refusal::AlreadyOwned);
            }
        }
        let preview = preview.map_err(refused("the price"))?;
        let methods = methods.map_err(refused("saved methods"))?;
        if preview.current_breakup.total_amount.is_negative() {
            tracing::error!(offer.id = %rule.id, "Dodo's preview is negative");
            return Err(Refusal::NoQuote);
        }
        let refused = self.refused_in(&occasion.customer, preview.currency).await?;
        let (is_plan, currency) = (product.is_recurring, preview.currency);
        let methods = usable(methods, Wanted { is_plan, currency, refused: &refused, now: at });
        Ok(Quoted { cart, product, preview, methods, at })
    }

    /// Ids of the customer's methods that Dodo refused before in this currency.
    pub(super) async fn refused_in(
        &self,
        customer: &CustomerId,
        currency: Currency,
    ) -> Result<Vec<String>, Refusal> {
        let failures = self.store.failures_of(customer).await?;
        let of_currency = failures.into_iter().filter(|failed| {
            let code = failed.state.failure_code().unwrap_or_default();
            failed.quoted.currency == currency && refuses_currency(code)
        });
        Ok(of_currency.filter_map(|failed| failed.method).collect())
    }

    /// The quote as the shopper sees it.
    pub(super) fn quote_shown(&self, quoted: &Quoted, rule: &Rule, locale: &str) -> Quote {
        let now = quoted.preview.current_breakup;
        let currency = quoted.preview.currency;
        let text = |amount_minor| money_text(Money { amount_minor, currency }, locale);
        let renewal = quoted.preview.recurring_breakup.and_then(|later| {
            Some(Renewal {
                amount: later.total_amount,
                interval: quoted.product.interval()?,
                starts_at: quoted.preview.next_billing_date.and_then(moment),
            })
        });
        let expires = self.quote_expiry(quoted.at, rule);
        let price = quoted.product.price();
        let lowest = rule.lowest_price_30_days.map(|amount_minor| Money { amount_minor, ..price });
        Quote {
            subtotal: now.subtotal,
            discount: now.discount,
            tax: now.tax,
            total: now.total_amount,
            currency,
            credit_used: AmountMinor::ZERO,
            credit_granted: AmountMinor::ZERO,
            due_now: now.total_amount,
            display: Display {
                price: money_text(quoted.product.price(), locale),
                price_difference: None,
                subtotal: text(now.subtotal),
                discount: text(now.discount),
                tax: now.tax.and_then(text),
                total: text(now.total_amount),
                due_now: text(now.total_amount),
                renewal: renewal.as_ref().and_then(|renewal| text(renewal.amount)),
                lowest_price_30_days: lowest.and_then(|lowest| money_text(lowest, locale)),
                renews_on: renewal
                    .as_ref()
                    .and(quoted.preview.next_billing_date)
                    .and_then(|day| date_text(day, locale)),
                ..Display::default()
            },
            renewal,
            quantity: quoted.cart.quantity,
            effective_at: None,
            proration_billing_mode: None,
            quoted_at: moment(quoted.at).unwrap_or_else(epoch),
            expires_at: moment(expires).unwrap_or_else(epoch),
        }
    }

    /// When the price is asked anew: soon, and not after the offer itself has ended.
    pub(super) fn quote_expiry(&self, quoted_at: Moment, rule: &Rule) -> Moment {
        let expires = after(quoted_at, self.config.quote);
        rule.ends_at.map_or(expires, |end| end.min(expires))
    }

    /// The methods as a browser may know them.
    pub(super) fn methods_shown(&self, methods: &[SavedMethod]) -> Vec<PaymentMethod> {
        let shown = methods.iter().enumerate().filter_map(|(at, method)| {
            Some(PaymentMethod {
                method_ref: self.method_ref(method)?,
                kind: method.payment_method.clone(),
                brand: method.brand(),
                last4: method.last4(),
                expires: method.expires(),
                default: at == 0,
            })
        });
        shown.collect()
    }

    /// The opaque name of a method: the same on every call, and useless elsewhere.
    pub(super) fn method_ref(&self, method: &SavedMethod) -> Option<MethodRef> {
        let opaque = self.config.token_keys.opaque("payment method", &method.payment_method_id);
        MethodRef::new(format!("mtd_{opaque}")).ok()
    }
}

/// A moment as it travels, whole seconds, UTC.
pub(super) fn moment(at: Moment) -> Option<Timestamp> {
    let whole = Moment::from_second(at.as_second()).ok()?;
    Timestamp::new(whole.to_string()).ok()
}

#[allow(clippy::expect_used, reason = "a constant of the right form")]
pub(super) fn epoch() -> Timestamp {
    Timestamp::new("1970-01-01T00:00:00Z").expect("a constant of the right form")
}
