//! What a locale's conventions decide: how money is written, which plural a number takes, which words
//! are used.

use super::Words;
use aftercart_contract::Money;
use std::rc::Rc;

/// The plural forms that the texts distinguish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    /// As for 1 in English.
    One,
    /// All else.
    Other,
}

/// A locale's conventions. In the browser `Intl` knows them; tests bring their own.
pub trait LocaleFormat {
    /// Money as people of this locale write it.
    fn money(&self, money: Money) -> String;
    /// The day of an RFC 3339 moment, as people of this locale write it.
    fn date(&self, rfc3339: &str) -> String;
    /// The plural form that `count` takes.
    fn plural(&self, count: u16) -> Plural;
    /// The words heard from the backend last; English where none were.
    fn words(&self) -> Rc<Words> {
        Rc::default()
    }
}
