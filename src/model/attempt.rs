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
use super::state::{Attempt, State};
use crate::config::{Config, LOAD_LIMIT_MS, OnUnknown, REDIRECT_AFTER_MS, SHORT_REDIRECT_AFTER_MS};
use aftercart_contract::{EventName, Failure, Money, Outcome, Problem, Quote, Receipt, WebUrl};

/// First and last wait between two status requests, milliseconds.
const POLL_MS: std::ops::RangeInclusive<u32> = 1_000..=30_000;
/// So many "not accepted" in a row, half a minute by the pace of asking, and the accept is known not to
/// have arrived: by then the backend refuses one that is still on its way (ADR 0010).
const MISSING_LIMIT: u8 = 15;

pub(super) fn update(config: &Config, state: State, event: Event) -> (State, Vec<Effect>) {
    match (state, event) {
        (State::Charging { attempt, .. } | State::Unknown(attempt), Event::AcceptAnswered(answer)) => {
            answered(config, attempt, answer)
        }
        (State::Charging { attempt, .. }, Event::TimerFired(Timer::ChargeLimit)) => lost(config, attempt),
        (State::Unknown(attempt) | State::Processing(attempt), Event::StatusAnswered(Ok(outcome))) => {
            settle(config, attempt, outcome)
        }
        (state @ (State::Waiting { .. } | State::Succeeded { .. }), event)
            if revocation::concerns(&event) =>
        {
            revocation::update(config, state, event)
        }
        (State::ActionRequired { attempt, url, staying }, Event::StatusAnswered(Ok(outcome))) => {
            match outcome.settled() {
                Outcome::ActionRequired { .. } | Outcome::Processing { .. } | Outcome::Unknown { .. } => {
                    ask_later(attempt, POLL_MS, |attempt| State::ActionRequired { attempt, url, staying })
                }
                outcome => settle(config, attempt, outcome),
            }
        }
        (State::Unknown(attempt), Event::StatusAnswered(Err(error))) => unanswered(config, attempt, error),
        (State::Processing(attempt), Event::StatusAnswered(Err(_))) => {
            ask_later(attempt, POLL_MS, State::Processing)
        }
        (State::ActionRequired { attempt, url, staying }, Event::StatusAnswered(Err(_))) => {
            ask_later(attempt, POLL_MS, |attempt| State::ActionRequired { attempt, url, staying })
        }
        (state, Event::TimerFired(Timer::Poll)) => poll(state),
        (state, Event::TimerFired(Timer::Redirect)) => redirect(state),
        (state, Event::StayClicked) => stay(state),
        (state, _) => (state, Vec::new()),
    }
}

fn answered(
    config: &Config,
    attempt: Box<Attempt>,
    answer: Result<Outcome, AcceptError>,
) -> (State, Vec<Effect>) {
    match answer {
        Ok(outcome) => settle(config, attempt, outcome),
        Err(AcceptError::Lost) => lost(config, attempt),
        Err(AcceptError::Refused(problem)) => refused(config, attempt, problem),
    }
}

