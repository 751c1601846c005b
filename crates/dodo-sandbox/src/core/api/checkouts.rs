//! `/checkouts`: sessions, one-click charges, previews.

use super::answer::Routed;
use super::request::ApiRequest;
use crate::core::checkout::CheckoutBody;
use crate::core::error::ApiError;
use crate::core::moment::Moment;
use crate::core::state::Core;

impl Core {
    pub(super) fn post_checkout(&mut self, now: Moment, request: &ApiRequest) -> Result<Routed, ApiError> {
        let body: CheckoutBody = request.parse()?;
        self.create_checkout(now, &body).map(Routed::from)
    }

    pub(super) fn post_checkout_preview(
        &self,
        now: Moment,
        request: &ApiRequest,
    ) -> Result<Routed, ApiError> {
        let body: CheckoutBody = request.parse()?;
        self.preview_checkout(now, &body).map(Routed::from)
    }

    pub(super) fn show_checkout(&self, id: &str) -> Result<Routed, ApiError> {
        Ok(self.ledger.session(id)?.document(&self.ledger).into())
    }
}
