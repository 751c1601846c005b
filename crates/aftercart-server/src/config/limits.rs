//! How much, how often and how slowly a server lets itself be asked.

use crate::complaint::Checked;
use serde::Deserialize;
use std::time::Duration;
use toml::Spanned;

/// Bounds on what callers may ask of one running server. Each server counts for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests worked on at the same time; one more is answered 503 at once. Default 512.
    pub max_requests_in_flight: usize,
    /// Open connections; one more is closed. Default 4096. Only for [`crate::Server`].
    pub max_connections: usize,
    /// Requests a minute of one address, a quarter of them at once; an IPv6 address counts by its
    /// /64. 0 is no limit. Default 1200.
    pub requests_per_minute_per_address: u32,
    /// Requests a minute about one subject, a third of them at once. 0 is no limit. Default 240.
    pub requests_per_minute_per_subject: u32,
    /// How many proxies of the shop's own stand in front, each adding one entry to
    /// `X-Forwarded-For`. Default 0: that header is not believed, the peer's address counts.
    pub trusted_proxies: usize,
    /// How long a request's headers may take to arrive, and an idle connection stays open.
    /// Default 10 seconds. Only for [`crate::Server`].
    pub header_read: Duration,
    /// How long a request's body may take to arrive. Default 10 seconds.
    pub body_read: Duration,
    /// How long one answer may take; a charge under way goes on. Default 30 seconds.
    pub request: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_requests_in_flight: 512,
            max_connections: 4096,
            requests_per_minute_per_address: 1200,
            requests_per_minute_per_subject: 240,
            trusted_proxies: 0,
            header_read: Duration::from_secs(10),
            body_read: Duration::from_secs(10),
            request: Duration::from_secs(30),
        }
    }
}

/// `[limits]` in `aftercart.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsSection {
    max_requests_in_flight: Option<Spanned<u32>>,
    max_connections: Option<Spanned<u32>>,
    requests_per_minute_per_address: Option<Spanned<u32>>,
    requests_per_minute_per_subject: Option<Spanned<u32>>,
    trusted_proxies: Option<Spanned<u32>>,
}

impl LimitsSection {
    /// The limits, with a complaint for every number out of range.
    pub(super) fn read(&self, checked: &mut Checked<'_>) -> Limits {
        let mut number = |name: &str, value: Option<&Spanned<u32>>, default: usize, least: u32, most: u32| {
            let Some(value) = value else { return default };
            if !(least..=most).contains(value.get_ref()) {
                checked.note(&value.span(), format!("limits.{name} is at least {least} and at most {most}"));
            }
            usize::try_from(*value.get_ref()).unwrap_or(default)
        };
        let default = Limits::default();
        let in_flight = self.max_requests_in_flight.as_ref();
        let connections = self.max_connections.as_ref();
        let proxies = self.trusted_proxies.as_ref();
        let rate =
            |value: &Option<Spanned<u32>>, default| value.as_ref().map_or(default, |rate| *rate.get_ref());
        let (per_address, per_subject) =
            (default.requests_per_minute_per_address, default.requests_per_minute_per_subject);
        Limits {
            max_requests_in_flight: number(
                "max_requests_in_flight",
                in_flight,
                default.max_requests_in_flight,
                1,
                1_000_000,
            ),
            max_connections: number("max_connections", connections, default.max_connections, 1, 1_000_000),
            trusted_proxies: number("trusted_proxies", proxies, default.trusted_proxies, 0, 16),
            requests_per_minute_per_address: rate(&self.requests_per_minute_per_address, per_address),
            requests_per_minute_per_subject: rate(&self.requests_per_minute_per_subject, per_subject),
            ..default
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn read(text: &str) -> (Limits, Vec<String>) {
        let section: LimitsSection = toml::from_str(text).unwrap();
        let mut checked = Checked::new(Path::new("a.toml"), text);
        let limits = section.read(&mut checked);
        (limits, checked.complaints.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let (limits, complaints) = read("trusted_proxies = 2\nrequests_per_minute_per_subject = 0\n");
        let expected = Limits { trusted_proxies: 2, requests_per_minute_per_subject: 0, ..Limits::default() };
        assert_eq!((limits, complaints), (expected, vec![]));
    }

    #[test]
    fn a_number_out_of_range_is_named_with_its_line() {
        let (_, complaints) = read("max_connections = 0\ntrusted_proxies = 17\nmax_requests_in_flight = 1\n");
        assert_eq!(
            complaints,
            [
                "a.toml:1: limits.max_connections is at least 1 and at most 1000000",
                "a.toml:2: limits.trusted_proxies is at least 0 and at most 16"
            ]
        );
    }
}
