//! Addresses received as data: only those that are safe to follow or load.

use crate::json::Json;
use crate::read::{Read, Walk, checked};
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
        check(&text).map(|()| Self(text))
    }

    /// The address as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, such as `https://checkout.example.com:8443`.
    pub fn origin(&self) -> &str {
        let after_scheme = self.0.bytes().position(|byte| byte == b'/').map_or(0, |slash| slash + 2);
        let host = self.0.get(after_scheme..).map_or(0, |rest| authority(rest).len());
        self.0.get(..after_scheme + host).unwrap_or(&self.0)
    }
}

/// Whether an address is one to follow.
fn check(text: &str) -> Result<(), String> {
    let plain = text.len() <= MAX_URL && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let safe = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => has_host(rest),
        (_, Some(rest)) => has_host(rest) && is_this_machine(authority(rest)),
        _ => false,
    };
    if plain && safe { Ok(()) } else { Err("an address is https:, or http: on localhost".to_owned()) }
}

fn authority(rest: &str) -> &str {
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    end.and_then(|end| rest.get(..end)).unwrap_or(rest)
}

/// A name, an IPv4 address or `[::1]`, and perhaps a port: what every browser reads in the same way.
fn has_host(rest: &str) -> bool {
    let (host, port) = split_port(authority(rest));
    port.is_none_or(|port| is_number(port.as_bytes(), 65_535))
        && (host == "[::1]" || is_name(host.as_bytes()))
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    let colon = authority.bytes().rposition(|byte| byte == b':').filter(|_| !authority.ends_with(']'));
    colon.map_or((authority, None), |colon| {
        (authority.get(..colon).unwrap_or_default(), authority.get(colon + 1..))
    })
}

/// Digits that name a number up to `most`.
fn is_number(text: &[u8], most: u32) -> bool {
    let with = |number: u32, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(number * 10 + digit).filter(|number| *number <= most)
    };
    !text.is_empty() && text.iter().try_fold(0, with).is_some()
}

/// Letters, digits, `.`, `-` and `_`, no empty label. What ends in a number must be a plain IPv4 address, since
/// browsers read `0x7f.1` as one.
fn is_name(host: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let labels = host.strip_suffix(b".").unwrap_or(host);
    let last = labels.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    if last.first().is_some_and(u8::is_ascii_digit) {
        let is_part = |part: &[u8]| {
            matches!(part, [_] | [b'1'..=b'9', _] | [b'1'..=b'9', _, _]) && is_number(part, 255)
        };
        return host.split(|byte| *byte == b'.').count() == 4
            && host.split(|byte| *byte == b'.').all(is_part);
    }
    labels.split(|byte| *byte == b'.').all(|label| !label.is_empty() && label.iter().all(plain))
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

impl Read for WebUrl {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        Self(checked(value, walk, "an https: address", check))
    }
}

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
