//! Subscriptions and the change of their plan.
//!
//! 1. What is previewed is what is sent: one [`ChangeBody`] makes both, and only the metadata of a sent one
//!    carries the attempt's id.
//! 2. It always says `prevent_change`, and names the addons that are there: Dodo's defaults would switch an
//!    unpaid plan and remove them.
//! 3. A change is sent once. What an answer proves is told in [`ChangeRefusal`].

use super::answer::document;
use super::charge::{ChargeError, is_refusal};
use super::client::{Dodo, DodoError, Items, MAX_PAGES, PAGE_SIZE, Purpose};
use super::documents::{PayingCustomer, Payment, interval, null_as_default};
use super::wire::{NoAnswer, Sends};
use crate::attempt::{Effective, KeptAddon};
use aftercart_contract::{AmountMinor, Currency, CustomerId, Interval, ProductId, ProrationBillingMode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A subscription, from `GET /subscriptions/{id}`, an item of their list, or a webhook.
#[derive(Clone, Debug, Deserialize)]
#[allow(clippy::struct_field_names, clippy::struct_excessive_bools, reason = "names and shape are Dodo's")]
pub(crate) struct Subscription {
    pub(crate) subscription_id: String,
    pub(crate) product_id: ProductId,
    pub(crate) quantity: u32,
    #[serde(default)]
    status: Option<String>,
    pub(crate) customer: PayingCustomer,
    #[serde(default)]
    pub(crate) on_demand: bool,
    #[serde(default)]
    pub(crate) cancel_at_next_billing_date: bool,
    #[serde(default)]
    pub(crate) has_payment_method: bool,
    #[serde(default)]
    pub(crate) payment_method_id: Option<String>,
    pub(crate) next_billing_date: Timestamp,
    /// Absent in lists.
    #[serde(default, deserialize_with = "null_as_default")]
    pub(crate) addons: Vec<KeptAddon>,
    #[serde(default)]
    pub(crate) scheduled_change: Option<ScheduledChange>,
    /// Per cycle, for the whole quantity; contains the tax where the plan's price does.
    #[serde(default)]
    pub(crate) recurring_pre_tax_amount: Option<AmountMinor>,
    /// Whether that amount contains the tax.
    #[serde(default)]
    pub(crate) tax_inclusive: bool,
    #[serde(default)]
    payment_frequency_count: Option<u16>,
    #[serde(default)]
    payment_frequency_interval: Option<String>,
}

/// A change that waits for the next billing date.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ScheduledChange {
    pub(crate) product_id: ProductId,
    pub(crate) created_at: Timestamp,
}

impl Subscription {
    /// Only an active subscription can change its plan.
    pub(crate) fn is_active(&self) -> bool {
        self.status.as_deref() == Some("active")
    }

    /// It is there and may bill: one that is on hold or paused goes on one day. One that is `pending` has not begun.
    pub(crate) fn may_bill(&self) -> bool {
        !self.is_over() && self.status() != "pending"
    }

    /// It bills no more, whatever happens.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.status(), "cancelled" | "expired" | "failed")
    }

    /// Dodo's word for its status.
    pub(crate) fn status(&self) -> &str {
        self.status.as_deref().unwrap_or("unknown")
    }

    /// How often it bills.
    pub(crate) fn interval(&self) -> Option<Interval> {
        interval(self.payment_frequency_count?, self.payment_frequency_interval.as_deref()?)
    }
}

/// The request for a plan change, and for its preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangeBody {
    pub(crate) subscription: String,
    pub(crate) product: ProductId,
    pub(crate) quantity: u32,
    pub(crate) mode: ProrationBillingMode,
    pub(crate) effective: Effective,
    pub(crate) addons: Vec<KeptAddon>,
}

impl ChangeBody {
    /// As sent, without metadata.
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("product_id".into(), json!(self.product));
        body.insert("quantity".into(), self.quantity.into());
        body.insert("proration_billing_mode".into(), json!(self.mode));
        body.insert("effective_at".into(), json!(self.effective));
        body.insert("on_payment_failure".into(), "prevent_change".into());
        body.insert("addons".into(), json!(self.addons));
        body
    }
}

/// The answer of `POST /subscriptions/{id}/change-plan/preview`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ChangePreview {
    pub(crate) immediate_charge: ImmediateCharge,
    /// The subscription as it would be.
    pub(crate) new_plan: Subscription,
}

/// What is due now.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ImmediateCharge {
    pub(crate) effective_at: Timestamp,
    pub(crate) summary: Summary,
}

