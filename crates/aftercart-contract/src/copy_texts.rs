//! Texts by copy key: a language's words, and those that a merchant puts over them.

use crate::json::Json;
use crate::read::{Read, Walk, deserialize_by_reading, text};
use serde::{Serialize, Serializer};

const EXPECTED: &str = "texts by name";

/// Texts by copy key, in the order of the keys, each once.
///
/// A list and not a map of the standard library: the code of that weighs more in a browser than all that this needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CopyTexts(Vec<(String, String)>);

impl CopyTexts {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The text of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, text)| &**text)
    }

    /// Puts a text under a key, in place of one that was there.
    pub fn insert(&mut self, key: String, text: String) {
        match self.place(&key) {
            Ok(at) => drop(self.0.get_mut(at).map(|known| known.1 = text)),
            Err(at) => self.0.insert(at, (key, text)),
        }
    }

    #[inline(never)]
    fn place(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(key))
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| &**key)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<(String, String)> for CopyTexts {
    fn extend<I: IntoIterator<Item = (String, String)>>(&mut self, texts: I) {
        for (key, text) in texts {
            self.insert(key, text);
        }
    }
}

impl FromIterator<(String, String)> for CopyTexts {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(texts: I) -> Self {
        let mut copy = Self::default();
        copy.extend(texts);
        copy
    }
}

impl IntoIterator for CopyTexts {
    type Item = (String, String);
    type IntoIter = std::vec::IntoIter<(String, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Serialize for CopyTexts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, text)| (key, text)))
    }
}

deserialize_by_reading!(CopyTexts);

impl Read for CopyTexts {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        let Json::Object(fields) = value else { return walk.expected(EXPECTED) };
        let mut copy = Self::default();
        for (key, value) in fields {
            copy.insert(key.clone(), text(value, walk, EXPECTED).to_owned());
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_text_whatever_order_they_come_in() {
        let texts = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect::<CopyTexts>()
        };
        let copy = texts(&[("undo", "Back"), ("accept", "Pay"), ("undo", "Undo"), ("close", "Close")]);
        assert_eq!(copy, texts(&[("accept", "Pay"), ("close", "Close"), ("undo", "Undo")]));
        assert_eq!((copy.get("undo"), copy.get("und"), copy.get("zz")), (Some("Undo"), None, None));
        assert_eq!(
            serde_json::to_string(&copy).unwrap(),
            r#"{"accept":"Pay","close":"Close","undo":"Undo"}"#
        );
    }
}
