//! Between the server and Dodo: calls that get lost, late or answered with an error, and webhooks back.

use crate::Break;
use crate::network::{Message, deliver};
use crate::node::{Door, Nodes};
use crate::plan::Fault;
use crate::world::World;
use aftercart_server::simulation::{Answer, Call, NoAnswer, Sends, Verb, Wire};
use async_trait::async_trait;
use dodo_sandbox::core::Dispatch;
use dodo_sandbox::core::api::ApiRequest;
use standardwebhooks::Webhook;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

/// How long the server's client waits for a read and for everything else.
const READ_TIMEOUT: Duration = Duration::from_secs(8);
const TIMEOUT: Duration = Duration::from_secs(20);

/// One process's wire to Dodo.
#[derive(Debug)]
pub(crate) struct DodoWire {
    pub(crate) door: Door,
    /// The planted fault: what must leave once is perhaps sent again after a lost answer.
    pub(crate) broken: Option<Break>,
}

#[async_trait]
impl Wire for DodoWire {
    async fn send(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let (limit, tries) = match call.sends {
            Sends::MayRepeat => (READ_TIMEOUT, 2),
            Sends::Once => (TIMEOUT, if self.sends_again(call) { 2 } else { 1 }),
        };
        let mut last = NoAnswer::Lost("not sent".to_owned());
        for _ in 0..tries {
            self.door.pass().await;
            let answer = timeout(limit, self.exchange(call)).await;
            self.door.pass().await;
            match answer.unwrap_or_else(|_| Err(NoAnswer::Lost("time-out".to_owned()))) {
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Ok(answer) if call.sends == Sends::Once => return Ok(answer),
                Ok(answer) => last = NoAnswer::Lost(format!("status {}", answer.status)),
                Err(none) => last = none,
            }
        }
        Err(last)
    }
}

impl DodoWire {
    fn sends_again(&self, call: &Call) -> bool {
        match self.broken {
            Some(Break::Resend) => true,
            Some(Break::ResendChange) => call.path.ends_with("/change-plan"),
            _ => false,
        }
    }

    async fn exchange(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let world = Arc::clone(self.door.world());
        let is_charge = call.sends == Sends::Once;
        if world.strikes_at(Fault::DodoLostRequest, is_charge) {
            sleep(world.up_to(2_000)).await;
            let why = "reset".to_owned();
            return Err(if world.below(2) == 0 { NoAnswer::NeverSent(why) } else { NoAnswer::Lost(why) });
        }
        if world.strikes_at(Fault::DodoError, is_charge) {
            let status = [429, 500, 502, 503].get(usize::try_from(world.below(4)).unwrap_or_default());
            return Ok(Answer { status: status.copied().unwrap_or(500), body: Vec::new() });
        }
        let mut way = Duration::from_millis(30) + world.up_to(100);
        if is_charge && world.strikes(Fault::DodoLate) {
            way += Duration::from_mins(11) + world.up_to(600_000);
        } else if world.strikes_at(Fault::DodoDelay, is_charge) {
            way += world.up_to(if is_charge { 30_000 } else { 9_000 });
        }
        let (answer, answered) = oneshot::channel();
        let (request, attempt) = (api_request(call), one_click(call));
        // What has left arrives, whether anybody still waits for the answer or not.
        tokio::spawn(async move {
            sleep(way).await;
            world.note(|| format!("server → Dodo {} {}", request.method, request.path));
            if let Some(attempt) = attempt {
                world.notes().orders_taken(attempt);
            }
            let done = world.dodo(|core, now| core.answer(now, &request));
            world.note(|| format!("server ← Dodo {}{}", done.status, if done.cut { " cut" } else { "" }));
            sleep(done.delay).await;
            let body = done.body.unwrap_or_default().into_bytes();
            let reply = if done.cut || world.strikes_at(Fault::DodoLostAnswer, is_charge) {
                Err(NoAnswer::Lost("reset".to_owned()))
            } else if world.strikes_at(Fault::DodoErrorAfterEffect, is_charge) {
                Ok(Answer { status: 500, body: Vec::new() })
            } else {
                Ok(Answer { status: done.status, body })
            };
            let _ = answer.send(reply);
        });
        answered.await.unwrap_or_else(|_| Err(NoAnswer::Lost("reset".to_owned())))
    }
}

