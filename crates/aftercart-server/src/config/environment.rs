//! The variables that are read, and the secrets among them.

use crate::complaint::Complaint;
use crate::secret::Secret;
use crate::token::TokenKeys;
use crate::webhook_keys::WebhookKeys;

pub(super) const LISTEN: &str = "AFTERCART_LISTEN";
pub(super) const PUBLIC_URL: &str = "AFTERCART_PUBLIC_URL";
pub(super) const DATABASE_URL: &str = "AFTERCART_DATABASE_URL";
pub(super) const ASSETS: &str = "AFTERCART_ASSETS";
pub(super) const ALLOWED_ORIGINS: &str = "AFTERCART_ALLOWED_ORIGINS";
pub(super) const SUCCESS_URL: &str = "AFTERCART_SUCCESS_URL";
pub(super) const BASE_URL: &str = "DODO_PAYMENTS_BASE_URL";
const API_KEY: &str = "DODO_PAYMENTS_API_KEY";
const WEBHOOK_KEY: &str = "DODO_PAYMENTS_WEBHOOK_KEY";
const TOKEN_KEYS: &str = "AFTERCART_TOKEN_KEYS";
const MERCHANT_KEY: &str = "AFTERCART_MERCHANT_KEY";
const METRICS_KEY: &str = "AFTERCART_METRICS_KEY";
/// Shorter keys can be guessed.
const MIN_BEARER_KEY: usize = 16;

pub(super) struct Secrets {
    pub(super) api_key: Secret,
    pub(super) webhook_key: Secret,
    pub(super) token_keys: TokenKeys,
    pub(super) merchant_key: Option<Secret>,
    pub(super) metrics_key: Option<Secret>,
}

/// Reads all secrets, or notes everything that is wrong with them, never their values.
pub(super) fn secrets(
    env: &dyn Fn(&str) -> Option<String>,
    complaints: &mut Vec<Complaint>,
) -> Option<Secrets> {
    let mut required = |name: &'static str, advice: &str| {
        let value = env(name).filter(|value| !value.trim().is_empty());
        if value.is_none() {
            complaints.push(Complaint::variable(name, format!("is not set: {advice}")));
        }
        value
    };
    let api_key = required(API_KEY, "copy it from Dodo's dashboard, Developer, API keys");
    let webhook_key =
        required(WEBHOOK_KEY, "copy the endpoint's secret (whsec_…) from Dodo's dashboard, Webhooks");
    let token_keys = required(TOKEN_KEYS, "make one with: echo \"k1:$(openssl rand -base64 32)\"");
    if let Some(key) = &webhook_key
        && let Err(error) = WebhookKeys::parse(key)
    {
        complaints.push(Complaint::variable(WEBHOOK_KEY, error.to_string()));
    }
    let token_keys = token_keys.and_then(|text| {
        TokenKeys::parse(&text)
            .map_err(|error| complaints.push(Complaint::variable(TOKEN_KEYS, error.to_string())))
            .ok()
    });
    let mut optional = |name: &'static str| {
        let key = env(name).filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| key.len() < MIN_BEARER_KEY) {
            let advice = "is shorter than 16 characters: make it longer, or unset it";
            complaints.push(Complaint::variable(name, advice));
        }
        key.map(Secret::new)
    };
    let (merchant_key, metrics_key) = (optional(MERCHANT_KEY), optional(METRICS_KEY));
    Some(Secrets {
        api_key: Secret::new(api_key?),
        webhook_key: Secret::new(webhook_key?),
        token_keys: token_keys?,
        merchant_key,
        metrics_key,
    })
}
