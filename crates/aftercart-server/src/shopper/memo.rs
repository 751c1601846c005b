//! Texts that are asked for again and again: each made once for each thread, up to a bound.
//!
//! A shop has few prices, and its shoppers few languages, while CLDR's data are looked up from scratch each time. The
//! bound is for a caller that asks in every locale there is: then everything is forgotten, and it begins anew.

use std::collections::HashMap;
use std::hash::Hash;

/// The most texts that one thread keeps: some hundred kilobytes.
const MOST: usize = 2_048;

/// Texts by what they are made from. `None` is kept too: there is no such text.
#[derive(Debug)]
pub(super) struct Memo<Key>(HashMap<Key, HashMap<String, Option<String>>>, usize);

impl<Key> Default for Memo<Key> {
    fn default() -> Self {
        Self(HashMap::new(), 0)
    }
}

impl<Key: Eq + Hash> Memo<Key> {
    /// The text for this key in this locale.
    pub(super) fn text(
        &mut self,
        key: Key,
        locale: &str,
        make: impl FnOnce() -> Option<String>,
    ) -> Option<String> {
        if self.1 >= MOST {
            *self = Self::default();
        }
        let of_key = self.0.entry(key).or_default();
        if let Some(text) = of_key.get(locale) {
            return text.clone();
        }
        let text = make();
        of_key.insert(locale.to_owned(), text.clone());
        self.1 += 1;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_made_once_for_each_locale() {
        let mut memo = Memo::default();
        let mut made = 0;
        for _ in 0..3 {
            for locale in ["en", "de"] {
                let text = memo.text(1, locale, || {
                    made += 1;
                    Some(locale.to_owned())
                });
                assert_eq!(text.as_deref(), Some(locale));
            }
        }
        assert_eq!(made, 2);
    }

    #[test]
    fn whoever_asks_for_everything_gets_it_and_fills_no_memory() {
        let mut memo = Memo::default();
        for number in 0..10 * MOST {
            memo.text(number % 7, &number.to_string(), || None);
            assert!(memo.1 <= MOST);
        }
    }
}
