//! From the click to the truth.
//!
//! Every outcome, whether it answers the accept or a status request, goes through [`settle`]. Doubt is
//! a state of its own: it asks again and never leads to a checkout, except where the host of a
//! guide-shaped backend chose `on-unknown="checkout"`.

use super::effect::{Effect, HostEvent, Timer};
use super::event::{AcceptError, Event, StatusError};
use super::offered;
use super::revocation;
use super::sheet::Remark;
use super::state::{Attempt, Phase, State};
use crate::config::{Config, LOAD_LIMIT_MS, OnUnknown, REDIRECT_AFTER_MS, SHORT_REDIRECT_AFTER_MS};
use aftercart_contract::{EventName, Failure, Money, OfferAnswer, Outcome, Problem, Quote, Receipt};

/// First and last wait between two status requests, milliseconds.
const POLL_MS: std::ops::RangeInclusive<u32> = 1_000..=30_000;
/// So many "not accepted" in a row, half a minute by the pace of asking, and the accept is known not to
/// have arrived: by then the backend refuses one that is still on its way (ADR 0010).
const MISSING_LIMIT: u8 = 15;

pub(super) fn update(config: &Config, mut attempt: Box<Attempt>, event: Event) -> (State, Vec<Effect>) {
    let effects = match (&mut attempt.phase, event) {
        (Phase::Charging | Phase::Unknown, Event::AcceptAnswered(answer)) => match answer {
            Ok(outcome) => return settle(config, attempt, outcome),
            Err(AcceptError::Lost) => lost(config, &mut attempt),
            Err(AcceptError::Refused(problem)) => return refused(config, attempt, problem),
        },
        (Phase::Charging, Event::TimerFired(Timer::ChargeLimit)) => lost(config, &mut attempt),
        (Phase::Unknown | Phase::Processing, Event::StatusAnswered(Ok(outcome))) => {
            return settle(config, attempt, outcome);
        }
        (Phase::ActionRequired { .. }, Event::StatusAnswered(Ok(outcome))) => match outcome.settled() {
            Outcome::ActionRequired { .. } | Outcome::Processing { .. } | Outcome::Unknown { .. } => {
                ask_later(&attempt, POLL_MS)
            }
            outcome => return settle(config, attempt, outcome),
        },
        (Phase::Unknown, Event::StatusAnswered(Err(error))) => unanswered(config, &mut attempt, error),
        (Phase::Processing | Phase::ActionRequired { .. }, Event::StatusAnswered(Err(_))) => {
            ask_later(&attempt, POLL_MS)
        }
        (Phase::Waiting { .. } | Phase::Succeeded { .. }, event) if revocation::concerns(&event) => {
            return revocation::update(config, attempt, event);
        }
        // One more thing after the one just bought. Without one the receipt stays.
        (Phase::Succeeded { .. }, Event::OfferAnswered(Ok(OfferAnswer::Offer(offer))))
            if offer.after.is_some() =>
        {
            return offered::show(*offer, None);
        }
        // Nothing follows: the move that waited for this may begin.
        (Phase::Succeeded { next: Some(_), .. }, Event::OfferAnswered(_)) => {
            vec![Effect::Wait { timer: Timer::Redirect, ms: SHORT_REDIRECT_AFTER_MS }]
        }
        // The failed offer with the other methods. It is accepted by a new click or not at all.
        (Phase::Failed { failure, .. }, Event::RetryClicked) => match failure.retry.take() {
            Some(offer) => {
                return offered::show(*offer, Some(Remark::FailedBefore(attempt.method().cloned())));
            }
            None => Vec::new(),
        },
        (_, Event::TimerFired(Timer::Poll)) => poll(&mut attempt),
        (_, Event::TimerFired(Timer::Redirect)) => redirect(&mut attempt),
        (_, Event::StayClicked) => stay(&mut attempt.phase),
        _ => Vec::new(),
    };
    (State::Accepted(attempt), effects)
}

