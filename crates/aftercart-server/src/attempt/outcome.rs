//! What the shopper is told about an attempt and the checkout beside it.

use super::AttemptState;
use super::change::change_outcome;
use super::record::{Attempt, Card, Checkout, Payable};
use super::undo::{latest, milliseconds};
use crate::shopper::{money_text, public_code, sentence, sentence_of_change};
use aftercart_contract::{Failure, Money, Outcome, PaymentId, Receipt, SessionId};
use jiff::Timestamp;

/// How soon the widget asks again, milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PollPolicy {
    /// While Dodo is working.
    pub(crate) processing_ms: u32,
    /// While nobody knows.
    pub(crate) unknown_ms: u32,
}

/// The first question after an undo window: a moment after its end, so that it finds the charge to send.
const AFTER_WINDOW_MS: u32 = 200;
/// How often a page asks while it is held: another page may go on.
const HELD_POLL_MS: u32 = 15_000;

impl PollPolicy {
    /// The defaults of the contract's examples.
    pub(crate) const DEFAULT: Self = Self { processing_ms: 2_000, unknown_ms: 3_000 };
}

/// The outcome of a step; `None` when nothing was attempted there.
///
/// Rules: a success anywhere wins; a checkout being paid is waited for; else the attempt speaks.
/// The checkout's address is given only when the attempt is known dead.
pub(crate) fn outcome(
    attempt: Option<&Attempt>,
    checkout: Option<&Checkout>,
    poll: PollPolicy,
    now: Timestamp,
) -> Option<Outcome> {
    if let Some(changed) = attempt.and_then(change_outcome) {
        return Some(changed);
    }
    if let Some(paid) = attempt.and_then(attempt_receipt).or_else(|| checkout.and_then(checkout_receipt)) {
        return Some(paid);
    }
    let Some(attempt) = attempt else { return checkout.and_then(|checkout| checkout_alone(checkout, poll)) };
    if let Some(code) = attempt.state.failure_code() {
        return Some(match checkout {
            Some(checkout) if is_being_paid(&checkout.state) => {
                Outcome::Processing { poll_after_ms: poll.processing_ms }
            }
            _ if attempt.change.is_some() => failed_change(code, &attempt.payable.locale),
            _ => {
                // Better none than one for another quantity.
                let fallback = checkout.filter(|checkout| checkout.is_for(&attempt.payable));
                failed(code, &attempt.payable.locale, fallback)
            }
        });
    }
    let outcome = match &attempt.state {
        AttemptState::ActionRequired { url: Some(url), .. } => Outcome::ActionRequired { url: url.clone() },
        AttemptState::Unknown => Outcome::Unknown { poll_after_ms: poll.unknown_ms },
        AttemptState::Waiting { until, .. } => {
            let left = milliseconds(now, *until);
            let poll_after_ms = left.saturating_add(AFTER_WINDOW_MS);
            Outcome::Waiting { charged_after_ms: Some(left), poll_after_ms }
        }
        // Asked again when it is called off at the latest.
        AttemptState::Held { .. } => {
            let left = milliseconds(now, latest(attempt.claimed_at)).saturating_add(AFTER_WINDOW_MS);
            Outcome::Waiting { charged_after_ms: None, poll_after_ms: left.min(HELD_POLL_MS) }
        }
        AttemptState::Revoked { .. } => Outcome::Revoked,
        _ => Outcome::Processing { poll_after_ms: poll.processing_ms },
    };
    Some(outcome)
}

/// A checkout without an attempt: opened because no saved method could pay.
fn checkout_alone(checkout: &Checkout, poll: PollPolicy) -> Option<Outcome> {
    if let Some(code) = checkout.state.failure_code() {
        return Some(failed(code, &checkout.payable.locale, Some(checkout)));
    }
    is_being_paid(&checkout.state).then_some(Outcome::Processing { poll_after_ms: poll.processing_ms })
}

fn is_being_paid(state: &AttemptState) -> bool {
    matches!(state, AttemptState::Processing { .. } | AttemptState::ActionRequired { .. })
}

fn failed(code: &str, locale: &str, checkout: Option<&Checkout>) -> Outcome {
    let code = public_code(code);
    let message = sentence(&code, locale);
    let checkout_url = checkout.and_then(|checkout| checkout.url.clone());
    Outcome::Failed(Failure { message, checkout_url, ..Failure::of(code) })
}

/// Of a plan change: no checkout could make up for it, and the plan is as it was.
fn failed_change(code: &str, locale: &str) -> Outcome {
    let code = public_code(code);
    let message = sentence_of_change(&code, locale);
    Outcome::Failed(Failure { message, ..Failure::of(code) })
}

fn attempt_receipt(attempt: &Attempt) -> Option<Outcome> {
    let paid = attempt.charged.unwrap_or(attempt.quoted);
    let session = attempt.session.clone();
    receipt(&attempt.state, &attempt.payable, Some(paid), &attempt.card, attempt.payment.clone(), session)
}

