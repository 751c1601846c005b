//! What the merchant's app tells of: kept, and offered for from then on.

use super::{Core, Refusal};
use crate::occasion::{Cause, OccasionId, Trigger, TriggerId};
use aftercart_contract::CustomerId;
use serde_json::Value;

impl Core {
    /// Keeps what was told, and answers it with whether it is new. The same key again is the same trigger.
    pub(crate) async fn take_trigger(
        &self,
        customer: CustomerId,
        cause: Cause,
        key: Option<String>,
    ) -> Result<(Trigger, bool), Refusal> {
        let billing = self.billing_of(&customer).await?;
        let id = TriggerId::of(&self.ids.next());
        let told = Trigger { id, customer, cause, key, told_at: self.now(), billing };
        let (kept, is_new) = self.store.put_trigger(&told).await?;
        if (&kept.customer, &kept.cause) != (&told.customer, &told.cause) {
            return Err(Refusal::TriggerReused);
        }
        tracing::info!(trigger.id = kept.id.as_str(), is_new, "trigger noted");
        self.prepare_soon(OccasionId::Trigger(kept.id.clone()));
        Ok((kept, is_new))
    }

    /// Where the customer was billed last: as we know, else as Dodo knows, else null.
    async fn billing_of(&self, customer: &CustomerId) -> Result<Value, Refusal> {
        let purchases = self.store.purchases_of(customer).await?;
        if let Some(newest) = purchases.into_iter().find(|purchase| !purchase.billing.is_null()) {
            return Ok(newest.billing);
        }
        let newest = self.dodo.newest_paid(customer).await;
        match newest {
            Ok(payment) => Ok(payment.and_then(|payment| payment.billing).unwrap_or(Value::Null)),
            Err(error) if error.is_outage() => Err(Refusal::DodoUnavailable(error)),
            Err(_) => Ok(Value::Null),
        }
    }
}
