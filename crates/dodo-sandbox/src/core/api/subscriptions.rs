//! `/subscriptions`, to read.

use super::answer::Routed;
use super::request::ApiRequest;
use super::route::items;
use crate::core::error::ApiError;
use crate::core::state::{BUSINESS_ID, Core};

impl Core {
    /// Newest first.
    pub(super) fn list_subscriptions(&self, request: &ApiRequest) -> Result<Routed, ApiError> {
        let query = request.parameters();
        let mut found = Vec::new();
        for subscription in self.ledger.subscriptions.iter().rev() {
            let wanted = query.wants("customer_id", Some(&subscription.customer_id))
                && query.wants("product_id", Some(&subscription.product_id))
                && query.wants("status", Some("active"))
                && query.wants("brand_id", Some(BUSINESS_ID));
            if wanted && query.covers(subscription.created_at)? {
                let customer = self.ledger.customer(&subscription.customer_id)?;
                let product = self.ledger.product(&subscription.product_id).ok();
                found.push(subscription.list_item(customer, product));
            }
        }
        Ok(items(&query.page(found)?))
    }
}
