//! The application with a listener.

use crate::app::{App, StartError};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::listen::serve;
use aftercart_contract::WebUrl;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A running server. Stop it with [`Server::stop`]; dropping it leaves it running.
pub struct Server {
    address: SocketAddr,
    app: App,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Server {
    /// Listens and serves. Returns when requests are answered.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Self::start_with_clock(config, Arc::new(SystemClock)).await
    }

    /// As [`Server::start`], with another clock: for tests of expiry.
    pub async fn start_with_clock(mut config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let wanted = config.listen;
        let refused = |source| StartError::Listen { address: wanted, source };
        let listener = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        if config.public_url.is_none() {
            config.public_url = WebUrl::new(format!("http://{address}/")).ok();
        }
        let limits = config.limits.clone();
        let app = App::build_with_clock(config, clock).await?;
        let stop = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, app.router(), limits, stop.clone()));
        Ok(Self { address, app, stop, serving })
    }

    /// Where it listens, such as `http://127.0.0.1:4020`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The application, to mint tokens.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Takes no new request, finishes those under way and every charge, then returns.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.serving.await;
        self.app.finish_charges().await;
    }
}