/// The one way from an outcome to a state.
pub(super) fn settle(config: &Config, mut attempt: Box<Attempt>, outcome: Outcome) -> (State, Vec<Effect>) {
    let effects = match outcome.settled() {
        Outcome::Succeeded { payment_id, session_id, receipt, change } => {
            let offer_id = Some(attempt.offer_id.clone());
            let told = HostEvent::Succeeded { offer_id, payment_id, session_id };
            let mut effects = vec![Effect::Emit(told), Effect::MoveFocus];
            let is_clicked = attempt.sheet().is_some();
            let next = config.success_url.clone().filter(|_| is_clicked);
            // What follows is shown before the page moves on; a page just loaded would have been told of it.
            let asks = is_clicked && attempt.token.is_some();
            let ms = if asks { LOAD_LIMIT_MS } else { SHORT_REDIRECT_AFTER_MS };
            effects.extend(next.is_some().then_some(Effect::Wait { timer: Timer::Redirect, ms }));
            effects.extend(asks.then_some(Effect::FetchOffer));
            // A plan change without a receipt charged nothing.
            let receipt = receipt.or_else(|| receipt_of(&attempt).filter(|_| change.is_none()));
            attempt.phase = Phase::Succeeded { receipt, change, next, calling_off: false };
            effects
        }
        Outcome::Failed(failure) => failed(config, &mut attempt, failure, false),
        Outcome::Requote { offer } => return offered::show(*offer, Some(Remark::PriceMoved)),
        Outcome::ActionRequired { url } => {
            // Who has come back from the bank must not be sent there again by the page itself.
            let staying = attempt.sheet().is_none();
            attempt.phase = Phase::ActionRequired { url, staying };
            let mut effects = ask_later(&attempt, POLL_MS);
            if !staying {
                effects.push(Effect::Wait { timer: Timer::Redirect, ms: SHORT_REDIRECT_AFTER_MS });
            }
            effects.push(Effect::MoveFocus);
            effects
        }
        Outcome::Revoked => {
            attempt.phase = Phase::Revoked { was_change: false };
            vec![Effect::MoveFocus]
        }
        Outcome::Waiting { charged_after_ms, poll_after_ms } => {
            revocation::wait(&mut attempt, charged_after_ms, poll_after_ms)
        }
        Outcome::Processing { poll_after_ms } => {
            attempt.phase = Phase::Processing;
            ask_later(&attempt, poll_after_ms..=*POLL_MS.end())
        }
        Outcome::Unknown { poll_after_ms } => {
            attempt.phase = Phase::Unknown;
            ask_later(&attempt, poll_after_ms..=*POLL_MS.end())
        }
        // `settled` has taken this off; should it not have, nothing is known.
        Outcome::AlreadyAccepted { .. } => lost(config, &mut attempt),
    };
    (State::Accepted(attempt), effects)
}

fn lost(config: &Config, attempt: &mut Attempt) -> Vec<Effect> {
    let can_be_asked = attempt.can_be_asked();
    if !can_be_asked && config.on_unknown == OnUnknown::Checkout && config.checkout_url.is_some() {
        return failed(config, attempt, Failure::of("unknown"), false);
    }
    attempt.phase = Phase::Unknown;
    if can_be_asked { ask_later(attempt, POLL_MS) } else { vec![Effect::MoveFocus] }
}

fn unanswered(config: &Config, attempt: &mut Attempt, error: StatusError) -> Vec<Effect> {
    attempt.missing = match error {
        StatusError::NotAccepted => attempt.missing.saturating_add(1),
        StatusError::Unavailable => 0,
    };
    if attempt.missing < MISSING_LIMIT {
        return ask_later(attempt, POLL_MS);
    }
    failed(config, attempt, Failure::of("not_received"), true)
}

fn refused(config: &Config, mut attempt: Box<Attempt>, problem: Problem) -> (State, Vec<Effect>) {
    if matches!(problem.code.as_str(), "token_expired" | "quote_expired") {
        return (State::Expired, vec![Effect::MoveFocus]);
    }
    let effects = failed(config, &mut attempt, Failure::of(problem.code), false);
    (State::Accepted(attempt), effects)
}

