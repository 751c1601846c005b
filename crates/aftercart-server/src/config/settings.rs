//! Every setting, its unit and its default.

use super::limits::Limits;
use crate::secret::Secret;
use crate::token::{SubjectClaims, TokenKeys};
use aftercart_contract::{CustomerId, WebUrl};
use jiff::{SignedDuration, Timestamp};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Everything a server needs to know. [`Config::load`] reads it from file and environment;
/// [`Config::new`] starts from the defaults, for tests and for merchants who configure in Rust.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen. Default `127.0.0.1:4020`; port 0 takes any free one.
    pub listen: SocketAddr,
    /// How browsers reach this server; default `http://{listen}`. Its origin may always accept.
    pub public_url: Option<WebUrl>,
    /// Default `sqlite://aftercart.db`; created when absent. `sqlite::memory:` forgets.
    pub database_url: String,
    /// The offers file.
    pub offers: PathBuf,
    /// The directory of the widget's files; default `dist`. May be absent.
    pub assets: PathBuf,
    /// Exact origins of the pages that show offers, such as `https://shop.example`.
    pub allowed_origins: Vec<String>,
    /// The shop's success page: where a standard checkout returns to.
    pub success_url: Option<WebUrl>,
    /// Hosts (`checkout.example.com` or with a port) that shoppers may be sent to. Default: Dodo's
    /// two checkout hosts and the host of `dodo.base_url`.
    pub redirect_hosts: Vec<String>,
    /// The payment provider.
    pub dodo: Dodo,
    /// How long after its payment a `pay_…` opens an offer. Default 30 minutes.
    pub purchase_fresh: Duration,
    /// How long a price on a button holds. Default 600 seconds.
    pub quote: Duration,
    /// How long a token lives. Default 60 minutes.
    pub token: Duration,
    /// How long Dodo may show no payment for a charge that was sent, before it is given up. Default 1 hour.
    pub unseen: Duration,
    /// How long a payment may be pending before it is given up. Default 96 hours: a debit in India takes
    /// up to 51, and two days off lie between.
    pub pending: Duration,
    /// The pause between two rounds of the reconciler. Default 1 second; a round without work is a few counts.
    pub reconcile_every: Duration,
    /// How long webhooks, reports, facts and purchases are kept; claims and what was bought are for ever. `None`:
    /// everything is. Default `None`.
    pub keep: Option<Duration>,
    /// How often Dodo may be asked a minute, by this server: the account's limit, or its share of it when several run.
    /// Making offers ready in the background, and looking up payments that no webhook told of, use up to half of it.
    /// When it is 0 none is made ready, and lookups are not bounded. Default 240, Dodo's lowest tier.
    pub dodo_requests_per_minute: u32,
    /// How much, how often and how slowly callers may ask.
    pub limits: Limits,
    /// Signing keys of tokens.
    pub token_keys: TokenKeys,
    /// Lets the merchant's own server mint tokens, and see and resolve attempts, over HTTP; without it those
    /// routes are closed.
    pub merchant_key: Option<Secret>,
    /// Opens `/metrics` and nothing else, as the merchant key does too; with neither, that route is closed.
    pub metrics_key: Option<Secret>,
}

/// The connection to Dodo Payments.
#[derive(Clone, Debug)]
pub struct Dodo {
    /// `https://test.dodopayments.com`, `https://live.dodopayments.com`, or a local sandbox. No default.
    pub base_url: WebUrl,
    /// API key.
    pub api_key: Secret,
    /// `whsec_…`; two with a comma between while one replaces the other.
    pub webhook_key: Secret,
    /// The limit of one call; reads are given up after 8 seconds at most. Default 20 seconds.
    pub timeout: Duration,
}

impl Config {
    /// The defaults around what has none. Listens on any free port.
    pub fn new(offers: impl Into<PathBuf>, dodo: Dodo, token_keys: TokenKeys) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            database_url: "sqlite://aftercart.db".to_owned(),
            offers: offers.into(),
            assets: PathBuf::from("dist"),
            allowed_origins: Vec::new(),
            success_url: None,
            redirect_hosts: default_redirect_hosts(&dodo.base_url),
            dodo,
            purchase_fresh: Duration::from_mins(30),
            quote: Duration::from_mins(10),
            token: Duration::from_hours(1),
            unseen: Duration::from_hours(1),
            pending: Duration::from_hours(96),
            reconcile_every: Duration::from_secs(1),
            keep: None,
            dodo_requests_per_minute: 240,
            limits: Limits::default(),
            token_keys,
            merchant_key: None,
            metrics_key: None,
        }
    }

    /// A token that lets a page see and follow this customer's offers from `now` on, and when it ends.
    /// Give it only to a page on which this customer is signed in.
    pub fn mint_subject_token(&self, customer: &CustomerId, now: Timestamp) -> (String, Timestamp) {
        let lifetime = SignedDuration::try_from(self.token).unwrap_or(SignedDuration::ZERO);
        let expires = now.saturating_add(lifetime).unwrap_or(now);
        let claims = SubjectClaims { customer: customer.clone(), exp: expires.as_second() };
        (self.token_keys.sign_subject(&claims), expires)
    }

    /// What keeps no server from starting and will be missed, a sentence each.
    pub fn doubts(&self) -> Vec<String> {
        let loader = self.assets.join("aftercart.js");
        if loader.is_file() {
            return Vec::new();
        }
        vec![format!(
            "`assets`: there is no {}; pages show no offer by this server's files until `cargo xtask dist` built them \
             there",
            loader.display()
        )]
    }

    /// True when shoppers may be sent to this address.
    pub(crate) fn may_send_to(&self, url: &WebUrl) -> bool {
        let host = host_of(url);
        self.redirect_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host))
    }
}

pub(super) fn default_redirect_hosts(dodo: &WebUrl) -> Vec<String> {
    let hosts = [
        "test.checkout.dodopayments.com",
        "checkout.dodopayments.com",
        "test.customer.dodopayments.com",
        "customer.dodopayments.com",
        host_of(dodo),
    ];
    hosts.map(str::to_owned).to_vec()
}

/// Host and port, such as `127.0.0.1:4010`.
fn host_of(url: &WebUrl) -> &str {
    url.origin().split_once("://").map_or("", |(_, host)| host)
}
