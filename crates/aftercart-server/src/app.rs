//! The application without a listener: what a merchant nests into their own axum app.

use crate::clock::{Clock, SystemClock};
use crate::complaint::Complaint;
use crate::config::Config;
use crate::dodo::{Dodo, SdkWire};
use crate::http::{Shared, printed, router};
use crate::rules::load_offers;
use crate::store::SqlStore;
use crate::upsell::{Core, keep_forgetting, keep_preparing, keep_reconciling};
use crate::webhook_keys::WebhookKeys;
use aftercart::config::Config as Element;
use aftercart_contract::CustomerId;
use axum::Router;
use jiff::Timestamp;
use std::sync::Arc;

/// Everything behind the routes, ready to answer.
///
/// ```no_run
/// # async fn nest(config: aftercart_server::Config) -> Result<(), aftercart_server::StartError> {
/// let aftercart = aftercart_server::App::build(config).await?;
/// let shop: axum::Router = axum::Router::new().merge(aftercart.router());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct App {
    shared: Shared,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A file or variable is wrong: every mistake, with its line.
    #[error("{}", lines(.0))]
    Config(Vec<Complaint>),
    /// The database cannot be opened or brought up to date.
    #[error("{0}")]
    Database(String),
    /// The webhook key or the connection to Dodo cannot be set up.
    #[error("{0}")]
    Dodo(String),
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}: {source}; choose another with `listen` or AFTERCART_LISTEN")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

fn lines(complaints: &[Complaint]) -> String {
    complaints.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl App {
    /// Reads the offers, opens the database, connects the parts and starts what runs in the background.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        Self::build_with_clock(config, Arc::new(SystemClock)).await
    }

    /// As [`App::build`], with another clock: for tests of expiry.
    pub async fn build_with_clock(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let book = load_offers(&config.offers).map_err(StartError::Config)?;
        let store = SqlStore::open(&config.database_url).await.map_err(StartError::Database)?;
        let (base_url, key) = (config.dodo.base_url.as_str(), config.dodo.api_key.reveal());
        let wire = SdkWire::new(base_url, key, config.dodo.timeout).map_err(StartError::Dodo)?;
        let dodo = Dodo::new(Arc::new(wire), config.dodo_requests_per_minute);
        let (core, wished) = Core::new(config, book, Arc::new(store), dodo, clock).preparing();
        let core = Arc::new(core);
        let stop = core.stopping.clone();
        tokio::spawn(keep_reconciling(Arc::downgrade(&core), core.config.reconcile_every, stop.clone()));
        if let Some(wished) = wished {
            tokio::spawn(keep_preparing(Arc::downgrade(&core), wished, stop.clone()));
        }
        tokio::spawn(keep_forgetting(Arc::downgrade(&core), stop));
        Self::of(core)
    }

    /// The application around these parts.
    pub(crate) fn of(core: Arc<Core>) -> Result<Self, StartError> {
        let webhook = WebhookKeys::parse(core.config.dodo.webhook_key.reveal())
            .map_err(|error| StartError::Dodo(format!("the webhook key {error}")))?;
        Ok(Self { shared: Shared::new(core, webhook) })
    }

    #[cfg(feature = "simulation")]
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.shared.core
    }

    /// The routes: `/api/upsell`, `/api/tokens`, `/api/attempts`, `/api/refunds`, `/webhooks/dodo`, `/healthz`,
    /// `/metrics`, `/aftercart`.
    pub fn router(&self) -> Router {
        router(self.shared.clone())
    }

    /// As [`Config::mint_subject_token`], from now on.
    pub fn mint_subject_token(&self, customer: &CustomerId) -> (String, Timestamp) {
        self.shared.core.config.mint_subject_token(customer, self.shared.core.now())
    }

    /// The offer as HTML, for a page of the application that this is part of: seen and used before any script, to be
    /// printed as it is where the element would stand. Empty where nothing is offered; the plain element, which asks
    /// by itself, where the answer takes longer than half a second or is refused.
    ///
    /// `element` says what its attributes would, and its `endpoint` where the routes are (`/api/upsell` unless they are
    /// nested). `nonce` is the one that the page's policy lets styles through by. The page is for this shopper alone,
    /// with proof in it: `Cache-Control: no-store`.
    ///
    /// ```no_run
    /// # async fn page(aftercart: aftercart_server::App, payment_id: &str) -> Result<String, String> {
    /// let element = aftercart::config::Config::new(aftercart_contract::Subject::parse(payment_id)?);
    /// let offer = aftercart.print_offer(&element, None).await;
    /// # Ok(offer) }
    /// ```
    pub async fn print_offer(&self, element: &Element, nonce: Option<&str>) -> String {
        printed(&self.shared, element, nonce).await
    }

    /// Ends what runs in the background and waits until every charge under way has been told its outcome.
    pub async fn finish_charges(&self) {
        self.shared.core.stopping.cancel();
        self.shared.core.charges.close();
        self.shared.core.charges.wait().await;
    }
}