/// The sums of what is due now, after credits.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Summary {
    pub(crate) currency: Currency,
    pub(crate) total_amount: AmountMinor,
    #[serde(default)]
    pub(crate) tax: Option<AmountMinor>,
    /// Negative: spent on this charge. Positive: granted.
    #[serde(default)]
    pub(crate) customer_credits: i64,
}

/// What Dodo's code for a refused plan change proves.
///
/// A 422 is decided before anything happens. A 409 names what stands in the way: a schedule cannot come from
/// an immediate change, and a pending one not from a scheduled change, so it is not ours that it has met, and
/// ours did not happen. A 409 that names a change of our own kind might be answered to a second copy of our
/// request that some proxy made, after the first was taken: nobody knows.
pub(crate) struct ChangeRefusal;

impl ChangeRefusal {
    fn proves_nothing_happened(effective: Effective, status: u16, code: &str) -> bool {
        match (status, code, effective) {
            (409, "SCHEDULED_PLAN_CHANGE_EXISTS", Effective::Immediately)
            | (409, "PENDING_PLAN_CHANGE_EXISTS", Effective::NextBillingDate) => true,
            _ => is_refusal(status),
        }
    }

    /// True for a preview that is refused because another change stands in the way.
    pub(crate) fn is_pending(error: &DodoError) -> bool {
        matches!(error, DodoError::Refused { code, .. }
            if code == "PENDING_PLAN_CHANGE_EXISTS" || code == "SCHEDULED_PLAN_CHANGE_EXISTS")
    }
}

impl Dodo {
    /// All of a customer's subscriptions as the list shows them; an unknown customer has none.
    ///
    /// Pages are counted from 0, by hand, until an empty one.
    pub(crate) async fn subscriptions_of(
        &self,
        customer: &CustomerId,
    ) -> Result<Vec<Subscription>, DodoError> {
        let mut all = Vec::new();
        for page in 0..MAX_PAGES {
            let items = self.subscriptions_on(page, customer, None).await?;
            if items.is_empty() {
                return Ok(all);
            }
            all.extend(items);
        }
        Err(DodoError::Unreadable(format!("more than {MAX_PAGES} pages of subscriptions")))
    }

    /// True when the customer has a subscription of this plan that may bill, wherever it was begun.
    pub(crate) async fn subscribes(
        &self,
        customer: &CustomerId,
        plan: &ProductId,
    ) -> Result<bool, DodoError> {
        for page in 0..MAX_PAGES {
            let items = self.subscriptions_on(page, customer, Some(plan)).await?;
            if items.is_empty() {
                return Ok(false);
            }
            if items.iter().any(|found| found.product_id == *plan && found.may_bill()) {
                return Ok(true);
            }
        }
        Err(DodoError::Unreadable(format!("more than {MAX_PAGES} pages of one plan's subscriptions")))
    }

