//! What is stored about an accepted offer.

use super::change::AgreedChange;
use super::look::is_refund_over;
use super::{AttemptState, Fact};
use crate::law::Agreed;
use crate::occasion::OccasionId;
use aftercart_contract::{
    AmountMinor, Currency, CustomerId, IdempotencyKey, Money, OfferId, PaymentId, ProductId, SessionId,
    WebUrl,
};
use jiff::Timestamp;

/// The place an offer was made: which offer, on which occasion, as which step of its chain.
///
/// One attempt and one checkout at most per step, by unique index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What gave rise to the offer.
    pub(crate) occasion: OccasionId,
    /// The offer.
    pub(crate) offer: OfferId,
    /// 0, then 1 for its downsell, and so on; and ten more for each try with another method.
    pub(crate) number: u32,
}

/// Tries of one place are told apart by tens: a chain is shorter than that.
const TRY: u32 = 10;

impl Step {
    /// As many tries as a place has at most, the first included.
    pub(crate) const TRIES: u32 = 10;

    /// The first try at the same place of the chain. A place has one checkout for all its tries.
    pub(crate) fn place(&self) -> Self {
        self.nth_try(0)
    }

    /// The same place, tried for the n-th time, counted from 0.
    pub(crate) fn nth_try(&self, n: u32) -> Self {
        Self { number: self.number % TRY + n * TRY, ..self.clone() }
    }

    /// The same place, tried once more.
    pub(crate) fn next_try(&self) -> Self {
        self.nth_try(self.tries_before() + 1)
    }

    /// How many tries there were before this one.
    pub(crate) fn tries_before(&self) -> u32 {
        self.number / TRY
    }
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
    /// What each later cycle costs by the quote, minor units of its currency; `None` for what is paid once.
    pub(crate) renewal: Option<AmountMinor>,
    /// The click that claimed it.
    pub(crate) key: IdempotencyKey,
    /// The saved card, as the shopper knows it.
    pub(crate) card: Card,
    /// Dodo's id of the method that is charged. Never leaves the server; `None` in rows of older versions
    /// and for plan changes.
    pub(crate) method: Option<String>,
    /// What the shopper agreed to.
    pub(crate) agreed: Agreed,
    /// Where it is.
    pub(crate) state: AttemptState,
    /// What Dodo says was charged.
    pub(crate) charged: Option<Money>,
    /// Dodo's payment.
    pub(crate) payment: Option<PaymentId>,
    /// Dodo's session.
    pub(crate) session: Option<SessionId>,
    /// The plan change that this is; `None` for a purchase.
    pub(crate) change: Option<Box<AgreedChange>>,
    /// When it was claimed.
    pub(crate) claimed_at: Timestamp,
    /// When the reconciler looks at it next; `None`: nothing is left to find out.
    pub(crate) look_at: Option<Timestamp>,
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
    /// When the row was made, or its page opened anew.
    pub(crate) opened_at: Timestamp,
    /// As [`Attempt::look_at`].
    pub(crate) look_at: Option<Timestamp>,
    /// Compare-and-swap counter.
    pub(crate) version: i64,
}

impl Checkout {
    /// True when paying in it buys exactly this. A place has one checkout, and may have been offered in another
    /// quantity before.
    pub(crate) fn is_for(&self, wanted: &Payable) -> bool {
        let payable = &self.payable;
        payable.customer == wanted.customer
            && payable.product == wanted.product
            && payable.quantity == wanted.quantity
    }
}

/// Money given back because a step was paid twice: the claim row of the one refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refund {
    /// A uuid; travels to Dodo in the metadata.
    pub(crate) id: String,
    /// Which step was paid twice.
    pub(crate) step: Step,
    /// The later payment, which is given back.
    pub(crate) payment: PaymentId,
    /// The subscription that the payment began, and that outlives it; known once the payment was read.
    pub(crate) subscription: Option<LeftSubscription>,
    /// Where it is: `succeeded` means that the money is on its way back, or that there was none to give back.
    pub(crate) state: AttemptState,
    /// When it was claimed.
    pub(crate) claimed_at: Timestamp,
    /// When it was sent last; earlier sendings were not taken.
    pub(crate) sent_at: Option<Timestamp>,
    /// As [`Attempt::look_at`].
    pub(crate) look_at: Option<Timestamp>,
    /// Compare-and-swap counter.
    pub(crate) version: i64,
}

/// The subscription that a payment given back began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftSubscription {
    /// `sub_…`
    pub(crate) id: String,
    /// When it was seen to be over; `None`: it would renew.
    pub(crate) ended_at: Option<Timestamp>,
}

impl Refund {
    /// The subscription that goes on although its payment is given back.
    pub(crate) fn going_on(&self) -> Option<&str> {
        self.subscription.as_ref().filter(|left| left.ended_at.is_none()).map(|left| left.id.as_str())
    }

    /// True when that subscription is to be ended by hand: with the refund, or after a day of trying.
    pub(crate) fn is_end_by_hand(&self, now: Timestamp) -> bool {
        self.going_on().is_some() && (self.state.is_dead() || is_refund_over(self.last_sent_at(), now))
    }

    /// When it was sent last; when it was claimed, before that.
    pub(crate) fn last_sent_at(&self) -> Timestamp {
        self.sent_at.unwrap_or(self.claimed_at)
    }
}

/// A fact as the operator sees it: what was learnt, through which door, when, and what it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    /// Our time.
    pub(crate) at: Timestamp,
    /// Through which door it came.
    pub(crate) source: Source,
    /// The fact.
    pub(crate) fact: Fact,
    /// The state's kind after it.
    pub(crate) state: String,
    /// The operator's words.
    pub(crate) reason: Option<String>,
}

/// The doors through which facts come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The one request that charges, and its answer.
    Charge,
    /// Reading or searching payments at Dodo.
    ReadBack,
    /// A verified webhook.
    Webhook,
    /// The reconciler's own conclusions.
    Reconciler,
    /// The shopper, through the page: hold, resume, take back.
    Shopper,
    /// A person who runs the shop.
    Operator,
}

/// The sources as stored.
const SOURCES: [(&str, Source); 6] = [
    ("charge", Source::Charge),
    ("read_back", Source::ReadBack),
    ("webhook", Source::Webhook),
    ("reconciler", Source::Reconciler),
    ("shopper", Source::Shopper),
    ("operator", Source::Operator),
];

impl Source {
    /// The source as stored and printed.
    pub(crate) fn name(self) -> &'static str {
        SOURCES.iter().find(|(_, source)| *source == self).map_or("", |(name, _)| name)
    }

    /// The source of that name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        SOURCES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
    }
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
