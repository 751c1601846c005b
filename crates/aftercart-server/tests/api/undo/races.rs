//! Two nodes on one database at the end of many windows: each is charged once, or taken back and never charged.

use super::{OFFERS, is_paid, waiting};
use crate::helpers::{SHOP, TestApp, outcome};
use crate::processes::Database;
use aftercart_contract::{Offer, Outcome};
use aftercart_server::Server;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SHOPPERS: usize = 24;

/// A shopper whose window is about to end.
struct Waiting {
    purchase: String,
    offer: Offer,
}

struct Shop {
    app: TestApp,
    nodes: [String; 2],
    _second: Server,
}

async fn shop(database: &Database) -> (Arc<Shop>, Vec<Arc<Waiting>>) {
    let app =
        TestApp::start_offering_with(OFFERS, |config| config.database_url.clone_from(&database.url)).await;
    let second = app.second_node().await;
    let shop = Arc::new(Shop { nodes: [app.server.url(), second.url()], app, _second: second });
    let mut accepts = JoinSet::new();
    for _ in 0..SHOPPERS {
        let shop = Arc::clone(&shop);
        accepts.spawn(async move {
            let customer = shop.app.new_customer("paid").await;
            let (purchase, offer) = shop.app.offered(&customer, "pdt_presets").await;
            waiting(&shop.app.accept(&purchase, &offer, "click-1").await);
            Arc::new(Waiting { purchase, offer })
        });
    }
    (shop, accepts.join_all().await)
}

impl Shop {
    async fn status(&self, node: usize, waiting: &Waiting) -> Outcome {
        let Waiting { purchase, offer } = waiting;
        let path = format!("{}/api/upsell/{purchase}/status?offer_id={}", self.nodes[node], offer.offer_id);
        let token = offer.token.as_ref().unwrap().reveal();
        outcome(self.app.http.get(path).bearer_auth(token).send().await.unwrap()).await
    }

    async fn revoke(&self, node: usize, waiting: &Waiting) -> Outcome {
        let Waiting { purchase, offer } = waiting;
        let body = json!({"offer_id": offer.offer_id, "token": offer.token, "wish": "revoke"});
        let path = format!("{}/api/upsell/{purchase}/revoke", self.nodes[node]);
        outcome(self.app.http.post(path).header("origin", SHOP).json(&body).send().await.unwrap()).await
    }

    async fn settled(&self, waiting: &Waiting) -> Outcome {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let told = self.status(0, waiting).await;
            if is_paid(&told) || told == Outcome::Revoked {
                return told;
            }
            assert!(Instant::now() < deadline, "still {told:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// The charges that Dodo was sent for this purchase.
fn charges_of(charges: &[Value], purchase: &str) -> usize {
    charges.iter().filter(|charge| charge["metadata"]["aftercart_purchase"] == purchase).count()
}

async fn two_nodes_send_once(database: &Database) {
    let (shop, all) = shop(database).await;
    shop.app.clock.advance(SignedDuration::from_secs(21));
    let mut asked = JoinSet::new();
    for (waiting, node) in all.iter().flat_map(|waiting| [(waiting, 0), (waiting, 1), (waiting, 0)]) {
        let (shop, waiting) = (Arc::clone(&shop), Arc::clone(waiting));
        asked.spawn(async move { shop.status(node, &waiting).await });
    }
    asked.join_all().await;
    for waiting in &all {
        assert!(is_paid(&shop.settled(waiting).await));
    }
    let charges = shop.app.charges().await;
    assert!(all.iter().all(|waiting| charges_of(&charges, &waiting.purchase) == 1), "{}", charges.len());
}

async fn taken_back_or_sent(database: &Database) {
    let (shop, all) = shop(database).await;
    shop.app.clock.advance(SignedDuration::from_secs(21));
    let mut races = JoinSet::new();
    for (number, waiting) in all.iter().cloned().enumerate() {
        let shop = Arc::clone(&shop);
        races.spawn(async move {
            let asked = shop.status(number % 2, &waiting);
            // Spread over the time that a charge takes to be prepared and sent.
            let revoked = async {
                tokio::time::sleep(Duration::from_millis(10 * number as u64)).await;
                shop.revoke((number + 1) % 2, &waiting).await
            };
            let (_, told) = tokio::join!(asked, revoked);
            (waiting, told)
        });
    }
    let mut taken_back = 0;
    for (waiting, told) in races.join_all().await {
        let end = shop.settled(&waiting).await;
        let charges = charges_of(&shop.app.charges().await, &waiting.purchase);
        if told == Outcome::Revoked {
            taken_back += 1;
            assert_eq!(end, Outcome::Revoked, "what is taken back stays so");
        }
        assert_eq!(charges, usize::from(is_paid(&end)), "{told:?}, then {end:?}");
    }
    eprintln!("{taken_back} of {SHOPPERS} were taken back in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_on_sqlite_charge_each_window_once() {
    two_nodes_send_once(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_on_postgresql_charge_each_window_once() {
    if let Some(database) = Database::postgres().await {
        two_nodes_send_once(&database).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoke_that_races_the_end_on_sqlite_is_true_or_too_late() {
    taken_back_or_sent(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoke_that_races_the_end_on_postgresql_is_true_or_too_late() {
    if let Some(database) = Database::postgres().await {
        taken_back_or_sent(&database).await;
    }
}
