//! `/customers`: the buyers, their saved methods, the portal link.

use serde::Deserialize;
use serde_json::json;

use super::answer::Routed;
use super::request::ApiRequest;
use super::route::items;
use crate::core::address::Address;
use crate::core::checkout::{DEFAULT_COUNTRY, check_url, owned_method};
use crate::core::customer::{Customer, Metadata};
use crate::core::error::ApiError;
use crate::core::metadata;
use crate::core::moment::Moment;
use crate::core::state::{BUSINESS_ID, Core};

#[derive(Deserialize)]
struct NewCustomer {
    email: String,
    name: String,
    phone_number: Option<String>,
    metadata: Option<Metadata>,
    preferred_locale: Option<String>,
}

#[derive(Deserialize)]
struct CustomerChange {
    email: Option<String>,
    name: Option<String>,
    phone_number: Option<String>,
    metadata: Option<Metadata>,
    preferred_locale: Option<String>,
}

impl Core {
    pub(super) fn list_customers(&self, request: &ApiRequest) -> Result<Routed, ApiError> {
        let query = request.parameters();
        let mut found = Vec::new();
        for customer in self.ledger.customers.iter().rev() {
            let wanted = query.get("email").is_none_or(|email| customer.email.eq_ignore_ascii_case(email))
                && query.get("name").is_none_or(|name| customer.name.contains(name));
            if wanted && query.covers(customer.created_at)? {
                found.push(customer.document(BUSINESS_ID));
            }
        }
        Ok(items(&query.page(found)?))
    }

    pub(super) fn create_customer(&mut self, now: Moment, request: &ApiRequest) -> Result<Routed, ApiError> {
        let body: NewCustomer = request.parse()?;
        check_email(&body.email)?;
        let metadata = body.metadata.unwrap_or_default();
        metadata::check(&metadata)?;
        let customer = Customer {
            id: self.ids.next("cus"),
            email: body.email,
            name: body.name,
            phone_number: body.phone_number,
            metadata,
            preferred_locale: body.preferred_locale,
            created_at: now.stamp(),
            billing: Address::of_country(DEFAULT_COUNTRY),
            methods: Vec::new(),
            scenario: None,
        };
        let document = customer.document(BUSINESS_ID);
        self.ledger.customers.push(customer);
        Ok(document.into())
    }

    pub(super) fn show_customer(&self, id: &str) -> Result<Routed, ApiError> {
        Ok(self.ledger.customer(id)?.document(BUSINESS_ID).into())
    }

    pub(super) fn change_customer(&mut self, id: &str, request: &ApiRequest) -> Result<Routed, ApiError> {
        let change: CustomerChange = request.parse()?;
        if let Some(metadata) = &change.metadata {
            metadata::check(metadata)?;
        }
        if let Some(email) = &change.email {
            check_email(email)?;
        }
        let customer = self.ledger.customer_mut(id)?;
        customer.email = change.email.unwrap_or_else(|| customer.email.clone());
        customer.name = change.name.unwrap_or_else(|| customer.name.clone());
        customer.phone_number = change.phone_number.or_else(|| customer.phone_number.clone());
        customer.preferred_locale = change.preferred_locale.or_else(|| customer.preferred_locale.clone());
        customer.metadata = change.metadata.unwrap_or_else(|| customer.metadata.clone());
        Ok(customer.document(BUSINESS_ID).into())
    }

    pub(super) fn list_methods(&self, id: &str) -> Result<Routed, ApiError> {
        let methods = &self.ledger.customer(id)?.methods;
        Ok(items(&methods.iter().map(crate::core::SavedMethod::document).collect::<Vec<_>>()))
    }

    pub(super) fn delete_method(&mut self, id: &str, method_id: &str) -> Result<Routed, ApiError> {
        owned_method(&self.ledger, id, method_id)?;
        self.ledger.customer_mut(id)?.methods.retain(|method| method.id != method_id);
        Ok(Routed::nothing())
    }

    pub(super) fn open_portal(&self, id: &str, request: &ApiRequest) -> Result<Routed, ApiError> {
        let customer = self.ledger.customer(id)?;
        request.parameters().flag("send_email")?;
        if let Some(url) = request.parameters().get("return_url") {
            check_url(url)?;
        }
        Ok(json!({ "link": format!("{}/portal/{}", self.settings.base_url, customer.id) }).into())
    }
}

fn check_email(email: &str) -> Result<(), ApiError> {
    if email.contains('@') { Ok(()) } else { Err(ApiError::parameters("email is not an e-mail address")) }
}