    async fn subscriptions_on(
        &self,
        page: usize,
        customer: &CustomerId,
        plan: Option<&ProductId>,
    ) -> Result<Vec<Subscription>, DodoError> {
        let mut query = vec![
            ("customer_id", customer.to_string()),
            ("page_size", PAGE_SIZE.to_string()),
            ("page_number", page.to_string()),
        ];
        query.extend(plan.map(|plan| ("product_id", plan.to_string())));
        match self.get::<Items<Subscription>>("/subscriptions", query).await {
            Ok(Items { items }) => Ok(items),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The whole subscription, or `None` when Dodo knows none of that id.
    pub(crate) async fn subscription(&self, id: &str) -> Result<Option<Subscription>, DodoError> {
        match self.get(&format!("/subscriptions/{id}"), Vec::new()).await {
            Ok(subscription) => Ok(Some(subscription)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends a subscription at once; answers it as it is then. To end it twice is to end it once.
    pub(crate) async fn end_subscription(&self, id: &str, comment: &str) -> Result<Subscription, DodoError> {
        let mut body = Map::new();
        body.insert("status".into(), "cancelled".into());
        body.insert("cancel_reason".into(), "cancelled_by_merchant".into());
        body.insert("cancellation_comment".into(), comment.into());
        document(&self.patch(format!("/subscriptions/{id}"), body).await?)
    }

    /// What a change costs now. Reserves nothing.
    pub(crate) async fn preview_change(&self, body: &ChangeBody) -> Result<ChangePreview, DodoError> {
        let path = format!("/subscriptions/{}/change-plan/preview", body.subscription);
        document(&self.post(&path, body.document(), Sends::MayRepeat).await?)
    }

    /// Asks for the change. Call it once per claimed attempt, never again.
    ///
    /// A 2xx means that Dodo took it on, whatever its body says: older versions of the API send none.
    pub(crate) async fn change_plan(&self, body: &ChangeBody, purpose: &Purpose) -> Result<(), ChargeError> {
        let path = format!("/subscriptions/{}/change-plan", body.subscription);
        let mut sent = body.document();
        sent.insert("metadata".into(), purpose.metadata());
        let answer = match self.post(&path, sent, Sends::Once).await {
            Ok(answer) => answer,
            Err(NoAnswer::NeverSent(_)) => {
                return Err(ChargeError::NotCharged("GATEWAY_UNREACHABLE".to_owned()));
            }
            Err(NoAnswer::Lost(why)) => return Err(ChargeError::Unknown(DodoError::Unreachable(why))),
        };
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        match document::<Value>(&answer) {
            Err(DodoError::Refused { status, code })
                if ChangeRefusal::proves_nothing_happened(body.effective, status, &code) =>
            {
                Err(ChargeError::NotCharged(if code.is_empty() {
                    "INVALID_REQUEST".to_owned()
                } else {
                    code
                }))
            }
            Err(error) => Err(ChargeError::Unknown(error)),
            Ok(_) => Ok(()),
        }
    }

    /// Calls a scheduled change off. False: nothing is scheduled any more.
    pub(crate) async fn call_off_change(&self, subscription: &str) -> Result<bool, DodoError> {
        let answer = self.delete(format!("/subscriptions/{subscription}/change-plan/scheduled")).await?;
        if (200..300).contains(&answer.status) {
            return Ok(true);
        }
        match document::<Value>(&answer) {
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
            Ok(_) => Ok(true),
        }
    }

    /// The first payment of a subscription since a moment that is `wanted`, whole: lists lack its code and link.
    pub(crate) async fn change_payment(
        &self,
        subscription: &str,
        since: Timestamp,
        wanted: impl Fn(&Payment) -> bool + Send + Sync,
    ) -> Result<Option<Payment>, DodoError> {
        match self.find_payment_of(("subscription_id", subscription), since, wanted).await? {
            Some(found) => self.payment(&found.payment_id).await,
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dodos_own_documents_are_read() {
        let fixture = |name: &str| {
            let path = format!("{}/../../fixtures/dodo/{name}.json", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).unwrap()
        };
        let subscription: Subscription = serde_json::from_str(&fixture("subscription")).unwrap();
        assert!(subscription.is_active() && subscription.interval().is_some());
        // Dodo's list of statuses, and one that it may add.
        let in_status =
            |status: &str| Subscription { status: Some(status.to_owned()), ..subscription.clone() };
        let going_on = ["active", "on_hold", "paused", "past_due", "something_new"];
        assert!(going_on.map(in_status).iter().all(Subscription::may_bill));
        assert!(
            !["pending", "cancelled", "expired", "failed"].map(in_status).iter().any(Subscription::may_bill)
        );
        serde_json::from_str::<ChangePreview>(&fixture("plan_change_preview")).unwrap();
    }

    #[test]
    fn a_change_always_keeps_addons_and_never_switches_an_unpaid_plan() {
        let body = ChangeBody {
            subscription: "sub_1".into(),
            product: ProductId::new("pdt_pro").unwrap(),
            quantity: 1,
            mode: ProrationBillingMode::FullImmediately,
            effective: Effective::NextBillingDate,
            addons: vec![KeptAddon { addon_id: "adn_1".into(), quantity: 3 }],
        };
        let expected = json!({
            "product_id": "pdt_pro", "quantity": 1, "proration_billing_mode": "full_immediately",
            "effective_at": "next_billing_date", "on_payment_failure": "prevent_change",
            "addons": [{"addon_id": "adn_1", "quantity": 3}]
        });
        assert_eq!(Value::Object(body.document()), expected);
    }

    #[test]
    fn only_a_refusal_that_cannot_be_ours_proves_that_nothing_happened() {
        use Effective::{Immediately, NextBillingDate};
        let proves = ChangeRefusal::proves_nothing_happened;
        assert!(proves(Immediately, 422, "ON_DEMAND_PLAN_CHANGE_NOT_SUPPORTED"));
        assert!(proves(Immediately, 409, "SCHEDULED_PLAN_CHANGE_EXISTS"));
        assert!(proves(NextBillingDate, 409, "PENDING_PLAN_CHANGE_EXISTS"));
        assert!(!proves(Immediately, 409, "PENDING_PLAN_CHANGE_EXISTS"));
        assert!(!proves(NextBillingDate, 409, "SCHEDULED_PLAN_CHANGE_EXISTS"));
        assert!(!proves(Immediately, 409, "A_CODE_OF_NEXT_YEAR"));
        assert!(!proves(Immediately, 500, "INTERNAL_SERVER_ERROR"));
    }
}
