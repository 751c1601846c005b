//! What became of offers, counted.

use aftercart_contract::{Currency, OfferId};

/// One number about one offer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Figure {
    /// The offer; each step of a chain is an offer of its own.
    pub(crate) offer: OfferId,
    /// What is counted.
    pub(crate) what: Counted,
    /// How many.
    pub(crate) number: u64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted {
    /// Purchases and customers whose page reported that it showed the offer.
    Shown,
    /// Customers who declined it.
    Declined,
    /// Places at which it was accepted, by one click or by the way to a checkout.
    Accepted,
    /// Accepts that were taken back in time.
    TakenBack,
    /// What was paid and not given back for having been paid twice.
    Sold {
        /// The minor units that all of it is worth together, as Dodo charged them.
        amount: i64,
        /// Theirs.
        currency: Currency,
        /// Paid by hand in a checkout instead of by one click.
        at_checkout: bool,
    },
}
