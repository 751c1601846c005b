//! Sends what the core owes the merchant: signed, within fifteen seconds, each event by itself.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::core::Dispatch;
use crate::sandbox::Shared;

/// When nothing is planned the sender looks again after this long, or when it is woken.
const IDLE: Duration = Duration::from_mins(1);

/// Sends everything as it becomes due. Deliveries run beside one another: order is not promised.
pub(crate) async fn send_forever(shared: Arc<Shared>) {
    let mut running = JoinSet::new();
    loop {
        let (due, next) = shared.with_core_quietly(|core, now| (core.take_due(now), core.next_due()));
        for dispatch in due {
            running.spawn(send(Arc::clone(&shared), dispatch));
        }
        while running.try_join_next().is_some() {}
        let wait = next.map_or(IDLE, |due| shared.clock.wait_until(due));
        tokio::select! {
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn send(shared: Arc<Shared>, dispatch: Dispatch) {
    let answer = post(&shared, &dispatch).await;
    if let Err(error) = &answer {
        tracing::debug!(delivery.id = dispatch.delivery_id, error, "webhook not delivered");
    }
    shared.with_core(|core, now| core.record_attempt(now, &dispatch.delivery_id, answer));
}

/// One attempt: the status answered, or why there was no answer.
async fn post(shared: &Shared, dispatch: &Dispatch) -> Result<u16, String> {
    // Receivers compare this with their own clock, so it is the wall clock's even when the sandbox's runs ahead.
    let timestamp = Timestamp::now().as_second();
    let signature = shared
        .signer
        .sign(&dispatch.webhook_id, timestamp, dispatch.body.as_bytes())
        .map_err(|error| error.to_string())?;
    let answer = shared
        .client
        .post(&dispatch.url)
        .header("content-type", "application/json")
        .header(standardwebhooks::HEADER_WEBHOOK_ID, &dispatch.webhook_id)
        .header(standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, timestamp.to_string())
        .header(standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature)
        .body(dispatch.body.clone())
        .send()
        .await;
    match answer {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err("no answer within 15 seconds".into()),
        Err(error) if error.is_connect() => Err("could not connect".into()),
        Err(_) => Err("the connection broke before an answer".into()),
    }
}