fn checkout_receipt(checkout: &Checkout) -> Option<Outcome> {
    let (paid, session) = (checkout.charged, checkout.session.clone());
    receipt(&checkout.state, &checkout.payable, paid, &checkout.card, checkout.payment.clone(), session)
}

fn receipt(
    state: &AttemptState,
    payable: &Payable,
    paid: Option<Money>,
    card: &Card,
    payment_id: Option<PaymentId>,
    session_id: Option<SessionId>,
) -> Option<Outcome> {
    let AttemptState::Succeeded { .. } = state else { return None };
    let receipt = paid.map(|paid| Receipt {
        product_name: payable.product_name.clone(),
        amount: paid.amount_minor,
        currency: paid.currency,
        display: money_text(paid, &payable.locale),
        brand: card.brand.clone(),
        last4: card.last4.clone(),
    });
    Some(Outcome::Succeeded { payment_id, session_id, receipt, change: None })
}

#[cfg(test)]
mod tests {
    use super::super::record::{Step, money};
    use super::*;
    use aftercart_contract::{CustomerId, IdempotencyKey, OfferId, ProductId, WebUrl};
    use jiff::Timestamp;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn payable() -> Payable {
        Payable {
            step: Step {
                occasion: PaymentId::new("pay_1").unwrap().into(),
                offer: OfferId::new("course").unwrap(),
                number: 0,
            },
            customer: CustomerId::new("cus_1").unwrap(),
            product: ProductId::new("pdt_course").unwrap(),
            product_name: "Course".into(),
            quantity: 1,
            locale: "en".into(),
        }
    }

    fn attempt(state: AttemptState) -> Attempt {
        Attempt {
            id: "a".into(),
            payable: payable(),
            quoted: money(4900, "USD").unwrap(),
            renewal: None,
            key: IdempotencyKey::new("k").unwrap(),
            card: Card::default(),
            method: None,
            agreed: crate::law::Agreed::default(),
            state,
            charged: None,
            payment: None,
            session: None,
            change: None,
            claimed_at: NOW,
            look_at: None,
            version: 0,
        }
    }

    fn checkout(state: AttemptState) -> Checkout {
        Checkout {
            id: "c".into(),
            payable: payable(),
            session: None,
            url: Some(WebUrl::new("https://checkout.example/s").unwrap()),
            state,
            charged: money(5000, "USD"),
            payment: None,
            card: Card::default(),
            opened_at: NOW,
            look_at: None,
            version: 0,
        }
    }

    fn told(attempt_state: AttemptState, checkout_state: AttemptState) -> Outcome {
        let (attempt, checkout) = (attempt(attempt_state), checkout(checkout_state));
        outcome(Some(&attempt), Some(&checkout), PollPolicy::DEFAULT, NOW).unwrap()
    }

    fn failed_state(code: &str) -> AttemptState {
        AttemptState::Failed { as_of: NOW, code: code.into() }
    }

    #[test]
    fn the_checkout_is_offered_only_when_the_charge_is_known_dead() {
        for alive in [
            AttemptState::Claimed,
            AttemptState::Sent,
            AttemptState::Unknown,
            AttemptState::Processing { as_of: NOW },
        ] {
            let text = serde_json::to_string(&told(alive, AttemptState::Claimed)).unwrap();
            assert!(!text.contains("checkout.example"), "{text}");
        }
        let Outcome::Failed(failure) = told(failed_state("STOLEN_CARD"), AttemptState::Claimed) else {
            panic!("a dead attempt is a failure")
        };
        assert_eq!(failure.code, "generic_decline");
        assert!(failure.checkout_url.is_some());
    }

    #[test]
    fn paying_in_the_fallback_checkout_turns_failure_into_success() {
        let paid = told(failed_state("INSUFFICIENT_FUNDS"), AttemptState::Succeeded { as_of: NOW });
        let Outcome::Succeeded { receipt: Some(receipt), .. } = paid else { panic!("paid") };
        assert_eq!(receipt.amount.get(), 5000);
        assert_eq!(receipt.display.as_deref(), Some("$50.00"));
        let being_paid = told(failed_state("X"), AttemptState::Processing { as_of: NOW });
        assert!(matches!(being_paid, Outcome::Processing { .. }));
    }

    #[test]
    fn an_action_without_an_address_is_waited_for() {
        let state = AttemptState::ActionRequired { as_of: NOW, url: None };
        assert!(matches!(told(state, AttemptState::Claimed), Outcome::Processing { .. }));
    }

    #[test]
    fn an_open_checkout_that_nobody_paid_is_no_outcome() {
        assert_eq!(outcome(None, Some(&checkout(AttemptState::Claimed)), PollPolicy::DEFAULT, NOW), None);
    }
}
