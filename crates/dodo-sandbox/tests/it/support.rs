//! A running sandbox with a client, and a merchant's endpoint that keeps what it receives.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET, Sandbox, SandboxConfig};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A sandbox and a client that follows no redirect.
pub(crate) struct Shop {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: reqwest::Client,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(SandboxConfig::default()).await
    }

    pub(crate) async fn open_with(config: SandboxConfig) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { sandbox, client }
    }

    /// An API call with the key; the body is sent as it is.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> reqwest::Result<Response> {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.sandbox.url()))
            .header("authorization", format!("Bearer {DEFAULT_API_KEY}"));
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        request.send().await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.send(Method::GET, path, None).await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        read(self.send(Method::POST, path, Some(body.to_string())).await.unwrap()).await
    }

    /// The one-click charge of `product` on the scenario's method.
    pub(crate) async fn one_click(&self, scenario: &str, product: &str) -> (u16, Value) {
        self.post("/checkouts", one_click_body(scenario, product)).await
    }

    /// The full payment.
    pub(crate) async fn payment(&self, id: &Value) -> Value {
        self.get(&format!("/payments/{}", id.as_str().unwrap())).await.1
    }

    /// Polls a payment until it has `status`.
    pub(crate) async fn payment_reaches(&self, id: &Value, status: &str) -> Value {
        tokio::time::timeout(PATIENCE, async {
            loop {
                let payment = self.payment(id).await;
                if payment["status"] == status {
                    return payment;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("the payment never reached {status}"))
    }

    /// Submits a form of one of the pages.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.client.post(format!("{}{path}", self.sandbox.url())).form(fields).send().await.unwrap()
    }

    /// Sends webhooks to a new endpoint.
    pub(crate) async fn endpoint(&self) -> Endpoint {
        let endpoint = Endpoint::open().await;
        self.sandbox.set_webhook_url(Some(endpoint.url.clone()));
        endpoint
    }
}

pub(crate) fn one_click_body(scenario: &str, product: &str) -> Value {
    json!({
        "product_cart": [{ "product_id": product, "quantity": 1 }],
        "customer": { "customer_id": format!("cus_{scenario}") },
        "payment_method_id": format!("pm_{scenario}"),
        "confirm": true,
        "metadata": { "attempt": format!("att_{scenario}") },
    })
}

/// Status and JSON; a 204 is null.
pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let value = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    };
    (status, value)
}

/// The address of a redirect.
pub(crate) fn location(response: &Response) -> String {
    assert_eq!(response.status(), 303, "a redirect was expected");
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// One webhook as received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
    pub(crate) event: Value,
}

impl Received {
    pub(crate) fn kind(&self) -> &str {
        self.event["type"].as_str().unwrap()
    }

    pub(crate) fn webhook_id(&self) -> &str {
        self.headers["webhook-id"].to_str().unwrap()
    }

    /// Checks the signature with the scheme's own library.
    pub(crate) fn verify(&self) {
        let verifier = standardwebhooks::Webhook::new(DEFAULT_WEBHOOK_SECRET).unwrap();
        verifier.verify(&self.raw, &self.headers).unwrap();
    }
}

/// A merchant's webhook endpoint on a free port.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    received: mpsc::UnboundedReceiver<Received>,
    answers: Arc<Mutex<Vec<u16>>>,
}

#[derive(Clone)]
struct Inbox {
    sender: mpsc::UnboundedSender<Received>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Endpoint {
    pub(crate) async fn open() -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(Vec::new()));
        let inbox = Inbox { sender, answers: Arc::clone(&answers) };
        let router = Router::new().route("/hook", post(keep)).with_state(inbox);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received, answers }
    }

    /// The statuses of the next answers; afterwards it answers 200.
    pub(crate) fn answer_with(&self, statuses: &[u16]) {
        *self.answers.lock().unwrap() = statuses.iter().rev().copied().collect();
    }

    /// The next webhook.
    pub(crate) async fn next(&mut self) -> Received {
        tokio::time::timeout(PATIENCE, self.received.recv()).await.expect("a webhook").unwrap()
    }

    /// The next `count` webhooks by type, sorted: order is not promised.
    pub(crate) async fn next_kinds(&mut self, count: usize) -> Vec<String> {
        let mut kinds = Vec::new();
        for _ in 0..count {
            kinds.push(self.next().await.kind().to_owned());
        }
        kinds.sort();
        kinds
    }

    pub(crate) fn is_empty(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

async fn keep(State(inbox): State<Inbox>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let event = serde_json::from_slice(&raw).unwrap();
    let status = inbox.answers.lock().unwrap().pop().unwrap_or(200);
    inbox.sender.send(Received { headers, raw, event }).ok();
    StatusCode::from_u16(status).unwrap()
}
