//! From a state to its words.

use super::screen::Screen;
use super::state::{Attempt, State};
use super::words::Words;
use crate::config::{Config, Placement};
use crate::i18n::{Copy, Key, LocaleFormat};
use aftercart_contract::Offer;

/// What `state` looks like in the shopper's language.
pub fn view_model(config: &Config, state: &State, format: &dyn LocaleFormat) -> Screen {
    let copy = || Copy::of(format.words());
    let words = |offer: &Offer| Words { copy: copy().with_merchant(&offer.copy), format };
    let of_attempt = |attempt: &Attempt| match &attempt.offer {
        Some(offer) => words(offer),
        None => Words { copy: copy().with_merchant(&attempt.copy), format },
    };
    let is_dialog = config.placement == Placement::Dialog;
    match state {
        State::Idle | State::Loading => Screen::Skeleton,
        State::Hidden(_) => Screen::Nothing,
        State::Offered(sheet) => {
            let words = words(sheet.chosen());
            let mut card = words.card(sheet);
            card.close = is_dialog.then(|| words.copy.text(Key::Close));
            Screen::Offer(Box::new(card))
        }
        State::Declining { sheet, .. } => {
            let words = words(sheet.chosen());
            let mut card = words.card(sheet);
            card.close = is_dialog.then(|| words.copy.text(Key::Close));
            card.busy = Some(card.accept.clone());
            card.is_locked = true;
            card.announcement = None;
            Screen::Offer(Box::new(card))
        }
        State::Charging { sheet, .. } => {
            let words = words(sheet.chosen());
            let mut card = words.paying(sheet);
            card.close = is_dialog.then(|| words.copy.text(Key::Close));
            Screen::Offer(Box::new(card))
        }
        State::Processing(attempt)
        | State::Unknown(attempt)
        | State::Waiting { attempt, .. }
        | State::ActionRequired { attempt, .. }
        | State::Succeeded { attempt, .. }
        | State::Revoked { attempt, .. }
        | State::Failed { attempt, .. } => Screen::Notice(of_attempt(attempt).notice(state, is_dialog)),
        State::Declined { offer, .. } => Screen::Notice(words(offer).notice(state, is_dialog)),
        State::Expired => {
            let words = Words { copy: copy(), format };
            Screen::Notice(words.notice(state, is_dialog))
        }
    }
}
