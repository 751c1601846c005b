//! `/products`: the catalogue.

use super::answer::Routed;
use super::request::ApiRequest;
use super::route::items;
use crate::core::error::ApiError;
use crate::core::state::{BUSINESS_ID, Core};

impl Core {
    pub(super) fn list_products(&self, request: &ApiRequest) -> Result<Routed, ApiError> {
        let query = request.parameters();
        let recurring = query.flag("recurring")?;
        // Nothing in the sandbox is ever archived.
        let archived = query.flag("archived")?.unwrap_or(false);
        let found = self
            .ledger
            .products
            .iter()
            .filter(|product| {
                !archived && recurring.is_none_or(|recurring| recurring == product.is_recurring)
            })
            .filter(|_| query.wants("brand_id", Some(BUSINESS_ID)))
            .map(|product| product.list_item(BUSINESS_ID, &self.settings.base_url))
            .collect();
        Ok(items(&query.page(found)?))
    }

    pub(super) fn show_product(&self, id: &str) -> Result<Routed, ApiError> {
        Ok(self.ledger.product(id)?.document(BUSINESS_ID, &self.settings.base_url).into())
    }
}