/// The attempt that this call charges or changes a plan for. A checkout's page names it too, and charges nothing.
fn one_click(call: &Call) -> Option<String> {
    let metadata = call.body.as_ref().filter(|_| call.sends == Sends::Once)?.get("metadata")?;
    let attempt = metadata.get("aftercart_attempt")?.as_str()?;
    metadata.get("aftercart_checkout").is_none().then(|| attempt.to_owned())
}

fn api_request(call: &Call) -> ApiRequest {
    ApiRequest {
        method: match call.verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
        .to_owned(),
        path: call.path.clone(),
        query: call.query.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        bearer: Some(dodo_sandbox::DEFAULT_API_KEY.to_owned()),
        body: call.body.as_ref().map(|body| serde_json::to_vec(body).unwrap_or_default()).unwrap_or_default(),
    }
}

/// Sends Dodo's webhooks as they become due, each by itself.
pub(crate) async fn send_webhooks(world: Arc<World>, nodes: Arc<Nodes>) {
    let Ok(signer) = Webhook::new(dodo_sandbox::DEFAULT_WEBHOOK_SECRET) else { return };
    let signer = Arc::new(signer);
    loop {
        let (due, next) = world.due_webhooks();
        for dispatch in due {
            let (world, nodes, signer) = (Arc::clone(&world), Arc::clone(&nodes), Arc::clone(&signer));
            tokio::spawn(async move {
                let answer = send_webhook(&world, &nodes, &signer, &dispatch).await;
                world.note(|| format!("webhook {} {answer:?}", dispatch.webhook_id));
                world.dodo(|core, now| core.record_attempt(now, &dispatch.delivery_id, answer));
            });
        }
        let wait = next.unwrap_or(Duration::from_hours(1));
        tokio::select! {
            biased;
            () = world.dodo_moved.notified() => {}
            () = sleep(wait) => {}
        }
    }
}

async fn send_webhook(
    world: &Arc<World>,
    nodes: &Arc<Nodes>,
    signer: &Webhook,
    dispatch: &Dispatch,
) -> Result<u16, String> {
    if world.plan.faults.has(Fault::WebhookNever) {
        world.hit(Fault::WebhookNever);
        return Err("never".to_owned());
    }
    if world.plan.faults.has(Fault::WebhookStorm) {
        world.hit(Fault::WebhookStorm);
    }
    sleep(Duration::from_millis(50)).await;
    if world.strikes(Fault::WebhookLate) {
        sleep(world.up_to(400_000)).await;
    }
    let copies = if world.strikes(Fault::WebhookStorm) { 1 + world.below(4) } else { 1 };
    let mut answer = Err("no answer".to_owned());
    for _ in 0..copies {
        answer = match deliver(world, nodes, signed(signer, dispatch)).await {
            Some(reply) => Ok(reply.status),
            None => Err("no answer".to_owned()),
        };
    }
    answer
}

/// The receiver compares the timestamp with this machine's clock, which is not the history's.
fn signed(signer: &Webhook, dispatch: &Dispatch) -> Message {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(now).unwrap_or_default();
    let signature = signer.sign(&dispatch.webhook_id, now, dispatch.body.as_bytes()).unwrap_or_default();
    Message {
        method: "POST",
        path: "/webhooks/dodo".to_owned(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            (standardwebhooks::HEADER_WEBHOOK_ID, dispatch.webhook_id.clone()),
            (standardwebhooks::HEADER_WEBHOOK_TIMESTAMP, now.to_string()),
            (standardwebhooks::HEADER_WEBHOOK_SIGNATURE, signature),
        ],
        body: dispatch.body.clone(),
    }
}
