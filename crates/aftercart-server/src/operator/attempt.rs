//! Attempts as a list.

use super::age::age;
use super::consent::AgreedLine;
use super::table::{row, table};
use crate::attempt::{Attempt, Refund};
use crate::shopper::{money_text, remedy};
use crate::upsell::Attention;
use aftercart_contract::{CustomerId, Money, OfferId, PaymentId, ProductId, SessionId};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// The newest attempts.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptList {
    /// When the list was made; ages count from here.
    pub at: Timestamp,
    /// Newest first.
    pub attempts: Vec<AttemptLine>,
}

/// One accepted offer and its charge.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptLine {
    /// As in the metadata of the payment at Dodo.
    pub id: String,
    /// One of [`super::STATES`].
    pub state: &'static str,
    /// Dodo's code, where it is dead.
    pub failure_code: Option<String>,
    /// What the shopper can do about it: `other_method`, `update_method`, `checkout` or `nothing`.
    pub remedy: Option<&'static str>,
    /// Why a person should look.
    pub attention: Option<Attention>,
    /// The purchase that the offer followed.
    pub occasion_id: String,
    /// The offer.
    pub offer_id: OfferId,
    /// 0, then 1 for its downsell, and so on.
    pub step: u32,
    /// Who pays.
    pub customer_id: CustomerId,
    /// What for.
    pub product_id: ProductId,
    /// Its name then.
    pub product_name: String,
    /// How many.
    pub quantity: u32,
    /// The amount on the button, minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: String,
    /// What Dodo says was charged, minor units of `charged_currency`.
    pub charged: Option<i64>,
    /// Its currency.
    pub charged_currency: Option<String>,
    /// The card network, such as `Visa`.
    pub card_brand: Option<String>,
    /// The card's last four digits.
    pub card_last4: Option<String>,
    /// Dodo's payment, once it is known.
    pub payment_id: Option<PaymentId>,
    /// Dodo's session, once it is known.
    pub session_id: Option<SessionId>,
    /// What the shopper agreed to by the click.
    pub agreed: AgreedLine,
    /// When the shopper clicked.
    pub claimed_at: Timestamp,
    /// When the reconciler looks at it next; null when nothing is left to find out.
    pub next_look_at: Option<Timestamp>,
    #[serde(skip)]
    pub(super) quoted: Money,
}

impl AttemptLine {
    pub(super) fn of(attempt: &Attempt, refund: Option<&Refund>, now: Timestamp) -> Self {
        let payable = &attempt.payable;
        Self {
            id: attempt.id.clone(),
            state: attempt.state.kind(),
            failure_code: attempt.state.failure_code().map(str::to_owned),
            remedy: attempt.state.failure_code().map(|code| remedy(code).name()),
            attention: Attention::of_attempt(attempt, refund, now),
            occasion_id: payable.step.occasion.to_string(),
            offer_id: payable.step.offer.clone(),
            step: payable.step.number,
            customer_id: payable.customer.clone(),
            product_id: payable.product.clone(),
            product_name: payable.product_name.clone(),
            quantity: payable.quantity,
            amount: attempt.quoted.amount_minor.get(),
            currency: attempt.quoted.currency.code().to_owned(),
            charged: attempt.charged.map(|money| money.amount_minor.get()),
            charged_currency: attempt.charged.map(|money| money.currency.code().to_owned()),
            card_brand: attempt.card.brand.clone(),
            card_last4: attempt.card.last4.clone(),
            payment_id: attempt.payment.clone(),
            session_id: attempt.session.clone(),
            agreed: AgreedLine::of(attempt),
            claimed_at: attempt.claimed_at,
            next_look_at: attempt.look_at,
            quoted: attempt.quoted,
        }
    }

    /// The card in words.
    pub(super) fn card(&self) -> String {
        let words = [self.card_brand.as_deref(), self.card_last4.as_deref()];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// One line an attempt; those that a person should look at begin with `!` and end with the reason.
impl fmt::Display for AttemptList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts.is_empty() {
            return writeln!(f, "no attempts");
        }
        let header = ["", "AGE", "STATE", "AMOUNT", "PRODUCT", "CARD", "OFFER", "CUSTOMER", "ATTEMPT", ""];
        let lines = self.attempts.iter().map(|line| {
            row([
                mark(line.attention),
                &age(line.claimed_at, self.at),
                line.state,
                &amount(line.quoted),
                &line.product_name,
                &line.card(),
                line.offer_id.as_str(),
                line.customer_id.as_str(),
                &line.id,
                words(line.attention),
            ])
        });
        table(f, &std::iter::once(row(header)).chain(lines).collect::<Vec<_>>())
    }
}

/// Money as an English reader writes it, with its currency's code where no symbol is known.
pub(super) fn amount(money: Money) -> String {
    money_text(money, "en").unwrap_or_else(|| format!("{} {}", money.to_decimal(), money.currency.code()))
}

/// What makes a line stand out.
pub(super) fn mark(attention: Option<Attention>) -> &'static str {
    if attention.is_some() { "!" } else { "" }
}

/// Why it stands out.
pub(super) fn words(attention: Option<Attention>) -> &'static str {
    match attention {
        None => "",
        Some(Attention::GivenUp) => "GIVEN UP: was it charged?",
        Some(Attention::PaidTwice) => "PAID TWICE: see the refund",
        Some(Attention::RefundByHand) => "PAID TWICE: REFUND BY HAND",
        Some(Attention::CancelSubscription) => "PAID TWICE: CANCEL A SUBSCRIPTION BY HAND, see the refund",
    }
}
