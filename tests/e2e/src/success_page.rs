//! The merchant's static success page: `examples/static-page/` as it is, on a server that knows no Rust.
//!
//! Only the address that the example names as the merchant's backend is replaced, plus attributes a journey asks for, and
//! `recorder.js` runs before everything else, as a script of the page's own: so it works in every browser. With a
//! [policy](SuccessPage::set_policy) the page, the widget's files and the API are one origin.

use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Path as UrlPath, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::manual::{manual_lines, widget_names, with_backend};

/// What the example's page names as the merchant's backend.
pub(crate) const EXAMPLE_BACKEND: &str = "https://shop.example";
const HEAD: &str = "<head>";
const RECORDER: &str = "<script src=\"/recorder.js\"></script>";
const ELEMENT: &str = "<aftercart-offer ";
/// What a page with a policy allows the styles of a printed offer by.
const NONCE: &str = "cGFpbnRlZA";
const END: &str = "</aftercart-offer>";

/// A page server on a port of its own; it ends when dropped.
#[derive(Debug)]
pub struct SuccessPage {
    origin: String,
    embed: Arc<Mutex<Embed>>,
    server: JoinHandle<()>,
}

/// What changes between journeys.
#[derive(Clone, Debug, Default)]
struct Embed {
    backend: String,
    widget_host: String,
    attributes: String,
    fallback: String,
    policy: Option<String>,
    application: String,
    printed: Option<String>,
    /// The loader comes after the page, as the documentation says it.
    is_loader_late: bool,
    /// The page asks for the offer itself, as the documentation says it.
    is_asked_early: bool,
    head: String,
    /// In the place of the example's tag.
    tag: Option<String>,
    /// How many requests for the widget's files fail from now on.
    failing_files: usize,
}

impl SuccessPage {
    /// Starts serving; `origin` is known before the backend starts, which must allow it.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let embed = Embed { widget_host: origin.clone(), ..Embed::default() };
        let embed = Arc::new(Mutex::new(embed));
        let router = Router::new()
            .route("/success", get(success))
            .route("/page.css", get(page_css))
            .route("/recorder.js", get(recorder))
            .route("/courses", get(|| async { Html("<h1>Our courses</h1>") }))
            .route("/aftercart/{file}", get(widget_file))
            .route("/api/{*rest}", any(forward))
            .route("/leptos/", get(example))
            .route("/leptos/{file}", get(leptos_file))
            .route("/react/", get(example))
            .route("/react/shop.js", get(example))
            .fallback(application)
            .with_state(embed.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { origin, embed, server })
    }

    /// Such as `http://127.0.0.1:41234`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address that Dodo is told to return to.
    pub fn address(&self) -> String {
        format!("{}/success", self.origin)
    }

    /// Which backend the page's element names from now on.
    pub fn set_backend(&self, origin: &str) {
        self.change(|embed| origin.clone_into(&mut embed.backend));
    }

    /// Which host the page's script tag names from now on; at first the page's own.
    pub fn set_widget_host(&self, origin: &str) {
        self.change(|embed| origin.clone_into(&mut embed.widget_host));
    }

    /// So many of the next requests for the widget's own files, the loader not among them, get 503.
    pub fn fail_files(&self, requests: usize) {
        self.change(|embed| embed.failing_files = requests);
    }

    /// From now on the tag that `manifest.json` has ready is the page's, with this in front of its hash.
    pub fn paste_the_snippet(&self, before_hash: &str) -> Result<()> {
        let manifest = std::fs::read_to_string(crate::repository().join("dist/manifest.json"))?;
        let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
        let snippet =
            manifest.get("snippet").and_then(|text| text.as_str()).context("the manifest has no snippet")?;
        let tag = snippet.lines().next().context("an empty snippet")?;
        anyhow::ensure!(tag.contains("integrity=\"sha384-"), "no hash in {tag}");
        let tag = tag.replace("sha384-", &format!("sha384-{before_hash}"));
        self.change(|embed| embed.tag = Some(tag));
        Ok(())
    }

    /// More attributes of the element, as HTML: `subject="cus_1" token="…"`.
    pub fn set_attributes(&self, attributes: &str) {
        self.change(|embed| attributes.clone_into(&mut embed.attributes));
    }

    /// What the merchant wrote between the element's tags, as HTML.
    pub fn set_fallback(&self, html: &str) {
        self.change(|embed| html.clone_into(&mut embed.fallback));
    }

    /// Serves the page with this `Content-Security-Policy`, everything it needs from its own origin.
    pub fn set_policy(&self, policy: &str) {
        self.change(|embed| embed.policy = Some(policy.to_owned()));
    }

    /// From now on the shop's server prints the offer into the page, as the backend paints it for this query, such as
    /// `locale=fr&theme=dark`.
    pub fn print_offers(&self, query: &str) {
        self.change(|embed| embed.printed = Some(query.to_owned()));
    }

    /// From now on the loader is not in the head: the lines of `docs/embedding.md` for printed offers fetch it.
    pub fn load_late(&self) {
        self.change(|embed| embed.is_loader_late = true);
    }

    /// From now on the lines of `docs/embedding.md` for an offer that is seen sooner stand where the element and its tag were.
    pub fn ask_early(&self) {
        self.change(|embed| embed.is_asked_early = true);
    }

    /// From now on the lines of `docs/embedding.md` for an offer that the widget draws stand in front of its tag,
    /// behind this HTML.
    pub fn ask_for_json(&self, before: &str) -> Result<()> {
        let (script, wasm) = widget_names()?;
        let lines = with_backend(&manual_lines("AbortController")?);
        let lines = lines.replace("widget-….js", &script).replace("widget-….wasm", &wasm);
        self.set_head(&format!("{before}{lines}"));
        Ok(())
    }

    /// What stands in the page's head in front of the widget's script, as HTML. `https://shop.example` is the backend.
    pub fn set_head(&self, html: &str) {
        self.change(|embed| html.clone_into(&mut embed.head));
    }

    /// From now on pages get the widget when a script calls `letGo()`; after `fail()` only from the loader.
    pub fn hold_the_widget(&self) -> Result<()> {
        let (script, wasm) = widget_names()?;
        self.set_head(&format!(
            "<script>aftercart = {{ widget: new Promise((resolve, reject) => {{ \
             letGo = async () => {{ const module = await import('/aftercart/{script}'); \
             await module.default({{ module_or_path: '/aftercart/{wasm}' }}); resolve(module); }}; \
             fail = () => reject(new Error('held back')); }}) }};</script>"
        ));
        Ok(())
    }

    /// Which application answers for every address that is none of the static page's.
    pub fn set_application(&self, origin: &str) {
        self.change(|embed| origin.clone_into(&mut embed.application));
    }

    fn change(&self, change: impl FnOnce(&mut Embed)) {
        if let Ok(mut embed) = self.embed.lock() {
            change(&mut embed);
        }
    }
}

