//! What is stored about an accepted offer.

use super::AttemptState;
use aftercart_contract::{
    AmountMinor, Currency, CustomerId, IdempotencyKey, Money, OfferId, PaymentId, ProductId, SessionId,
    WebUrl,
};
use jiff::Timestamp;

/// The place an offer was made: which offer, after which purchase, as which step of its chain.
///
/// One attempt and one checkout at most per step, by unique index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The purchase that the offer follows.
    pub(crate) purchase: PaymentId,
    /// The offer.
    pub(crate) offer: OfferId,
    /// 0, then 1 for its downsell, and so on.
    pub(crate) number: u32,
}

/// One product proposed to one customer at one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payable {
    /// Where.
    pub(crate) step: Step,
    /// Who pays.
    pub(crate) customer: CustomerId,
    /// What for.
    pub(crate) product: ProductId,
    /// Its name at that time, for the receipt.
    pub(crate) product_name: String,
    /// How many.
    pub(crate) quantity: u32,
    /// The language the shopper was addressed in.
    pub(crate) locale: String,
}

/// A one-click charge: the claim row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// A uuid; travels to Dodo in the metadata.
    pub(crate) id: String,
    /// What is bought.
    pub(crate) payable: Payable,
    /// The amount on the button.
    pub(crate) quoted: Money,
    /// The click that claimed it.
    pub(crate) key: IdempotencyKey,
    /// The saved card, as the shopper knows it.
    pub(crate) card: Card,
    /// Where it is.
    pub(crate) state: AttemptState,
    /// What Dodo says was charged.
    pub(crate) charged: Option<Money>,
    /// Dodo's payment.
    pub(crate) payment: Option<PaymentId>,
    /// Dodo's session.
    pub(crate) session: Option<SessionId>,
    /// When it was claimed.
    pub(crate) claimed_at: Timestamp,
    /// Compare-and-swap counter.
    pub(crate) version: i64,
}

/// A standard checkout for the same thing, where the shopper pays by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkout {
    /// A uuid; travels to Dodo in the metadata.
    pub(crate) id: String,
    /// What is bought.
    pub(crate) payable: Payable,
    /// Dodo's session, once it is open.
    pub(crate) session: Option<SessionId>,
    /// Its page.
    pub(crate) url: Option<WebUrl>,
    /// `claimed` until a payment is seen.
    pub(crate) state: AttemptState,
    /// What Dodo says was charged.
    pub(crate) charged: Option<Money>,
    /// Dodo's payment.
    pub(crate) payment: Option<PaymentId>,
    /// The card used there.
    pub(crate) card: Card,
    /// When the row was made.
    pub(crate) opened_at: Timestamp,
    /// Compare-and-swap counter.
    pub(crate) version: i64,
}

/// A card as its holder knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Card {
    /// Such as `Visa`.
    pub(crate) brand: Option<String>,
    /// Four digits.
    pub(crate) last4: Option<String>,
}

/// An amount and currency as stored; `None` when either is not what the contract allows.
pub(crate) fn money(amount: i64, currency: &str) -> Option<Money> {
    Some(Money { amount_minor: AmountMinor::new(amount).ok()?, currency: Currency::new(currency).ok()? })
}
