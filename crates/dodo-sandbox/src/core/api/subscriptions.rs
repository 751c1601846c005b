//! `/subscriptions`: the list, and plan changes.

use super::answer::Routed;
use super::request::ApiRequest;
use super::route::items;
use crate::core::error::ApiError;
use crate::core::moment::Moment;
use crate::core::plan_change::ChangePlanBody;
use crate::core::state::{BUSINESS_ID, Core};

impl Core {
    /// Newest first.
    pub(super) fn list_subscriptions(&self, request: &ApiRequest) -> Result<Routed, ApiError> {
        let query = request.parameters();
        let mut found = Vec::new();
        for subscription in self.ledger.subscriptions.iter().rev() {
            let wanted = query.wants("customer_id", Some(&subscription.customer_id))
                && query.wants("product_id", Some(&subscription.product_id))
                && query.wants("status", Some(subscription.status.as_str()))
                && query.wants("brand_id", Some(BUSINESS_ID));
            if wanted && query.covers(subscription.created_at)? {
                let customer = self.ledger.customer(&subscription.customer_id)?;
                let product = self.ledger.product(&subscription.product_id).ok();
                found.push(subscription.list_item(customer, product));
            }
        }
        Ok(items(&query.page(found)?))
    }

    pub(super) fn post_plan_change_preview(
        &self,
        now: Moment,
        id: &str,
        request: &ApiRequest,
    ) -> Result<Routed, ApiError> {
        let body: ChangePlanBody = request.parse()?;
        self.preview_plan_change(now, id, &body).map(Routed::from)
    }

    pub(super) fn post_plan_change(
        &mut self,
        now: Moment,
        id: &str,
        request: &ApiRequest,
    ) -> Result<Routed, ApiError> {
        let body: ChangePlanBody = request.parse()?;
        self.change_plan(now, id, &body).map(Routed::from)
    }
}
