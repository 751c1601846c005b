//! From a state to its words.

use super::screen::Screen;
use super::state::{Phase, State};
use super::words::Words;
use crate::config::{Config, Placement};
use crate::i18n::{Copy, Key, LocaleFormat};
use aftercart_contract::CopyTexts;

/// What `state` looks like in the shopper's language.
pub fn view_model(config: &Config, state: &State, format: &dyn LocaleFormat) -> Screen {
    let spoken = Copy::of(format.words());
    let copy = match own_texts(state) {
        Some(texts) => spoken.with_merchant(texts),
        None => spoken,
    };
    let words = Words { copy, format };
    let is_dialog = config.placement == Placement::Dialog;
    let mut card = match state {
        State::Idle | State::Loading => return Screen::Skeleton,
        State::Hidden(_) => return Screen::Nothing,
        State::Offered(sheet) => words.card(sheet),
        State::Declining { sheet, .. } => {
            let mut card = words.card(sheet);
            card.busy = Some(card.accept.clone());
            card.is_locked = true;
            card.announcement = None;
            card
        }
        State::Accepted(attempt)
            if matches!(attempt.phase, Phase::Charging)
                && let Some(sheet) = attempt.sheet() =>
        {
            words.paying(sheet)
        }
        _ => return Screen::Notice(words.notice(state, is_dialog)),
    };
    card.close = is_dialog.then(|| words.copy.text(Key::Close));
    Screen::Offer(Box::new(card))
}

/// The words that go with what a state is about.
fn own_texts(state: &State) -> Option<&CopyTexts> {
    match state {
        State::Offered(sheet) | State::Declining { sheet, .. } | State::Declined { sheet, .. } => {
            Some(&sheet.chosen().copy)
        }
        State::Accepted(attempt) => Some(attempt.copy()),
        State::Idle | State::Loading | State::Expired | State::Hidden(_) => None,
    }
}
