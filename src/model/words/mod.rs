//! Finished words for offers and messages: the one place that turns amounts and days into sentences.
//!
//! | room | whose words |
//! |---|---|
//! | `amounts` | money, intervals, cards, days |
//! | `card` | an offer |
//! | `plan` | a plan change |
//! | `notice` | messages |

mod amounts;
mod card;
mod notice;
mod plan;

use super::screen::Line;
use crate::i18n::{Copy, Key, LocaleFormat};

/// One language with its conventions.
pub(super) struct Words<'a> {
    pub(super) copy: Copy<'a>,
    pub(super) format: &'a dyn LocaleFormat,
}

impl Words<'_> {
    fn line(&self, part: &'static str, key: Key, values: &[(&str, &str)]) -> Line {
        Line { part, text: self.copy.fill(key, values) }
    }
}