impl Drop for SuccessPage {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn success(State(embed): State<Arc<Mutex<Embed>>>, address: Uri) -> Response {
    let embed = embed.lock().map(|embed| embed.clone()).unwrap_or_default();
    let policy = embed.policy.as_ref().map(|policy| [(header::CONTENT_SECURITY_POLICY, policy.clone())]);
    let printed = match &embed.printed {
        Some(query) => printed(&embed.backend, &address, query).await,
        None => None,
    };
    match page(&embed, printed.as_deref()) {
        Ok(page) => (policy, Html(page)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

/// What the backend paints for the purchase in this page's address.
async fn printed(backend: &str, address: &Uri, wishes: &str) -> Option<String> {
    let mut query = address.query()?.split('&');
    let payment = query.find_map(|pair| pair.strip_prefix("payment_id="))?;
    let ask = reqwest::Client::new().get(format!("{backend}/api/upsell/{payment}?nonce={NONCE}&{wishes}"));
    let answer = ask.header(header::ACCEPT, "text/html").send().await.ok()?;
    if answer.status().as_u16() == 200 { answer.text().await.ok() } else { None }
}

fn page(embed: &Embed, printed: Option<&str>) -> Result<String> {
    let file = crate::repository().join("examples/static-page/index.html");
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    anyhow::ensure!(
        text.contains(EXAMPLE_BACKEND) && text.contains(ELEMENT),
        "the example lost its two lines"
    );
    let text = match &embed.policy {
        Some(_) => text.replace(EXAMPLE_BACKEND, ""),
        None => text,
    };
    let text = match printed {
        Some(offer) => with_element(&text, offer),
        None if embed.is_asked_early => {
            let lines = manual_lines("setHTMLUnsafe")?;
            let lines = if embed.policy.is_some() { lines } else { with_backend(&lines) };
            with_element(&without_tag(&text)?, &with_nonce(&lines))
        }
        None => text,
    };
    let text = match &embed.tag {
        Some(tag) => with_tag(&text, tag)?,
        None => text,
    };
    let text = if embed.is_loader_late { loaded_late(&text)? } else { text };
    let text = text.replacen(HEAD, &format!("{HEAD}{}", embed.head), 1);
    Ok(recorded(&text)
        .replace(&format!("{EXAMPLE_BACKEND}/aftercart/"), &format!("{}/aftercart/", embed.widget_host))
        .replace(EXAMPLE_BACKEND, &embed.backend)
        .replace(ELEMENT, &format!("{ELEMENT}{} ", embed.attributes))
        .replace(END, &format!("{}{END}", embed.fallback)))
}

/// The page with this in the place of its element.
fn with_element(page: &str, html: &str) -> String {
    let parts = page.split_once(ELEMENT).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    parts.map_or_else(|| page.to_owned(), |(before, after)| format!("{before}{html}{after}"))
}

fn without_tag(page: &str) -> Result<String> {
    with_tag(page, "")
}

/// The page with this in the place of its tag.
fn with_tag(page: &str, tag: &str) -> Result<String> {
    let old = page.lines().find(|line| line.contains("aftercart.js")).context("the example lost its tag")?;
    Ok(page.replacen(old, tag, 1))
}

/// The page without its tag, and with the documented lines behind the offer.
fn loaded_late(page: &str) -> Result<String> {
    let lines = manual_lines("setTimeout(() => import(")?;
    Ok(without_tag(page)?.replacen(END, &format!("{END}{lines}"), 1))
}

/// Inline scripts and styles with what a policy may allow them by.
fn with_nonce(html: &str) -> String {
    ["<script>", "<style>"]
        .iter()
        .fold(html.to_owned(), |html, tag| html.replace(tag, &tag.replace('>', &format!(" nonce={NONCE}>"))))
}

async fn recorder() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("recorder.js")).into_response()
}

/// The page with the recorder before its own scripts.
fn recorded(page: &str) -> String {
    page.replacen(HEAD, &format!("{HEAD}{RECORDER}"), 1)
}

async fn page_css() -> Response {
    file(&crate::repository().join("examples/static-page/page.css"))
}

/// The widget as `cargo xtask dist` built it, for backends that do not serve it themselves.
async fn widget_file(State(embed): State<Arc<Mutex<Embed>>>, UrlPath(name): UrlPath<String>) -> Response {
    if let Ok(mut embed) = embed.lock()
        && name.starts_with("widget-")
        && embed.failing_files > 0
    {
        embed.failing_files -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    file(&crate::repository().join("dist").join(name))
}

/// A file of an example that is an application, with the backend and the widget's files of this journey.
async fn example(State(embed): State<Arc<Mutex<Embed>>>, uri: Uri) -> Response {
    let file = match uri.path() {
        "/leptos/" => "leptos-app/dist/index.html",
        "/react/" => "react/index.html",
        _ => "react/dist/shop.js",
    };
    let Embed { backend, widget_host, .. } = embed.lock().map(|embed| embed.clone()).unwrap_or_default();
    let Ok(text) = std::fs::read_to_string(crate::repository().join("examples").join(file)) else {
        return (StatusCode::NOT_FOUND, format!("examples/{file} is not built")).into_response();
    };
    let files = |origin: &str| format!("{origin}/aftercart/");
    let text = text.replace(&files(EXAMPLE_BACKEND), &files(&widget_host)).replace(EXAMPLE_BACKEND, &backend);
    if file.ends_with("js") {
        return ([(header::CONTENT_TYPE, "text/javascript")], text).into_response();
    }
    Html(recorded(&text)).into_response()
}

/// Another file of the one in Leptos.
async fn leptos_file(UrlPath(name): UrlPath<String>) -> Response {
    file(&crate::repository().join("examples/leptos-app/dist").join(name))
}

/// Passes a call on to the backend, as the web server of a shop does that has pages and API on one origin.
async fn forward(State(embed): State<Arc<Mutex<Embed>>>, request: Request) -> Response {
    let backend = embed.lock().map(|embed| embed.backend.clone()).unwrap_or_default();
    pass_on(&backend, request).await
}

/// The same for an application of the shop.
async fn application(State(embed): State<Arc<Mutex<Embed>>>, request: Request) -> Response {
    let application = embed.lock().map(|embed| embed.application.clone()).unwrap_or_default();
    let answer = pass_on(&application, request).await;
    let is_page = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return answer;
    }
    match axum::body::to_bytes(answer.into_body(), usize::MAX).await {
        Ok(page) => Html(recorded(&String::from_utf8_lossy(&page))).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

async fn pass_on(origin: &str, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    head.headers.remove(header::HOST);
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let request = reqwest::Client::new().request(head.method, format!("{origin}{}", head.uri));
    let Ok(answer) = request.headers(head.headers).body(body).send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    // Of the way between us and the origin, not of the answer.
    headers.remove(header::TRANSFER_ENCODING);
    match answer.bytes().await {
        Ok(bytes) => (status, headers, bytes).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// A file with the content type of its name.
pub(crate) fn file(path: &Path) -> Response {
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        Some("html") => "text/html",
        _ => "application/octet-stream",
    };
    match std::fs::read(path) {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(error) => (StatusCode::NOT_FOUND, format!("{}: {error}", path.display())).into_response(),
    }
}
