//! The secrets that Dodo signs webhooks with: one, or several while one replaces another.

use axum::http::HeaderMap;
use standardwebhooks::{HEADER_WEBHOOK_TIMESTAMP, Webhook, WebhookError};

/// Shorter secrets can be guessed; an empty one would let anybody sign.
const MIN_SECRET_BYTES: usize = 16;

/// What verifies webhooks. Never empty.
///
/// After Dodo's endpoint gets a new secret, both are good for 24 hours: list both meanwhile, newest first.
pub(crate) struct WebhookKeys(Vec<Webhook>);

/// Why `DODO_PAYMENTS_WEBHOOK_KEY` cannot be used. Never holds a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebhookKeyError {
    /// Nothing between the commas.
    #[error("holds no secret: copy it from Dodo's dashboard, Webhooks")]
    Empty,
    /// The part after `whsec_` is not standard base64.
    #[error("is not base64 after `whsec_`: copy it again, two of them with a comma between")]
    NotBase64,
    /// Fewer than 16 bytes.
    #[error("has a secret shorter than 16 bytes: copy it again")]
    TooShort,
}

impl WebhookKeys {
    /// Reads `whsec_…[,whsec_…]`, in any order.
    pub(crate) fn parse(text: &str) -> Result<Self, WebhookKeyError> {
        let secrets = text.split(',').map(str::trim).filter(|secret| !secret.is_empty());
        let keys = secrets.map(key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(WebhookKeyError::Empty) } else { Ok(Self(keys)) }
    }

    /// Checks id, time and body against every secret: one of them must have signed, within five minutes of now.
    pub(crate) fn verify(&self, body: &[u8], headers: &HeaderMap) -> Result<(), WebhookError> {
        let timestamp = headers.get(HEADER_WEBHOOK_TIMESTAMP).map(axum::http::HeaderValue::as_bytes);
        if timestamp.is_some_and(|text| !is_unix_seconds(text)) {
            return Err(WebhookError::InvalidTimestamp);
        }
        let mut refused = WebhookError::InvalidSignature;
        for key in &self.0 {
            match key.verify(body, headers) {
                Ok(()) => return Ok(()),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }
}

fn key(secret: &str) -> Result<Webhook, WebhookKeyError> {
    use base64::Engine as _;
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded);
    let bytes = bytes.map_err(|_| WebhookKeyError::NotBase64)?;
    if bytes.len() < MIN_SECRET_BYTES {
        return Err(WebhookKeyError::TooShort);
    }
    Webhook::from_bytes(bytes).map_err(|_| WebhookKeyError::NotBase64)
}

/// At most eleven digits. The library subtracts without looking: a number at the end of its range would overflow.
fn is_unix_seconds(text: &[u8]) -> bool {
    (1..=11).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "whsec_b2xkLXNlY3JldC1mb3ItdGVzdHMtb25seQ==";
    const NEW: &str = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtb25seQ==";

    fn headers(timestamp: &str, signature: &str) -> HeaderMap {
        let pairs =
            [("webhook-id", "msg_1"), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
        pairs.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn verified(keys: &str, signer: &str) -> bool {
        let now = jiff::Timestamp::now().as_second();
        let signature = Webhook::new(signer).unwrap().sign("msg_1", now, b"{}").unwrap();
        WebhookKeys::parse(keys).unwrap().verify(b"{}", &headers(&now.to_string(), &signature)).is_ok()
    }

    #[test]
    fn each_listed_secret_verifies_and_no_other() {
        for signer in [OLD, NEW] {
            assert!(verified(&format!("{NEW}, {OLD}"), signer), "{signer}");
        }
        assert!(!verified(NEW, OLD));
    }

    #[test]
    fn unusable_secrets_are_refused_with_their_reason() {
        let refused = |text: &str| WebhookKeys::parse(text).err();
        assert_eq!(refused(" , "), Some(WebhookKeyError::Empty));
        assert_eq!(refused("whsec_"), Some(WebhookKeyError::TooShort));
        assert_eq!(refused(&format!("{NEW},whsec_c2hvcnQ=")), Some(WebhookKeyError::TooShort));
        assert_eq!(refused(&format!("{NEW},whsec_not base64")), Some(WebhookKeyError::NotBase64));
        assert_eq!(refused(&format!("{NEW},{OLD}")), None);
    }

    #[test]
    fn a_timestamp_at_the_end_of_its_range_is_refused_and_overflows_nothing() {
        for timestamp in
            ["-9223372036854775808", "9223372036854775807", "-1", "+1", "", "1e9", "99999999999999"]
        {
            let keys = WebhookKeys::parse(NEW).unwrap();
            let refused = keys.verify(b"{}", &headers(timestamp, "v1,x"));
            assert!(matches!(refused, Err(WebhookError::InvalidTimestamp)), "{timestamp}: {refused:?}");
        }
    }
}
