//! Several processes on one database behave as one, and one that dies leaves nothing open.

use crate::helpers::{SHOP, TestApp};
use crate::processes::{Database, Process, kill};
use aftercart_contract::{Offer, OfferAnswer, Outcome};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// Asks a process for the offer after a purchase.
pub(crate) async fn offer_at(app: &TestApp, process: &str, purchase: &str) -> Offer {
    let answer = app.http.get(format!("{process}/api/upsell/{purchase}?locale=en")).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    match OfferAnswer::from_json(&text) {
        Ok(OfferAnswer::Offer(offer)) => *offer,
        _ => panic!("no offer: {status} {text}"),
    }
}

/// One click at a process. `None`: it died.
async fn click_at(app: &TestApp, process: &str, purchase: &str, offer: &Offer, key: &str) -> Option<String> {
    let request = app.http.post(format!("{process}/api/upsell/{purchase}/accept"));
    let body = json!({"offer_id": offer.offer_id, "token": offer.token});
    let request = request.header("origin", SHOP).header("idempotency-key", key).json(&body);
    request.send().await.ok()?.text().await.ok()
}

async fn fifty_clicks_on_two_processes(database: &Database) {
    let app = TestApp::start().await;
    let dodo = app.sandbox.url();
    let processes = [Process::start(database, &dodo, &dodo), Process::start(database, &dodo, &dodo)];
    app.control("webhooks", json!({"url": format!("{}/webhooks/dodo", processes[1].url)})).await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let offer = offer_at(&app, &processes[0].url, &purchase).await;
    let app = Arc::new(app);
    let clicks: Vec<_> = (0..50)
        .map(|number| {
            let (app, url) = (Arc::clone(&app), processes[number % 2].url.clone());
            let (purchase, offer) = (purchase.clone(), offer.clone());
            let key = format!("click-{}", number % 10);
            tokio::spawn(async move { click_at(&app, &url, &purchase, &offer, &key).await.unwrap() })
        })
        .collect();
    let mut told = Vec::new();
    for click in clicks {
        told.push(Outcome::from_json(&click.await.unwrap()).unwrap().settled());
    }
    assert!(matches!(told[0], Outcome::Succeeded { .. }), "{:?}", told[0]);
    assert!(told.iter().all(|outcome| *outcome == told[0]), "fifty consistent answers: {told:?}");
    assert_eq!(app.charges().await.len(), 1, "one request to Dodo");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_clicks_on_two_processes_and_sqlite_make_one_charge_and_one_story() {
    fifty_clicks_on_two_processes(&Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_clicks_on_two_processes_and_postgresql_make_one_charge_and_one_story() {
    if let Some(database) = Database::postgres().await {
        fifty_clicks_on_two_processes(&database).await;
    }
}

/// What happens to the process while it accepts.
#[derive(Clone, Copy, Debug)]
enum Death {
    /// So many milliseconds after the click.
    After(u64),
    /// When its n-th call reaches Dodo's door; the call goes no further.
    Unforwarded(usize),
    /// When its n-th call reaches Dodo's door; Dodo does it all the same.
    Forwarded(usize),
    /// When Dodo has answered its n-th call, and the answer is on its way.
    Answered(usize),
}

/// Dodo's door: counts the calls of one click and kills the process at one of them.
struct Doorkeeper {
    dodo: String,
    http: reqwest::Client,
    death: Death,
    victim: AtomicU32,
    calls: AtomicUsize,
    is_over: AtomicBool,
}

impl Doorkeeper {
    fn kill_once(&self) {
        let victim = self.victim.swap(0, Ordering::SeqCst);
        if victim != 0 {
            // Before: the killed process's connections close at once, and the test asks.
            self.is_over.store(true, Ordering::SeqCst);
            kill(victim);
        }
    }
}

async fn pass(State(door): State<Arc<Doorkeeper>>, request: Request) -> Response {
    let is_counted = door.victim.load(Ordering::SeqCst) != 0;
    let number = if is_counted { door.calls.fetch_add(1, Ordering::SeqCst) } else { usize::MAX };
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let dodo = door.dodo.clone();
    let forward = |body: Bytes| {
        let request = door.http.request(parts.method.clone(), format!("{dodo}{}", parts.uri));
        let mut headers = parts.headers.clone();
        headers.remove("host");
        async move { request.headers(headers).body(body).send().await }
    };
    match door.death {
        Death::Unforwarded(wanted) if wanted == number => {
            door.kill_once();
            return StatusCode::BAD_GATEWAY.into_response();
        }
        Death::Forwarded(wanted) if wanted == number => door.kill_once(),
        _ => {}
    }
    let Ok(answer) = forward(body).await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, bytes) = (answer.status(), answer.bytes().await.unwrap_or_default());
    if matches!(door.death, Death::Answered(wanted) if wanted == number) {
        door.kill_once();
    }
    (status, [("content-type", "application/json")], bytes).into_response()
}

/// A click whose process dies, a new process, and the shopper who then does what the page says.
async fn die_and_settle(database: &Database, death: Death) {
    let app = TestApp::start().await;
    let door = Arc::new(Doorkeeper {
        dodo: app.sandbox.url(),
        http: reqwest::Client::new(),
        death,
        victim: AtomicU32::new(0),
        calls: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dodo = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(pass).with_state(Arc::clone(&door));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let process = Process::start(database, &dodo, &app.sandbox.url());
    app.control("webhooks", json!({"url": format!("{}/webhooks/dodo", process.url)})).await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let offer = offer_at(&app, &process.url, &purchase).await;
    // From here on no webhook helps.
    app.control("webhooks", json!({"paused": true})).await;
    door.victim.store(process.id(), Ordering::SeqCst);
    let click = click_at(&app, &process.url, &purchase, &offer, "click");
    if let Death::After(ms) = death {
        let _ = timeout(Duration::from_millis(ms), click).await;
        door.kill_once();
    } else {
        let _ = timeout(Duration::from_secs(20), click).await;
    }
    assert!(door.is_over.load(Ordering::SeqCst), "{death:?}: the accept makes that many calls");
    drop(process);

    let process = Process::start(database, &dodo, &app.sandbox.url());
    let restarted = Instant::now();
    let outcome = loop {
        assert!(restarted.elapsed() < Duration::from_mins(1), "{death:?}: settled within a minute");
        let path = format!("{}/api/upsell/{purchase}/status?offer_id={}", process.url, offer.offer_id);
        let answer = app.http.get(path).send().await.unwrap();
        if answer.status() == 404 {
            // It did not arrive: the page says so, and the shopper clicks again.
            click_at(&app, &process.url, &purchase, &offer, "again").await;
        } else {
            match Outcome::from_json(&answer.text().await.unwrap()).unwrap().settled() {
                outcome @ (Outcome::Succeeded { .. } | Outcome::Failed(_)) => break outcome,
                _ => sleep(Duration::from_millis(300)).await,
            }
        }
    };
    let charged = app.charges().await.len();
    assert!(charged <= 1, "{death:?}: {charged} requests to charge");
    if let Outcome::Failed(failure) = outcome {
        let url = failure.checkout_url.unwrap();
        app.pay_at(&url, offer.quote.as_ref().unwrap().due_now.get(), "4242 4242 4242 4242").await;
    }
    let paid = app.payments("cus_paid").await;
    let paid = paid.iter().filter(|payment| {
        payment["metadata"]["aftercart_purchase"] == purchase.as_str() && payment["status"] == "succeeded"
    });
    assert_eq!(paid.count(), 1, "{death:?}: one charge");
}

/// Twenty-one moments of an accept, which makes six calls: four at once, the charge, the read-back.
fn deaths() -> Vec<Death> {
    let at_calls = (0..6).flat_map(|n| [Death::Unforwarded(n), Death::Forwarded(n), Death::Answered(n)]);
    at_calls.chain([0, 3, 15].map(Death::After)).collect()
}

async fn die_at_every_moment(database: impl AsyncFn() -> Option<Database>) {
    let mut lives = tokio::task::JoinSet::new();
    for death in deaths() {
        let Some(database) = database().await else { return };
        lives.spawn(async move { die_and_settle(&database, death).await });
    }
    lives.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_moment_on_sqlite_leaves_one_charge_and_a_settled_story() {
    die_at_every_moment(async || Some(Database::sqlite())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_moment_on_postgresql_leaves_one_charge_and_a_settled_story() {
    die_at_every_moment(Database::postgres).await;
}