/// The one way from an outcome to a state.
pub(super) fn settle(config: &Config, attempt: Box<Attempt>, outcome: Outcome) -> (State, Vec<Effect>) {
    match outcome.settled() {
        Outcome::Succeeded { payment_id, session_id, receipt, change } => {
            let offer_id = Some(attempt.offer_id.clone());
            let told = HostEvent::Succeeded { offer_id, payment_id, session_id };
            let mut effects = vec![Effect::Emit(told), Effect::MoveFocus];
            let next = config.success_url.clone().filter(|_| attempt.offer.is_some());
            // What follows is shown before the page moves on; a page just loaded would have been told of it.
            let asks = attempt.offer.is_some() && attempt.token.is_some();
            let ms = if asks { LOAD_LIMIT_MS } else { SHORT_REDIRECT_AFTER_MS };
            effects.extend(next.is_some().then_some(Effect::Wait { timer: Timer::Redirect, ms }));
            effects.extend(asks.then_some(Effect::FetchOffer));
            // A plan change without a receipt charged nothing.
            let receipt = receipt.or_else(|| receipt_of(&attempt).filter(|_| change.is_none()));
            (State::Succeeded { attempt, receipt, change, next, calling_off: false }, effects)
        }
        Outcome::Failed(failure) => failed(config, attempt, failure, false),
        Outcome::Requote { offer } => offered::show(*offer, Some(Remark::PriceMoved)),
        Outcome::ActionRequired { url } => {
            let (state, mut effects) =
                ask_later(attempt, POLL_MS, |attempt| State::ActionRequired { attempt, url, staying: false });
            effects.extend([
                Effect::Wait { timer: Timer::Redirect, ms: SHORT_REDIRECT_AFTER_MS },
                Effect::MoveFocus,
            ]);
            (state, effects)
        }
        Outcome::Revoked => (State::Revoked { attempt, was_change: false }, vec![Effect::MoveFocus]),
        Outcome::Waiting { charged_after_ms, poll_after_ms } => {
            revocation::wait(attempt, charged_after_ms, poll_after_ms)
        }
        Outcome::Processing { poll_after_ms } => {
            ask_later(attempt, poll_after_ms..=*POLL_MS.end(), State::Processing)
        }
        Outcome::Unknown { poll_after_ms } => {
            ask_later(attempt, poll_after_ms..=*POLL_MS.end(), State::Unknown)
        }
        // `settled` has taken this off; should it not have, nothing is known.
        Outcome::AlreadyAccepted { .. } => lost(config, attempt),
    }
}

fn lost(config: &Config, attempt: Box<Attempt>) -> (State, Vec<Effect>) {
    if attempt.can_be_asked() {
        return ask_later(attempt, POLL_MS, State::Unknown);
    }
    if config.on_unknown == OnUnknown::Checkout && config.checkout_url.is_some() {
        let failure = Failure::of("unknown");
        return failed(config, attempt, failure, false);
    }
    (State::Unknown(attempt), vec![Effect::MoveFocus])
}

fn unanswered(config: &Config, mut attempt: Box<Attempt>, error: StatusError) -> (State, Vec<Effect>) {
    attempt.missing = match error {
        StatusError::NotAccepted => attempt.missing.saturating_add(1),
        StatusError::Unavailable => 0,
    };
    if attempt.missing < MISSING_LIMIT {
        return ask_later(attempt, POLL_MS, State::Unknown);
    }
    let failure = Failure::of("not_received");
    failed(config, attempt, failure, true)
}

fn refused(config: &Config, attempt: Box<Attempt>, problem: Problem) -> (State, Vec<Effect>) {
    if matches!(problem.code.as_str(), "token_expired" | "quote_expired") {
        return (State::Expired, vec![Effect::MoveFocus]);
    }
    failed(config, attempt, Failure::of(problem.code), false)
}

/// Not charged, and known to be: the checkout may be offered.
fn failed(config: &Config, attempt: Box<Attempt>, failure: Failure, staying: bool) -> (State, Vec<Effect>) {
    let of_offer = attempt.offer.as_ref().and_then(|offer| offer.checkout_url.clone());
    let checkout_url: Option<WebUrl> =
        failure.checkout_url.or(of_offer).or_else(|| config.checkout_url.clone());
    let failure = Failure { checkout_url: checkout_url.clone(), ..failure };
    let mut effects = vec![
        Effect::Emit(HostEvent::Failed { code: failure.code.clone(), checkout_url: checkout_url.clone() }),
        Effect::Report { offer_id: attempt.offer_id.clone(), name: EventName::Failed },
        Effect::MoveFocus,
    ];
    // After a reload the shopper has not just clicked: a page must not run away by itself.
    // Nor while there is a choice to make: another card, or a new one.
    let has_choice = failure.retry.is_some() || failure.update_url.is_some();
    let staying = staying || attempt.offer.is_none() || has_choice;
    if checkout_url.is_some() && !staying {
        effects.push(Effect::Wait { timer: Timer::Redirect, ms: REDIRECT_AFTER_MS });
    }
    (State::Failed { attempt, failure, staying }, effects)
}

