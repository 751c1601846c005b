//! One measurement: webhooks, then pages, then clicks.

use super::http::Connection;
use super::program::{ORIGIN, Program, WEBHOOK_KEY};
use super::rows::Rows;
use super::waits::Waits;
use super::{Line, Wish, stand_in};
use aftercart_contract::OfferAnswer;
use anyhow::{Context, Result, bail};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::json;
use standardwebhooks::Webhook;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long the server may take to make every offer ready.
const READY_LIMIT: Duration = Duration::from_mins(3);
/// Connections of Dodo, which does not send everything at once.
const WEBHOOK_CONNECTIONS: usize = 8;

/// What the clients of a measurement share.
#[derive(Clone)]
struct Clients {
    server: SocketAddr,
    subjects: Arc<Vec<String>>,
    /// The next subject's number.
    next: Arc<AtomicUsize>,
}

/// Measures the server on the database as it is.
pub(crate) async fn measure(wish: &Wish, dodo: SocketAddr, purchases: u64, rows: &Rows) -> Result<Line> {
    let program = Program::start(wish, dodo).await?;
    let at_rest_mib = program.resident_mib()?;
    // A database may be measured twice, and each purchase is accepted once.
    let run = format!("pay_of{purchases}r{}n", std::process::id());
    let subjects: Vec<String> = (0..wish.fresh).map(|number| format!("{run}{number}")).collect();
    let clients = Clients { server: program.address, subjects: Arc::new(subjects), next: Arc::default() };
    let webhooks =
        timed(&program, WEBHOOK_CONNECTIONS, |_| tell(clients.clone())).await.context("webhooks")?;
    // Whose offer did not get ready, because too many were wished for at once, gets it by asking.
    accept_bodies(&clients).await?;
    rows.until_prepared(&format!("{run}%"), wish.fresh, READY_LIMIT).await?;
    let until = Instant::now() + Duration::from_secs(wish.seconds);
    let offers = timed(&program, wish.connections, |number| ask(clients.clone(), number, until)).await;
    let offers = offers.context("offers")?;
    let bodies = Arc::new(accept_bodies(&clients).await?);
    clients.next.store(0, Ordering::Relaxed);
    let accepts = timed(&program, wish.connections, |_| accept(clients.clone(), Arc::clone(&bodies))).await;
    let accepts = accepts.context("accepts")?;
    let loaded_mib = program.resident_mib()?;
    program.stop().await?;
    let database_mib = rows.mib().await?;
    Ok(Line { purchases, offers, accepts, webhooks, at_rest_mib, loaded_mib, database_mib })
}

/// Runs so many clients at once and takes their waits together.
async fn timed<F>(program: &Program, count: usize, client: impl Fn(usize) -> F) -> Result<Waits>
where
    F: Future<Output = Result<Vec<Duration>>> + Send + 'static,
{
    let (began, cpu) = (Instant::now(), program.cpu()?);
    let mut clients: JoinSet<_> = (0..count).map(client).collect();
    let mut waits = Vec::new();
    while let Some(client) = clients.join_next().await {
        waits.extend(client??);
    }
    Ok(Waits::new(waits, began.elapsed(), program.cpu()?.saturating_sub(cpu)))
}

impl Clients {
    /// The next subject that nobody has taken, and its number.
    fn take(&self) -> Option<(usize, &str)> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.subjects.get(number).map(|subject| (number, subject.as_str()))
    }
}

/// Dodo tells of the purchases.
async fn tell(clients: Clients) -> Result<Vec<Duration>> {
    let (key, mut connection) = (Webhook::new(WEBHOOK_KEY)?, Connection::open(clients.server).await?);
    let mut waits = Vec::new();
    while let Some((_, subject)) = clients.take() {
        let now = jiff::Timestamp::now();
        let data = stand_in::payment(subject);
        let body = json!({"business_id": "bus_1", "type": "payment.succeeded", "timestamp": now.to_string(),
            "data": data})
        .to_string();
        let id = format!("msg_{subject}");
        let request = Request::post("/webhooks/dodo")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now.as_second().to_string())
            .header("webhook-signature", key.sign(&id, now.as_second(), body.as_bytes())?)
            .body(Full::from(body))?;
        let began = Instant::now();
        connection.send(request).await?;
        waits.push(began.elapsed());
    }
    Ok(waits)
}

/// Pages ask for offers, anyone's in turn, each connection from another place on.
async fn ask(clients: Clients, number: usize, until: Instant) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(clients.server).await?;
    let mut random = fastrand::Rng::with_seed(u64::try_from(number)?);
    let mut waits = Vec::new();
    while Instant::now() < until {
        let subject = random.choice(clients.subjects.iter()).context("no subjects")?;
        let began = Instant::now();
        let body = connection.get(&format!("/api/upsell/{subject}?locale=en")).await?;
        waits.push(began.elapsed());
        if !body.starts_with(br#"{"contract":1,"eligible":true"#) {
            bail!("not an offer: {}", String::from_utf8_lossy(&body));
        }
    }
    Ok(waits)
}

/// What each subject's page sends on a click.
async fn accept_bodies(clients: &Clients) -> Result<Vec<String>> {
    let mut connection = Connection::open(clients.server).await?;
    let mut bodies = Vec::new();
    for subject in clients.subjects.iter() {
        let body = connection.get(&format!("/api/upsell/{subject}?locale=en")).await?;
        let answer = OfferAnswer::from_json(std::str::from_utf8(&body)?).map_err(anyhow::Error::msg)?;
        let OfferAnswer::Offer(offer) = answer else { bail!("no offer for {subject}") };
        bodies.push(json!({"offer_id": offer.offer_id, "token": offer.token}).to_string());
        if bodies.len() % 500 == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    Ok(bodies)
}

/// Everybody clicks once.
async fn accept(clients: Clients, bodies: Arc<Vec<String>>) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(clients.server).await?;
    let mut waits = Vec::new();
    while let Some((number, subject)) = clients.take() {
        let body = bodies.get(number).context("an offer for each")?.clone();
        let request = Request::post(format!("/api/upsell/{subject}/accept"))
            .header("origin", ORIGIN)
            .header("content-type", "application/json")
            .header("idempotency-key", subject)
            .body(Full::<Bytes>::from(body))?;
        let began = Instant::now();
        let told = connection.send(request).await?;
        waits.push(began.elapsed());
        if !told.windows(9).any(|part| part == b"succeeded") {
            bail!("not paid: {}", String::from_utf8_lossy(&told));
        }
    }
    Ok(waits)
}
