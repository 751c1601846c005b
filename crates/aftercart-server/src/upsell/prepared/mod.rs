//! Offers made ready before they are asked for (ADR 0018).
//!
//! 1. What is made ready is what Dodo and the store say about an offer: product, price, methods, place in the chain. Words,
//!    language and token are made when it is shown, so that one row serves every page.
//! 2. It is shown only while the customer's revision is the one that was read before anything else, and the rules and
//!    settings are the ones that it was made by. The tables raise the revision in the transaction of every change.
//! 3. It is shown during the first half of its quote's and its token's time, so that a shopper has the other half.
//! 4. Only an offer with nothing before it but declines is made ready, whose methods can pay it with one click. Where
//!    something was accepted, a checkout is open, or a plan is changed, Dodo knows more than we do and is asked.
//! 5. Making ready changes nothing and can be lost at any time. An accept asks Dodo for everything, as ever.

mod keep;
mod make;
mod show;

pub(crate) use keep::keep_preparing;
#[cfg(feature = "simulation")]
pub(crate) use keep::prepare_at_once;

use super::chain::Priced;
use crate::config::Config;
use crate::occasion::Occasion;
use crate::rules::OfferBook;
use serde::{Deserialize, Serialize};

/// What a prepared offer is made of.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    /// Whose it is, and where they are billed.
    occasion: Occasion,
    /// The offer and those beside it.
    card: Vec<Priced>,
}

/// A keyed digest of everything outside the store that an offer depends on, the same on every node that has the same.
pub(super) fn made_by(config: &Config, book: &OfferBook) -> String {
    let Config { redirect_hosts, success_url, quote, token, purchase_fresh, dodo, .. } = config;
    let settings = (redirect_hosts, success_url, quote, token, purchase_fresh, &dodo.base_url);
    let text = format!("{} {settings:?} {book:?}", env!("CARGO_PKG_VERSION"));
    config.token_keys.opaque("prepared offers", &text)
}
