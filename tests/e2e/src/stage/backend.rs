//! The stage's server: the pages, the widget's files, and a backend that answers as the situation says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::Result;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::documents::{document, localise};
use super::situations::{Reply, Situation, situation};
use super::{Scene, pages};
use crate::success_page::file;

/// A running stage; it ends when dropped.
#[derive(Debug)]
pub struct Stage {
    origin: String,
    server: JoinHandle<()>,
}

struct Shared {
    origin: String,
    visits: AtomicU32,
    /// The language of each visit, and whether it has accepted.
    seen: Mutex<HashMap<String, Visit>>,
}

#[derive(Clone, Default)]
struct Visit {
    language: String,
    has_accepted: bool,
}

type Theatre = State<Arc<Shared>>;
type Pairs = Query<HashMap<String, String>>;

impl Stage {
    /// Starts one on this port, 0 for any.
    pub async fn start(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let shared = Shared { origin: origin.clone(), visits: AtomicU32::default(), seen: Mutex::default() };
        let router = Router::new()
            .route("/", get(gallery))
            .route("/stage/{situation}", get(stage))
            .route("/stage.js", get(|| async { script(include_str!("stage.js")) }))
            .route("/gallery.js", get(|| async { script(include_str!("gallery.js")) }))
            .route("/product.svg", get(picture))
            .route(
                "/session/{id}",
                get(|| async { Html("<!doctype html><title>Checkout</title><h1>Checkout</h1>") }),
            )
            .route("/aftercart/{file}", get(|Path(name): Path<String>| async move { ours("dist", &name) }))
            .route(
                "/style/{file}",
                get(|Path(name): Path<String>| async move { ours("style/themes", &name) }),
            )
            .route("/api/upsell/{subject}", get(offer))
            .route("/api/upsell/{subject}/accept", post(accept))
            .route("/api/upsell/{subject}/status", get(status))
            .route("/api/upsell/{subject}/quote", post(quote))
            .route("/api/upsell/{subject}/revoke", post(revoke))
            .route("/api/upsell/{subject}/decline", post(decline))
            .route("/api/upsell/{subject}/events", post(|| async { StatusCode::NO_CONTENT }))
            .with_state(Arc::new(shared));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin, server })
    }

    /// Such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where a situation is played.
    pub fn address(&self, situation: &Situation, scene: &Scene) -> String {
        format!("{}/stage/{}?{scene}", self.origin, situation.name)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn gallery(RawQuery(query): RawQuery) -> Html<String> {
    Html(pages::gallery(&query.unwrap_or_default()))
}

/// Every visit has a subject of its own: what was declined or paid on one is not remembered on another.
async fn stage(State(shared): Theatre, Path(name): Path<String>, Query(pairs): Pairs) -> Response {
    let Some(situation) = situation(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let scene = Scene::read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let subject = format!("pay_{name}_{}", shared.visits.fetch_add(1, Ordering::Relaxed));
    Html(pages::stage(situation, &scene, &subject)).into_response()
}

async fn offer(State(shared): Theatre, Path(subject): Path<String>, Query(pairs): Pairs) -> Response {
    let language = pairs.get("locale").cloned().unwrap_or_else(|| "en".to_owned());
    let visit = shared.visit(&subject, |visit| visit.language = language);
    let Some(situation) = of(&subject) else { return StatusCode::NOT_FOUND.into_response() };
    if visit.has_accepted {
        return shared.reply(&subject, Reply::Document("answer.not_eligible"), |_| {}).await;
    }
    shared.reply(&subject, situation.answer, situation.change).await
}

async fn accept(State(shared): Theatre, Path(subject): Path<String>) -> Response {
    let is_refused = of(&subject).is_some_and(|situation| matches!(situation.accept, Reply::Refusal(..)));
    shared.visit(&subject, |visit| visit.has_accepted = !is_refused);
    status(State(shared), Path(subject)).await
}

async fn status(State(shared): Theatre, Path(subject): Path<String>) -> Response {
    let Some(situation) = of(&subject) else { return StatusCode::NOT_FOUND.into_response() };
    shared.reply(&subject, situation.accept, |_| {}).await
}

async fn quote(State(shared): Theatre, Path(subject): Path<String>, Json(body): Json<Value>) -> Response {
    let quantity = body.get("quantity").and_then(Value::as_u64).unwrap_or(1);
    match of(&subject).and_then(|situation| situation.quote(quantity)) {
        Some(offer) => shared.send(&subject, offer),
        None => std::future::pending().await,
    }
}

async fn revoke(State(shared): Theatre, Path(subject): Path<String>, Json(body): Json<Value>) -> Response {
    let (name, held) = match body.get("wish").and_then(Value::as_str) {
        Some("hold") => ("outcome.waiting", true),
        Some("resume") => ("outcome.waiting", false),
        _ => ("outcome.revoked", false),
    };
    let release = |outcome: &mut Value| {
        if held && let Some(fields) = outcome.as_object_mut() {
            fields.remove("charged_after_ms");
        }
    };
    shared.reply(&subject, Reply::Document(name), release).await
}

async fn decline(State(shared): Theatre, Path(subject): Path<String>, Json(body): Json<Value>) -> Response {
    let tells_why = body.get("reason").is_some_and(|reason| !reason.is_null());
    let name = of(&subject).filter(|_| !tells_why).map_or("decline_response.nothing", Situation::next);
    shared.reply(&subject, Reply::Document(name), |_| {}).await
}

/// The situation in `pay_<situation>_<visit>`.
fn of(subject: &str) -> Option<&'static Situation> {
    situation(subject.strip_prefix("pay_")?.rsplit_once('_')?.0)
}

impl Shared {
    fn visit(&self, subject: &str, change: impl FnOnce(&mut Visit)) -> Visit {
        let Ok(mut seen) = self.seen.lock() else { return Visit::default() };
        let visit = seen.entry(subject.to_owned()).or_default();
        change(visit);
        visit.clone()
    }

    async fn reply(&self, subject: &str, reply: Reply, change: impl FnOnce(&mut Value)) -> Response {
        let (status, name) = match reply {
            Reply::Document(name) => (200, name),
            Reply::Refusal(status, name) => (status, name),
            Reply::Silence => std::future::pending().await,
        };
        match document(name) {
            Ok(mut value) => {
                change(&mut value);
                let status = StatusCode::from_u16(status).unwrap_or_default();
                (status, self.send(subject, value)).into_response()
            }
            Err(error) => (StatusCode::NOT_FOUND, format!("{error:#}")).into_response(),
        }
    }

    fn send(&self, subject: &str, mut value: Value) -> Response {
        let language = self.visit(subject, |_| {}).language;
        localise(&mut value, &self.origin, &language);
        // Checkout and bank are pages of this stage: nothing here leaves the machine.
        let text = value
            .to_string()
            .replace("https://test.checkout.dodopayments.com/session", &format!("{}/session", self.origin));
        ([(header::CONTENT_TYPE, "application/json")], text).into_response()
    }
}

fn ours(folder: &str, name: &str) -> Response {
    file(&crate::repository().join(folder).join(name))
}

fn script(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], text)
}

async fn picture() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml")], include_str!("product.svg"))
}
