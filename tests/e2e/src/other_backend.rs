//! Backends that are not ours: those a merchant wrote from Dodo's guide, and those that are broken.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How a backend that is not ours behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// The guide's TypeScript sample: camelCase; accepting works.
    GuideCamelCase,
    /// The guide's Python sample: `snake_case`; accepting works.
    GuideSnakeCase,
    /// As the TypeScript sample, and accepting is refused: 400 `{error}`.
    GuideRefuses,
    /// As the Python sample, and accepting crashes: 500 `{error}`.
    GuideCrashes,
    /// As the TypeScript sample, and the answer to an accept breaks off in its middle.
    GuideBreaksOff,
    /// Answers after longer than the widget waits.
    Slow,
    /// Answers a web page, as servers do for addresses they do not know.
    WebPage,
    /// Speaks a contract that this widget does not know.
    NewerContract,
}

/// A running backend; it ends when dropped.
#[derive(Debug)]
pub struct OtherBackend {
    origin: String,
    accepts: Arc<Mutex<Vec<Accept>>>,
    server: JoinHandle<()>,
}

/// A POST to `…/accept` as it arrived.
#[derive(Clone, Debug)]
pub struct Accept {
    /// The `Idempotency-Key` header.
    pub key: Option<String>,
}

#[derive(Clone)]
struct Shared {
    behaviour: Behaviour,
    accepts: Arc<Mutex<Vec<Accept>>>,
}

impl OtherBackend {
    /// Starts one with this behaviour.
    pub async fn start(behaviour: Behaviour) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let accepts = Arc::new(Mutex::new(Vec::new()));
        let router = Router::new()
            .route("/api/upsell/{subject}", get(offer))
            .route("/api/upsell/{subject}/accept", any(accept))
            .route("/checkout", get(|| async { Html("<h1>The shop's own checkout</h1>") }))
            .layer(middleware::from_fn(allow_every_origin))
            .with_state(Shared { behaviour, accepts: accepts.clone() });
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin, accepts, server })
    }

    /// Such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Every accept that arrived, oldest first.
    pub fn accepts(&self) -> Vec<Accept> {
        self.accepts.lock().map(|accepts| accepts.clone()).unwrap_or_default()
    }
}

impl Drop for OtherBackend {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn offer(State(shared): State<Shared>) -> Response {
    let product = json!({ "id": "pdt_presets", "name": "Preset pack", "price": 2900, "currency": "USD" });
    match shared.behaviour {
        Behaviour::GuideCamelCase | Behaviour::GuideRefuses | Behaviour::GuideBreaksOff => {
            answer(&json!({ "eligible": true, "product": product, "paymentMethodId": "pm_1" }))
        }
        Behaviour::GuideSnakeCase | Behaviour::GuideCrashes => {
            answer(&json!({ "eligible": true, "product": product, "payment_method_id": "pm_1" }))
        }
        Behaviour::Slow => {
            tokio::time::sleep(Duration::from_secs(12)).await;
            answer(&json!({ "eligible": true, "product": product, "paymentMethodId": "pm_1" }))
        }
        Behaviour::WebPage => Html("<!doctype html><title>Not found</title><h1>Oops</h1>").into_response(),
        Behaviour::NewerContract => {
            answer(&json!({ "contract": 1000, "eligible": true, "product": { "sku": "something new" } }))
        }
    }
}

async fn accept(State(shared): State<Shared>, method: Method, headers: HeaderMap) -> Response {
    if method != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    if let Ok(mut accepts) = shared.accepts.lock() {
        accepts.push(Accept { key });
    }
    match shared.behaviour {
        Behaviour::GuideCamelCase => answer(&json!({ "success": true, "sessionId": "cks_1" })),
        Behaviour::GuideRefuses => {
            (StatusCode::BAD_REQUEST, answer(&json!({ "error": "No upsell available" }))).into_response()
        }
        Behaviour::GuideCrashes => {
            (StatusCode::INTERNAL_SERVER_ERROR, answer(&json!({ "error": "Upsell failed" }))).into_response()
        }
        Behaviour::GuideBreaksOff => {
            ([(header::CONTENT_TYPE, "application/json")], "{\"success\":").into_response()
        }
        _ => answer(&json!({ "success": true, "session_id": "cks_1" })),
    }
}

fn answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// What the `cors` package of such backends does: everything from everywhere.
async fn allow_every_origin(request: axum::extract::Request, next: Next) -> Response {
    let preflight = request.method() == Method::OPTIONS;
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("*"));
    response
}
