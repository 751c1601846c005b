//! The installation under examination.

use super::probe::Probe;
use crate::config::Config;
use crate::rules::OfferBook;
use aftercart_contract::WebUrl;

/// What every room looks at.
pub(super) struct Patient {
    pub(super) config: Config,
    pub(super) book: OfferBook,
    /// A page that shows offers.
    pub(super) page: Option<WebUrl>,
    pub(super) probe: Probe,
}

impl Patient {
    pub(super) fn new(config: Config, book: OfferBook, page: Option<&WebUrl>) -> Result<Self, String> {
        let page = page.or(config.success_url.as_ref()).cloned();
        Ok(Self { page, config, book, probe: Probe::new()? })
    }

    /// An address at our own public address. Without one, where the server listens.
    pub(super) fn public(&self, path: &str) -> String {
        match &self.config.public_url {
            Some(url) => format!("{}{path}", url.as_str().trim_end_matches('/')),
            None if self.config.listen.ip().is_unspecified() => {
                format!("http://127.0.0.1:{}{path}", self.config.listen.port())
            }
            None => format!("http://{}{path}", self.config.listen),
        }
    }

    /// An address at Dodo.
    pub(super) fn dodo(&self, path: &str) -> String {
        format!("{}{path}", self.config.dodo.base_url.as_str().trim_end_matches('/'))
    }

    /// True when a page of this origin may accept.
    pub(super) fn allows(&self, origin: &str) -> bool {
        self.config.allowed_origins.iter().any(|allowed| allowed == origin)
            || self.config.public_url.as_ref().is_some_and(|url| url.origin() == origin)
    }
}

/// True for an address that only this machine can reach.
pub(super) fn is_local(url: &str) -> bool {
    // `WebUrl` allows `http:` for this machine alone; `https:` to it is as local.
    url.starts_with("http:")
        || ["https://localhost", "https://127.", "https://[::1]"].iter().any(|start| url.starts_with(start))
}
