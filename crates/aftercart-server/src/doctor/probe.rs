//! Asking over HTTP and keeping what matters of the answer.

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url};
use std::error::Error;
use std::time::{Duration, Instant};

/// How long one answer may take.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest answer that is read, bytes.
const MAX_ANSWER: usize = 8 * 1024 * 1024;
const MAX_REDIRECTS: usize = 5;

/// A client that is told of redirects, and one that follows them as a browser would.
pub(super) struct Probe {
    plain: Client,
    browsing: Client,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    /// Where it came from in the end.
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// From the request to the answer's head.
    pub(super) took: Duration,
    /// Half-way between request and answer, by our clock.
    pub(super) asked_at: Timestamp,
}

impl Answer {
    /// The first header of this name, as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Every header of this name, as text.
    pub(super) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    pub(super) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

impl Probe {
    pub(super) fn new() -> Result<Self, String> {
        let client = |policy| {
            let builder = Client::builder().timeout(LIMIT).redirect(policy).user_agent("aftercart-doctor");
            builder.build().map_err(|error| format!("no HTTP client: {}", reason(&error)))
        };
        Ok(Self { plain: client(Policy::none())?, browsing: client(Policy::limited(MAX_REDIRECTS))? })
    }

    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.plain.request(method, url)
    }

    /// As a browser that opens the address.
    pub(super) fn browse(&self, url: &str) -> RequestBuilder {
        self.browsing.get(url)
    }
}

/// Sends the request; the error says why there is no answer, without the address.
pub(super) async fn ask(request: RequestBuilder) -> Result<Answer, String> {
    let (before, started) = (Timestamp::now(), Instant::now());
    let mut response = request.send().await.map_err(|error| reason(&error))?;
    let took = started.elapsed();
    let asked_at = before.checked_add(took / 2).unwrap_or(before);
    let (status, url, headers) =
        (response.status().as_u16(), response.url().clone(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err("the answer is longer than 8 MiB".to_owned());
        }
    }
    Ok(Answer { status, url, headers, body, took, asked_at })
}

/// The innermost cause: `Connection refused`, `invalid peer certificate`, and the like.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", LIMIT.as_secs());
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
