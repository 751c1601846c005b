//! What the sandbox's books say afterwards: who paid what, what was sent, what was asked.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use dodo_sandbox::core::{DeliveryState, Payment, PaymentStatus};
use serde_json::Value;

use crate::journey::{Journey, Purchase};

const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(20);

impl Journey {
    /// Every payment of the shopper after this purchase, oldest first, failed ones included.
    pub fn payments_after(&self, purchase: &Purchase) -> Vec<Payment> {
        self.sandbox
            .ledger()
            .payments
            .into_iter()
            .skip_while(|payment| payment.id != purchase.payment_id)
            .filter(|payment| {
                payment.customer_id == purchase.customer_id && payment.id != purchase.payment_id
            })
            .collect()
    }

    /// The one payment after this purchase that succeeded; anything else is an error that lists the payments. For pages
    /// whose offer nothing recorded; everywhere else a [`Promise`](crate::Promise) sees more.
    pub fn the_one_charge_after(&self, purchase: &Purchase) -> Result<Payment> {
        let payments = self.payments_after(purchase);
        let mut paid = payments.iter().filter(|payment| payment.status == PaymentStatus::Succeeded);
        match (paid.next(), paid.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => bail!("expected one succeeded payment after {}: {payments:#?}", purchase.payment_id),
        }
    }

    /// How often the backend asked Dodo to charge: confirmed checkouts, answered or not.
    pub fn charges_asked_for(&self) -> usize {
        self.sandbox.with_core(|core, _| {
            core.journal
                .entries()
                .filter(|call| call.method == "POST" && call.path == "/checkouts")
                .filter(|call| call.body.get("confirm") == Some(&Value::Bool(true)))
                .count()
        })
    }

    /// Waits until every event so far was taken by the backend, which means: verified, stored, answered with 2xx.
    pub async fn every_webhook_is_delivered(&self) -> Result<()> {
        let started = Instant::now();
        loop {
            let waiting: Vec<String> = self.sandbox.with_core(|core, _| {
                let pending = core
                    .outbox
                    .deliveries
                    .iter()
                    .filter(|delivery| delivery.state != DeliveryState::Delivered);
                pending.map(|delivery| format!("{delivery:?}")).collect()
            });
            if waiting.is_empty() {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("webhooks not delivered: {waiting:#?}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whether the backend took an event of this kind about this payment.
    pub fn was_told_of(&self, event: &str, payment_id: &str) -> bool {
        self.sandbox.with_core(|core, _| {
            core.outbox.deliveries.iter().any(|delivery| {
                delivery.event == event
                    && delivery.state == DeliveryState::Delivered
                    && format!("{:?}", delivery.subject).contains(payment_id)
            })
        })
    }
}
