//! What a request passes before anything is done for it.
//!
//! From the outside in:
//! 1. Every answer carries the headers that keep a browser from misusing it (`headers`).
//! 2. A page may read our answers only if its origin is allowed; what changes something and comes
//!    from another origin is refused, and accept and decline must name one (`origin`, `cors`).
//! 3. An address and a subject may ask only so often: 429 (`rate`, `client`).
//! 4. A body arrives whole, in time and within its bounds (`whole`): one that does not come takes no place from others.
//! 5. Only so many requests are worked on at once: 503 at once, never a queue (`flight`).
//! 6. An answer is made in time (`time`).
//!
//! Each group of routes has one layer that does what concerns it, in this order (`passes`), so that it holds inside
//! a merchant's own application as well.
//! There, addresses are limited only if that application serves with axum's `ConnectInfo`.
//!
//! Caveats: each running server counts for itself. Behind a proxy, say how many there are
//! (`trusted_proxies`), else all shoppers share the proxy's address.
//!
//! Sources: RFC 6454 (origins), RFC 6585 (429), RFC 9110, OWASP CSRF Prevention Cheat Sheet.

mod client;
mod cors;
mod flight;
mod headers;
mod origin;
mod passes;
mod rate;
mod time;
mod whole;

pub(super) use headers::secure;
pub(super) use origin::named_origin;
pub(super) use passes::{callers, shoppers, watchers, webhooks};

use crate::config::Limits;
use rate::Rate;
use std::sync::Once;
use tokio::sync::Semaphore;

/// What the gate counts.
#[derive(Debug)]
pub(crate) struct Gate {
    flight: Semaphore,
    large: Semaphore,
    addresses: Option<Rate>,
    subjects: Option<Rate>,
    said_no_address: Once,
}

impl Gate {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            flight: Semaphore::new(limits.max_requests_in_flight),
            large: Semaphore::new(whole::LARGE_AT_ONCE),
            addresses: Rate::per_minute(limits.requests_per_minute_per_address, 4),
            subjects: Rate::per_minute(limits.requests_per_minute_per_subject, 3),
            said_no_address: Once::new(),
        }
    }
}
