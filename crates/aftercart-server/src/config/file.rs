//! The shape of `aftercart.toml`. Unknown keys are refused.

use super::limits::LimitsSection;
use serde::Deserialize;
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub(super) listen: Option<Spanned<String>>,
    pub(super) public_url: Option<Spanned<String>>,
    pub(super) database_url: Option<Spanned<String>>,
    pub(super) offers: Option<Spanned<String>>,
    pub(super) assets: Option<Spanned<String>>,
    pub(super) allowed_origins: Option<Vec<Spanned<String>>>,
    pub(super) success_url: Option<Spanned<String>>,
    pub(super) redirect_hosts: Option<Vec<Spanned<String>>>,
    pub(super) purchase_fresh_minutes: Option<Spanned<u32>>,
    pub(super) quote_seconds: Option<Spanned<u32>>,
    pub(super) dodo_timeout_seconds: Option<Spanned<u32>>,
    pub(super) dodo_requests_per_minute: Option<Spanned<u32>>,
    pub(super) keep_days: Option<Spanned<u32>>,
    pub(super) token_minutes: Option<Spanned<u32>>,
    pub(super) unseen_seconds: Option<Spanned<u32>>,
    pub(super) pending_hours: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) limits: LimitsSection,
    #[serde(default)]
    pub(super) dodo: DodoSection,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DodoSection {
    pub(super) base_url: Option<Spanned<String>>,
    pub(super) environment: Option<Spanned<Environment>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Environment {
    Test,
    Live,
}

impl Environment {
    pub(super) fn base_url(self) -> &'static str {
        match self {
            Self::Test => dodopayments::TEST_MODE_BASE_URL,
            Self::Live => dodopayments::LIVE_MODE_BASE_URL,
        }
    }
}
