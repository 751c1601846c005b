//! The shop's own side: plans that were sold before, their renewals, and what its app tells the server.

use crate::history::MERCHANT_KEY;
use crate::network::{Message, send};
use crate::node::Nodes;
use crate::shopper::Site;
use crate::subscription::Timeline;
use crate::world::World;
use aftercart_contract::{CustomerId, OfferToken, PaymentId, Subject};
use anyhow::{Context, Result, anyhow};
use dodo_sandbox::core::control::Purchase;
use dodo_sandbox::core::{ChargeType, Metadata, Moment};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// A cycle of the sandbox's plans.
const CYCLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// So often the shop tells its server of something before it leaves it.
const TRIES: usize = 8;

/// The customer pays for something now.
pub(crate) fn sell(world: &World, product: &str) -> Result<PaymentId> {
    buy(world, product, SignedDuration::ZERO)
}

/// The customer has had this plan for most of a cycle, and it renews within the hour.
pub(crate) fn sell_plan_before(world: &Arc<World>, plan: &str, wanted: &'static str) -> Result<()> {
    // Sometimes while everything goes wrong.
    let left = Duration::from_mins(1) + world.up_to(if world.below(2) == 0 { 400_000 } else { 3_000_000 });
    buy(world, plan, CYCLE - SignedDuration::try_from(left)?)?;
    let id = world.dodo(|core, _| {
        // It was told of long ago.
        core.outbox.deliveries.clear();
        let mut theirs = core.ledger.subscriptions.iter().rev();
        theirs.find(|sold| sold.customer_id == world.plan.customer).map(|sold| sold.id.clone())
    });
    let id = id.context("a subscription")?;
    world.notes().timeline = Some(Timeline::begin(id.clone(), wanted));
    let world = Arc::clone(world);
    tokio::spawn(async move {
        sleep(left).await;
        world.note(|| "the plan renews".to_owned());
        let renewed =
            world.dodo(|core, now| core.pay_subscription(now, &id, ChargeType::Renewal, Metadata::new()));
        world.note(|| format!("renewed: {}", renewed.is_ok()));
    });
    Ok(())
}

fn buy(world: &World, product: &str, ago: SignedDuration) -> Result<PaymentId> {
    let bought = Purchase {
        customer_id: world.plan.customer.to_owned(),
        product_id: product.to_owned(),
        quantity: None,
        metadata: None,
        charge_type: None,
    };
    let payment = world.dodo(|core, now| {
        let then = Moment { at: now.at.saturating_sub(ago).unwrap_or(now.at), ..now };
        core.make_purchase(then, &bought)
    });
    let payment = payment.map_err(|error| anyhow!(error.message))?;
    let id = payment.get("payment_id").and_then(Value::as_str).unwrap_or_default();
    PaymentId::new(id).map_err(anyhow::Error::msg)
}

/// The app tells of a milestone and opens its page with the offer, if the server hears of it.
pub(crate) async fn reach_milestone(site: Arc<Site>) {
    let world = Arc::clone(&site.world);
    let Ok(customer) = CustomerId::new(world.plan.customer) else { return };
    sleep(world.up_to(20_000)).await;
    let told = json!({
        "customer_id": customer, "trigger": "milestone", "name": "first_export", "id": "export-1",
    });
    if ask(&world, &site.nodes, "/api/triggers", &told).await.is_none() {
        return;
    }
    let minted = ask(&world, &site.nodes, "/api/tokens", &json!({ "customer_id": customer })).await;
    let token = minted.and_then(|minted| OfferToken::new(minted.get("token")?.as_str()?).ok());
    if token.is_some() {
        site.visit(Subject::Customer(customer), token);
    }
}

async fn ask(world: &Arc<World>, nodes: &Arc<Nodes>, path: &str, body: &Value) -> Option<Value> {
    for _ in 0..TRIES {
        let message = Message {
            method: "POST",
            path: path.to_owned(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("authorization", format!("Bearer {MERCHANT_KEY}")),
            ],
            body: body.to_string(),
        };
        match send(world, nodes, message).await {
            Some(reply) if reply.status < 300 => return serde_json::from_str(&reply.body).ok(),
            _ => sleep(Duration::from_secs(1) + world.up_to(4_000)).await,
        }
    }
    None
}