/// Not charged, and known to be: the checkout may be offered.
fn failed(config: &Config, attempt: &mut Attempt, mut failure: Failure, staying: bool) -> Vec<Effect> {
    if failure.checkout_url.is_none() {
        let of_offer = attempt.offer().and_then(|offer| offer.checkout_url.as_ref());
        failure.checkout_url = of_offer.or(config.checkout_url.as_ref()).cloned();
    }
    let (code, checkout_url) = (failure.code.clone(), failure.checkout_url.clone());
    let can_pay_there = checkout_url.is_some();
    let mut effects = vec![
        Effect::Emit(HostEvent::Failed { code, checkout_url }),
        Effect::Report { offer_id: attempt.offer_id.clone(), name: EventName::Failed },
        Effect::MoveFocus,
    ];
    // After a reload the shopper has not just clicked: a page must not run away by itself.
    // Nor while there is a choice to make: another card, or a new one.
    let has_choice = failure.retry.is_some() || failure.update_url.is_some();
    let staying = staying || attempt.sheet().is_none() || has_choice;
    if can_pay_there && !staying {
        effects.push(Effect::Wait { timer: Timer::Redirect, ms: REDIRECT_AFTER_MS });
    }
    attempt.phase = Phase::Failed { failure, staying };
    effects
}

pub(super) fn ask_later(attempt: &Attempt, wait_ms: std::ops::RangeInclusive<u32>) -> Vec<Effect> {
    let first = (*wait_ms.start()).clamp(*POLL_MS.start(), *POLL_MS.end());
    let grown = first.saturating_mul(1 + u32::from(attempt.asked) / 5).min(*POLL_MS.end());
    vec![Effect::Wait { timer: Timer::Poll, ms: grown }]
}

fn poll(attempt: &mut Attempt) -> Vec<Effect> {
    let can_be_asked = match attempt.phase {
        Phase::Processing | Phase::Waiting { .. } | Phase::ActionRequired { .. } => true,
        Phase::Unknown => attempt.can_be_asked(),
        _ => false,
    };
    if !can_be_asked {
        return Vec::new();
    }
    attempt.asked = (attempt.asked + 1).min(100);
    vec![Effect::FetchStatus { offer_id: attempt.offer_id.clone(), token: attempt.token.clone() }]
}

/// The automatic move happens once; the link stays for those who come back.
fn redirect(attempt: &mut Attempt) -> Vec<Effect> {
    match &mut attempt.phase {
        Phase::ActionRequired { url, staying: staying @ false } => {
            *staying = true;
            let redirect = Effect::Redirect(url.clone());
            vec![Effect::Report { offer_id: attempt.offer_id.clone(), name: EventName::Redirected }, redirect]
        }
        Phase::Failed { failure, staying: staying @ false } => {
            *staying = true;
            failure.checkout_url.clone().map(Effect::Redirect).into_iter().collect()
        }
        Phase::Succeeded { next, .. } => next.take().map(Effect::Redirect).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The button that was pressed is gone then. After a move that the host prevented nobody pressed one.
fn stay(phase: &mut Phase) -> Vec<Effect> {
    match phase {
        Phase::ActionRequired { staying: staying @ false, .. }
        | Phase::Failed { staying: staying @ false, .. } => {
            *staying = true;
            vec![Effect::MoveFocus]
        }
        Phase::Succeeded { next, .. } => {
            *next = None;
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn receipt_of(attempt: &Attempt) -> Option<Receipt> {
    let offer = attempt.offer()?;
    let Money { amount_minor, currency } = offer.quote.as_ref().map_or(offer.product.price(), Quote::due_now);
    let method = attempt.method();
    Some(Receipt {
        product_name: offer.product.name.clone(),
        amount: amount_minor,
        currency,
        display: offer.quote.as_ref().and_then(|quote| quote.display.due_now.clone()),
        brand: method.and_then(|method| method.brand.clone()),
        last4: method.and_then(|method| method.last4.clone()),
    })
}
