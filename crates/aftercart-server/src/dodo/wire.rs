//! The wire to Dodo: one request out, one answer back, or the knowledge that there is none.
//!
//! 1. A request sent [`Sends::Once`] leaves this machine at most once. Dodo honours no idempotency header
//!    and all official clients re-send a POST after a time-out unless told not to.
//! 2. [`NoAnswer::NeverSent`] is claimed only when no byte can have arrived.
//!
//! [`SdkWire`] speaks HTTP through the official crate. A simulation puts its own network here.

use async_trait::async_trait;
use dodopayments::{Client, ClientConfig};
use reqwest::Method;
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// The longest answer that is read, bytes: a page of 100 payments is about 300 kB.
const MAX_ANSWER: usize = 8 * 1024 * 1024;
/// A shopper waits for reads; a charge gets the whole time-out.
const READ_TIMEOUT: Duration = Duration::from_secs(8);

/// One call of Dodo's API.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method.
    pub verb: Verb,
    /// Begins with a slash; ids need no escaping.
    pub path: String,
    /// Decoded pairs.
    pub query: Vec<(&'static str, String)>,
    /// The JSON body of a `POST` or `PATCH`.
    pub body: Option<Map<String, Value>>,
    /// Whether it may be repeated.
    pub sends: Sends,
}

/// HTTP's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads.
    Get,
    /// Asks for something to happen, or for its price.
    Post,
    /// Changes what is there.
    Patch,
    /// Calls something off.
    Delete,
}

/// How often a request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// At most once: it moves money or makes something.
    Once,
    /// It only reads.
    MayRepeat,
}

/// What came back: any status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// As received, at most 8 MiB.
    pub body: Vec<u8>,
}

/// Why nothing came back. The texts hold no address, which may carry ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The connection was never made.
    NeverSent(String),
    /// Time-out, reset, a broken or too long answer: anything may have happened.
    Lost(String),
}

/// Carries calls to Dodo.
#[async_trait]
pub trait Wire: fmt::Debug + Send + Sync {
    /// Sends the call and waits for its answer.
    async fn send(&self, call: &Call) -> Result<Answer, NoAnswer>;
}

/// The wire over HTTP, by the official crate.
#[derive(Clone, Debug)]
pub(crate) struct SdkWire {
    /// Reads may be repeated once by the client itself.
    reading: Client,
    /// Never sends anything twice.
    money: Client,
}

impl SdkWire {
    /// A connection with this time-out; reads are given up earlier.
    pub(crate) fn new(base_url: &str, api_key: &str, timeout: Duration) -> Result<Self, String> {
        let config = |timeout| ClientConfig::new(base_url).with_api_key(api_key).with_timeout(timeout);
        let client = |config| Client::new(config).map_err(|error| error.to_string());
        Ok(Self {
            reading: client(config(timeout.min(READ_TIMEOUT)).with_max_retries(1))?,
            money: client(config(timeout).with_max_retries(0))?,
        })
    }
}

#[async_trait]
impl Wire for SdkWire {
    async fn send(&self, call: &Call) -> Result<Answer, NoAnswer> {
        let client = match call.sends {
            Sends::Once => &self.money,
            Sends::MayRepeat => &self.reading,
        };
        let method = match call.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Patch => Method::PATCH,
            Verb::Delete => Method::DELETE,
        };
        let request = client.request(method, &call.path).query(&call.query);
        let request = match &call.body {
            None => request,
            Some(body) => request.json(body),
        };
        let mut response = client.send(request).await.map_err(no_answer)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(NoAnswer::Lost("the answer is longer than 8 MiB".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

fn no_answer(error: dodopayments::Error) -> NoAnswer {
    match error {
        dodopayments::Error::Http(error) if error.is_connect() || error.is_builder() => {
            NoAnswer::NeverSent(error.without_url().to_string())
        }
        dodopayments::Error::Http(error) => lost(error),
        other => NoAnswer::Lost(other.to_string()),
    }
}

fn lost(error: reqwest::Error) -> NoAnswer {
    NoAnswer::Lost(error.without_url().to_string())
}
