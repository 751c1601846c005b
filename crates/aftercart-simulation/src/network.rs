//! Between the shopper's page and the server: what gets lost, late, doubled and overtaken.

use crate::node::Nodes;
use crate::plan::Fault;
use crate::world::World;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tower::ServiceExt;

/// The longest answer of the server.
const MAX_ANSWER: usize = 1024 * 1024;

/// A request, to be made into HTTP as often as it arrives.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// An answer, and the moment at which the server had made it.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) made_at: Timestamp,
}

/// Sends a message through the network. `None`: the connection broke, and nobody knows where.
pub(crate) async fn send(world: &Arc<World>, nodes: &Arc<Nodes>, message: Message) -> Option<Reply> {
    let number = world.departs();
    world.note(|| format!("page → {} {}", message.method, message.path));
    sleep(latency(world)).await;
    if world.strikes(Fault::LostRequest) {
        sleep(world.up_to(3_000)).await;
        return None;
    }
    if world.strikes(Fault::Duplicate) {
        let (world, nodes, message) = (Arc::clone(world), Arc::clone(nodes), message.clone());
        tokio::spawn(async move {
            sleep(world.up_to(4_000)).await;
            deliver(&world, &nodes, message).await;
        });
    }
    world.arrives(number);
    let reply = deliver(world, nodes, message).await?;
    world.note(|| format!("page ← {} {}", reply.status, reply.body.chars().take(160).collect::<String>()));
    if world.strikes(Fault::LostAnswer) {
        return None;
    }
    sleep(latency(world)).await;
    Some(reply)
}

/// Hands a message to a process. `None`: it is down, or died before it answered.
pub(crate) async fn deliver(world: &World, nodes: &Nodes, message: Message) -> Option<Reply> {
    let (node, mut life) = nodes.pick()?;
    let mut request = Request::builder().method(message.method).uri(&message.path);
    for (name, value) in &message.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Body::from(message.body)).ok()?;
    let answered = async {
        let Ok(response) = node.router().oneshot(request).await;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), MAX_ANSWER).await.ok()?;
        Some(Reply { status, body: String::from_utf8_lossy(&bytes).into_owned(), made_at: world.now() })
    };
    tokio::select! {
        biased;
        _ = life.changed() => None,
        reply = answered => reply,
    }
}

fn latency(world: &World) -> Duration {
    let mut latency = Duration::from_millis(20);
    if world.plan.faults.has(Fault::Reorder) {
        latency += world.up_to(2_500);
    }
    if world.strikes(Fault::Delay) {
        latency += world.up_to(7_000);
    }
    latency
}
