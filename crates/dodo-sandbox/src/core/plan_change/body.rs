//! The body of a plan change, its preview included, and the rules it can break by itself.

use std::collections::HashSet;

use serde::Deserialize;

use super::proration::Mode;
use super::switch::OnPaymentFailure;
use crate::core::addon::{SubscribedAddon, price_of};
use crate::core::customer::Metadata;
use crate::core::error::ApiError;
use crate::core::metadata;

/// As far as the sandbox imitates it; what it does not is refused, see [`ChangePlanBody::check`].
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ChangePlanBody {
    pub(crate) product_id: String,
    pub(crate) quantity: i64,
    #[serde(rename = "proration_billing_mode")]
    pub(crate) mode: Mode,
    effective_at: Option<EffectiveAt>,
    on_payment_failure: Option<OnPaymentFailure>,
    #[serde(default)]
    addons: Option<Vec<SubscribedAddon>>,
    pub(crate) metadata: Option<Metadata>,
    discount_codes: Option<Vec<String>>,
    discount_code: Option<String>,
    collect_via_payment_link: Option<bool>,
    return_url: Option<String>,
    cancel_scheduled_change_plan: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum EffectiveAt {
    Immediately,
    NextBillingDate,
}

impl ChangePlanBody {
    /// Whether the change waits for the next billing date.
    pub(crate) fn is_scheduled(&self) -> bool {
        self.effective_at == Some(EffectiveAt::NextBillingDate)
    }

    /// Whether a change that is already scheduled gives way.
    pub(crate) fn replaces_schedule(&self) -> bool {
        self.cancel_scheduled_change_plan.unwrap_or(false)
    }

    /// Dodo's default is to switch the plan although it was not paid.
    pub(crate) fn on_failure(&self) -> OnPaymentFailure {
        self.on_payment_failure.unwrap_or(OnPaymentFailure::ApplyChange)
    }

    /// Errors: 422 for a quantity below 1, bad metadata, unknown addons, discounts and payment
    /// links (not imitated), and for a mode that a strict shop does not schedule.
    pub(crate) fn check(&self, strict_scheduled_modes: bool) -> Result<(), ApiError> {
        if self.quantity < 1 {
            return Err(ApiError::parameters("quantity must be at least 1"));
        }
        metadata::check(self.metadata.as_ref().unwrap_or(&Metadata::new()))?;
        self.check_addons()?;
        if self.discount_code.is_some() || self.discount_codes.as_ref().is_some_and(|codes| !codes.is_empty())
        {
            return Err(ApiError::parameters("the sandbox does not imitate discounts"));
        }
        if self.collect_via_payment_link.unwrap_or(false) {
            return Err(ApiError::parameters("the sandbox does not imitate collect_via_payment_link"));
        }
        if self.return_url.is_some() {
            return Err(ApiError::parameters("return_url requires collect_via_payment_link"));
        }
        let is_schedulable = matches!(self.mode, Mode::FullImmediately | Mode::DoNotBill);
        if strict_scheduled_modes && self.is_scheduled() && !is_schedulable {
            return Err(ApiError::new(
                422,
                "INVALID_PRORATION_MODE_WITH_NEXT_BILLING_DATE",
                "This proration mode cannot be used with effective_at next_billing_date",
            ));
        }
        Ok(())
    }

    /// What the subscription keeps: nothing that is not named, as with Dodo.
    pub(crate) fn addons(&self) -> &[SubscribedAddon] {
        self.addons.as_deref().unwrap_or_default()
    }

    fn check_addons(&self) -> Result<(), ApiError> {
        let addons = self.addons();
        let different: HashSet<&str> = addons.iter().map(|addon| addon.addon_id.as_str()).collect();
        if different.len() < addons.len() {
            return Err(ApiError::new(422, "DUPLICATE_ADDON_IDS_IN_REQUEST", "An addon is named twice"));
        }
        price_of(addons).map(|_| ())
    }
}