pub(super) fn ask_later(
    attempt: Box<Attempt>,
    wait_ms: std::ops::RangeInclusive<u32>,
    state: impl FnOnce(Box<Attempt>) -> State,
) -> (State, Vec<Effect>) {
    let first = (*wait_ms.start()).clamp(*POLL_MS.start(), *POLL_MS.end());
    let grown = first.saturating_mul(1 + u32::from(attempt.asked) / 5).min(*POLL_MS.end());
    let just_clicked = attempt.asked == 0;
    let mut effects = vec![Effect::Wait { timer: Timer::Poll, ms: grown }];
    if just_clicked {
        effects.push(Effect::MoveFocus);
    }
    (state(attempt), effects)
}

fn poll(state: State) -> (State, Vec<Effect>) {
    let asked = |mut attempt: Box<Attempt>| {
        let effect = Effect::FetchStatus { offer_id: attempt.offer_id.clone(), token: attempt.token.clone() };
        attempt.asked = (attempt.asked + 1).min(100);
        (attempt, vec![effect])
    };
    match state {
        State::Processing(attempt) => {
            let (attempt, effects) = asked(attempt);
            (State::Processing(attempt), effects)
        }
        State::Waiting { attempt, seconds, wish } => {
            let (attempt, effects) = asked(attempt);
            (State::Waiting { attempt, seconds, wish }, effects)
        }
        State::Unknown(attempt) if attempt.can_be_asked() => {
            let (attempt, effects) = asked(attempt);
            (State::Unknown(attempt), effects)
        }
        State::ActionRequired { attempt, url, staying } => {
            let (attempt, effects) = asked(attempt);
            (State::ActionRequired { attempt, url, staying }, effects)
        }
        other => (other, Vec::new()),
    }
}

/// The automatic move happens once; the link stays for those who come back.
fn redirect(state: State) -> (State, Vec<Effect>) {
    match state {
        State::ActionRequired { attempt, url, staying: false } => {
            let effects = vec![
                Effect::Report { offer_id: attempt.offer_id.clone(), name: EventName::Redirected },
                Effect::Redirect(url.clone()),
            ];
            (State::ActionRequired { attempt, url, staying: true }, effects)
        }
        State::Failed { attempt, failure, staying: false } => {
            let effects = failure.checkout_url.clone().map(Effect::Redirect).into_iter().collect();
            (State::Failed { attempt, failure, staying: true }, effects)
        }
        State::Succeeded { attempt, receipt, change, next: Some(url), calling_off } => {
            let state = State::Succeeded { attempt, receipt, change, next: None, calling_off };
            (state, vec![Effect::Redirect(url)])
        }
        other => (other, Vec::new()),
    }
}

/// The button that was pressed is gone then. After a move that the host prevented nobody pressed one.
fn stay(state: State) -> (State, Vec<Effect>) {
    match state {
        State::ActionRequired { attempt, url, staying: false } => {
            (State::ActionRequired { attempt, url, staying: true }, vec![Effect::MoveFocus])
        }
        State::Failed { attempt, failure, staying: false } => {
            (State::Failed { attempt, failure, staying: true }, vec![Effect::MoveFocus])
        }
        State::Succeeded { attempt, receipt, change, calling_off, .. } => {
            (State::Succeeded { attempt, receipt, change, next: None, calling_off }, Vec::new())
        }
        other => (other, Vec::new()),
    }
}

fn receipt_of(attempt: &Attempt) -> Option<Receipt> {
    let offer = attempt.offer.as_ref()?;
    let Money { amount_minor, currency } = offer.quote.as_ref().map_or(offer.product.price(), Quote::due_now);
    let method = attempt.method.as_ref();
    Some(Receipt {
        product_name: offer.product.name.clone(),
        amount: amount_minor,
        currency,
        display: offer.quote.as_ref().and_then(|quote| quote.display.due_now.clone()),
        brand: method.and_then(|method| method.brand.clone()),
        last4: method.and_then(|method| method.last4.clone()),
    })
}
