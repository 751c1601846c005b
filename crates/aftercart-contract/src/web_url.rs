//! Addresses received as data: only those that are safe to follow or load.

use crate::read::read_as;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest address accepted, in bytes.
const MAX_URL: usize = 2048;

/// An absolute `https:` address, or `http:` on this machine; never `javascript:`, `data:` or relative.
///
/// Invariant: ASCII without white space or control characters, no user name in front of the host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebUrl(String);

impl WebUrl {
    /// Refuses every other scheme, white space, credentials, hosts that browsers would read differently, and more
    /// than 2,048 characters.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        let plain =
            text.len() <= MAX_URL && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let safe = match text.split_once("://") {
            Some(("https", rest)) => has_host(rest),
            Some(("http", rest)) => has_host(rest) && is_this_machine(authority(rest)),
            _ => false,
        };
        if plain && safe {
            Ok(Self(text))
        } else {
            Err("an address is https:, or http: on localhost".to_owned())
        }
    }

    /// The address as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, such as `https://checkout.example.com:8443`.
    pub fn origin(&self) -> &str {
        let after_scheme = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0.get(after_scheme..).and_then(|rest| rest.find(['/', '?', '#']));
        end.and_then(|length| self.0.get(..after_scheme + length)).unwrap_or(&self.0)
    }
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// A name, an IPv4 address or `[::1]`, and perhaps a port: what every browser reads in the same way.
fn has_host(rest: &str) -> bool {
    let authority = authority(rest);
    let (host, port) = split_port(authority);
    let is_port = port
        .is_none_or(|port| port.bytes().all(|digit| digit.is_ascii_digit()) && port.parse::<u16>().is_ok());
    is_port && (host == "[::1]" || is_name(host))
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// Letters, digits, `.`, `-` and `_`, no empty label. What ends in a number must be a plain IPv4 address, since
/// browsers read `0x7f.1` as one.
fn is_name(host: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(plain);
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    let is_number = |label: &str| label.as_bytes().first().is_some_and(u8::is_ascii_digit);
    match labels.clone().next_back() {
        Some(last) if is_number(last) => {
            let is_part = |part: &str| part.parse::<u8>().is_ok_and(|number| number.to_string() == part);
            host.split('.').count() == 4 && host.split('.').all(is_part)
        }
        _ => labels.clone().all(is_label),
    }
}

fn is_this_machine(authority: &str) -> bool {
    matches!(split_port(authority).0, "localhost" | "127.0.0.1" | "[::1]")
}

impl TryFrom<String> for WebUrl {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::new(text)
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

read_as!(checked, "an https: address": WebUrl);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_local_http_are_addresses() {
        for good in [
            "https://pay.example.com/s?x=1",
            "http://localhost:8080/",
            "http://127.0.0.1:1/a",
            "http://[::1]:9/",
            "https://192.168.0.1:8443/",
            "https://my_shop.example./x",
            "https://a.example?x",
        ] {
            assert!(WebUrl::new(good).is_ok(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "//evil.example",
            "/checkout",
            "",
            "https://",
            "https:///x",
            "http://example.com/",
            "http://localhost.example.com/",
            "https://a@b.example/",
            "https://a b.example/",
            " https://a.example/",
            "https://a.example/\n",
            "http://127.0.0.1@evil.example/",
            "https:\\\\a.example",
            "https://:80/",
            "https://a.example:/",
            "https://a.example:99999/",
            "https://a.example:8o/",
            "https://a.example:+1/",
            "https://a%2eexample/",
            "https://a.example;b/",
            "https://a..example/",
            "https://0x7f.1/",
            "https://1.2.3/",
            "https://1.2.3.256/",
            "https://01.2.3.4/",
            "https://[::1]x/",
            "https://[::1",
        ] {
            assert!(WebUrl::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_origin_ends_before_path_and_query() {
        let origin = |text: &str| WebUrl::new(text).unwrap().origin().to_owned();
        assert_eq!(origin("https://a.example:8443/x?y"), "https://a.example:8443");
        assert_eq!(origin("https://a.example?y"), "https://a.example");
        assert_eq!(origin("https://a.example"), "https://a.example");
    }
}
