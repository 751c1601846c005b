//! Whose address a request counts for.

use super::Gate;
use crate::config::Limits;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// Every proxy adds the address that it was asked from on the right.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// What is counted: a whole IPv4 address, or the /64 of an IPv6 one, which is one household or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Client([u8; 16]);

impl Client {
    pub(super) fn at(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.to_ipv6_mapped().octets()),
            IpAddr::V6(address) => Self((u128::from(address) >> 64 << 64).to_be_bytes()),
        }
    }
}

/// The client's address: what the outermost trusted proxy saw, else the peer's. `None` when the
/// application that serves us does not say who the peer is.
pub(super) fn client(gate: &Gate, limits: &Limits, request: &Request) -> Option<Client> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let address = forwarded(request.headers(), limits.trusted_proxies).or(peer);
    if address.is_none() {
        gate.said_no_address.call_once(|| {
            tracing::warn!("addresses are not limited: serve with into_make_service_with_connect_info");
        });
    }
    address.map(Client::at)
}

/// The entry that the outermost of `proxies` wrote: the nth from the right. Entries left of it are
/// whatever the client liked to send.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let nth = proxies.checked_sub(1)?;
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    // As bytes: whatever else a client wrote there must not spoil the one entry that is read.
    let entry = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')).nth(nth)?;
    let entry = std::str::from_utf8(entry).ok()?.trim();
    entry.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftercart_fuzz::{Corpus, fuzz};
    use axum::http::HeaderValue;

    fn at(address: &str) -> Client {
        Client::at(address.parse().unwrap())
    }

    #[test]
    fn an_ipv6_address_counts_by_its_first_half_and_a_mapped_one_as_ipv4() {
        assert_eq!(at("2001:db8:1:2:3:4:5:6"), at("2001:db8:1:2::9"));
        assert_ne!(at("2001:db8:1:2::9"), at("2001:db8:1:3::9"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn forwarded_for() {
        let corpus = Corpus::of(&["203.0.113.7, 192.0.2.1", "[2001:db8::1]:443, 192.0.2.1:80", "unknown"]);
        fuzz("forwarded_for", &corpus.words(&[",", " ", "::", "[", "]", ":65536", "256."]), |input| {
            let Ok(value) = HeaderValue::from_bytes(input) else { return Ok(()) };
            let headers = HeaderMap::from_iter([(FORWARDED_FOR.parse().unwrap(), value)]);
            let entries = input.split(|byte| *byte == b',').count();
            for proxies in 0..4 {
                let is_there = (1..=entries).contains(&proxies);
                if forwarded(&headers, proxies).is_some() && !is_there {
                    return Err(format!("an address of proxy {proxies} among {entries}"));
                }
            }
            Ok(())
        });
    }

    #[test]
    fn only_the_entries_of_trusted_proxies_are_believed() {
        let check = |proxies: usize, lines: &[&'static str], expected: Option<&str>| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
            }
            let expected = expected.map(|address| address.parse::<IpAddr>().unwrap());
            assert_eq!(forwarded(&headers, proxies), expected, "{proxies} {lines:?}");
        };
        check(0, &["192.0.2.1"], None);
        check(1, &[], None);
        check(1, &["192.0.2.1"], Some("192.0.2.1"));
        check(1, &["203.0.113.7, 192.0.2.1"], Some("192.0.2.1"));
        check(2, &["198.51.100.1, 203.0.113.7, 192.0.2.1"], Some("203.0.113.7"));
        check(2, &["203.0.113.7", "192.0.2.1"], Some("203.0.113.7"));
        check(3, &["203.0.113.7, 192.0.2.1"], None);
        check(1, &["192.0.2.1, unknown"], None);
        check(1, &["192.0.2.1,"], None);
        check(1, &["caf\u{e9}, 192.0.2.1"], Some("192.0.2.1"));
        check(1, &["caf\u{e9}", "192.0.2.1"], Some("192.0.2.1"));
        check(1, &["192.0.2.1, caf\u{e9}"], None);
        check(1, &["192.0.2.1:4711"], Some("192.0.2.1"));
        check(1, &["[2001:db8::1]:4711"], Some("2001:db8::1"));
        check(1, &["2001:db8::1"], Some("2001:db8::1"));
    }
}
