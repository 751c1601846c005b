//! Reading wire documents: one small walker over parsed JSON.
//!
//! Derived readers are generated anew for every type and option of a type; in the browser they would
//! weigh more than the rest of this crate. This walker is written once, and it names the field that is
//! wrong: `product.price: expected a whole number of minor units`.
//!
//! A reader does not stop at what is wrong: the [`Walk`] keeps the first fault, the reader goes on with something in
//! the value's place, and [`value`] hands out what was read only when there was no fault. So a field costs one call,
//! without a way out of the middle of a half-built value behind each.

use crate::ContractError;
use crate::digits;
use crate::json::Json;
use crate::parse::parse;

/// Something that can be read from a JSON value.
pub(crate) trait Read: Sized {
    /// Reads a value. When it is refused the walk is told, and nobody sees what is answered.
    fn read(value: &Json, walk: &mut Walk) -> Self;
}

/// Something that is read from a JSON object.
pub(crate) trait ReadFields: Sized {
    /// What a refusal says was expected.
    const EXPECTED: &'static str;

    /// As [`Read::read`], of an object's fields.
    fn read_fields(fields: &mut Fields<'_>) -> Self;
}

impl<T: ReadFields> Read for T {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        let object = match value {
            Json::Object(object) => object.as_slice(),
            _ => walk.expected(Self::EXPECTED),
        };
        Self::read_fields(&mut Fields { object, walk })
    }
}

/// Parses a whole document, unless it is longer than [`crate::MAX_DOCUMENT`].
pub(crate) fn document<T: Read>(text: &str) -> Result<T, ContractError> {
    value(&parsed(text)?)
}

fn parsed(text: &str) -> Result<Json, ContractError> {
    if text.len() > crate::MAX_DOCUMENT {
        let most = digits(crate::MAX_DOCUMENT as u64);
        return Err(ContractError::Malformed(["longer than ", &most, " bytes"].concat()));
    }
    parse(text).map_err(ContractError::Malformed)
}

/// Reads a value that must be there.
pub(crate) fn value<T: Read>(value: &Json) -> Result<T, ContractError> {
    let mut walk = Walk::default();
    let read = T::read(value, &mut walk);
    match walk.fault {
        None => Ok(read),
        Some(fault) => Err(fault),
    }
}

/// Where in a document the reader is, and the first thing that was wrong.
#[derive(Default)]
pub(crate) struct Walk {
    path: Vec<&'static str>,
    fault: Option<ContractError>,
}

impl Walk {
    /// The value here is none of `what`. Answers the default, for the reader to go on with.
    pub(crate) fn expected<T: Default>(&mut self, what: &str) -> T {
        self.refuse(["expected ", what].concat());
        T::default()
    }

    /// The value here is refused.
    pub(crate) fn refuse(&mut self, detail: String) {
        self.note(if self.path.is_empty() {
            ContractError::Malformed(detail)
        } else {
            ContractError::Field { path: self.path.join("."), detail }
        });
    }

    /// Notes a fault unless there is one.
    pub(crate) fn note(&mut self, fault: ContractError) {
        self.fault.get_or_insert(fault);
    }
}

/// The fields of a JSON object. Unknown fields are ignored; `null` counts as absent.
pub(crate) struct Fields<'a> {
    object: &'a [(String, Json)],
    walk: &'a mut Walk,
}

impl<'a> Fields<'a> {
    /// The value under `name`, if it is there and not `null`.
    fn find(&self, name: &str) -> Option<&'a Json> {
        let mut last = self.object.iter().rev();
        last.find(|(known, _)| known == name).map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    pub(crate) fn is_object(&self, name: &str) -> bool {
        matches!(self.find(name), Some(Json::Object(_)))
    }

    #[inline(never)]
    pub(crate) fn optional<T: Read>(&mut self, name: &'static str) -> Option<T> {
        let value = self.find(name)?;
        Some(self.under(name, value))
    }

    /// As [`Fields::optional`], under another spelling too.
    pub(crate) fn either<T: Read>(&mut self, name: &'static str, spelling: &str) -> Option<T> {
        let value = self.find(name).or_else(|| self.find(spelling))?;
        Some(self.under(name, value))
    }

    #[inline(never)]
    pub(crate) fn required<T: Read>(&mut self, name: &'static str) -> T {
        self.under(name, self.find(name).unwrap_or(&Json::Null))
    }

    fn under<T: Read>(&mut self, name: &'static str, value: &Json) -> T {
        self.walk.path.push(name);
        let read = T::read(value, self.walk);
        self.walk.path.pop();
        read
    }

    /// Fields that do not belong together.
    pub(crate) fn refuse(&mut self, why: &'static str) {
        self.note(ContractError::Inconsistent(why));
    }

    /// Notes a fault unless there is one.
    pub(crate) fn note(&mut self, fault: ContractError) {
        self.walk.note(fault);
    }
}

impl Read for bool {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        if let Json::Bool(value) = value { *value } else { walk.expected("true or false") }
    }
}

impl Read for u32 {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        let number = if let Json::Whole(number) = value { Self::try_from(*number).ok() } else { None };
        number.unwrap_or_else(|| walk.expected("a whole number from 0 to 4294967295"))
    }
}

impl Read for String {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        text(value, walk, "text").to_owned()
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Json, walk: &mut Walk) -> Self {
        let Json::List(items) = value else { return walk.expected("a list") };
        items.iter().map(|item| T::read(item, walk)).collect()
    }
}

impl<T: ReadFields> ReadFields for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn read_fields(fields: &mut Fields<'_>) -> Self {
        Self::new(T::read_fields(fields))
    }
}

/// Reads text.
pub(crate) fn text<'a>(value: &'a Json, walk: &mut Walk, expected: &str) -> &'a str {
    if let Json::Text(text) = value { text } else { walk.expected(expected) }
}

/// Reads text that has to pass a check: an id, an address, a time.
#[inline(never)]
pub(crate) fn checked(
    value: &Json,
    walk: &mut Walk,
    expected: &str,
    check: fn(&str) -> Result<(), String>,
) -> String {
    let Json::Text(text) = value else { return walk.expected(expected) };
    if let Err(detail) = check(text) {
        walk.refuse(detail);
    }
    text.clone()
}

/// Reads one of an enum's words: its place among them.
#[inline(never)]
pub(crate) fn word(value: &Json, walk: &mut Walk, expected: &str, words: &[&str]) -> usize {
    let Json::Text(text) = value else { return walk.expected(expected) };
    words.iter().position(|word| word == text).unwrap_or_else(|| {
        walk.refuse(["unknown variant `", text, "`, expected one of `", &words.join("`, `"), "`"].concat());
        0
    })
}

/// Gives an enum a [`Read`] of its words.
macro_rules! read_words {
    ($type:ty, $expected:literal: $first_word:literal $first:ident $(, $word:literal $variant:ident)+) => {
        impl $crate::read::Read for $type {
            fn read(value: &$crate::json::Json, walk: &mut $crate::read::Walk) -> Self {
                let at = $crate::read::word(value, walk, $expected, &[$first_word $(, $word)+]);
                [<$type>::$first $(, <$type>::$variant)+].get(at).copied().unwrap_or(<$type>::$first)
            }
        }
    };
}

/// Gives types with a [`Read`] serde's `Deserialize`, for servers and tests.
macro_rules! deserialize_by_reading {
    ($($type:ty),+) => {
        $(impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = $crate::json::Json::deserialize(deserializer)?;
                $crate::read::value(&value).map_err(serde::de::Error::custom)
            }
        })+
    };
}

pub(crate) use {deserialize_by_reading, read_words};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IntervalUnit, Mode, OfferKind, ProrationBillingMode};
    use serde::Serialize;
    use std::fmt::Debug;

    /// Every word of an enum is read as what serde writes with that word.
    fn words_are_serdes<T: Read + Serialize + PartialEq + Debug>(words: &[&str]) {
        for word in words {
            let read: T = value(&Json::Text((*word).to_owned())).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), *word);
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        words_are_serdes::<OfferKind>(&["upsell", "cross_sell", "upgrade", "downgrade", "downsell"]);
        words_are_serdes::<Mode>(&["one_click", "confirm", "checkout"]);
        words_are_serdes::<IntervalUnit>(&["day", "week", "month", "year"]);
        words_are_serdes::<ProrationBillingMode>(&[
            "difference_immediately",
            "prorated_immediately",
            "full_immediately",
            "do_not_bill",
            "prorated_immediately_keep_cycle",
        ]);
    }

    #[test]
    fn the_first_fault_is_told_and_nothing_of_what_was_read() {
        let text = r#"{"code":1,"recoverable":"yes"}"#;
        let refused = document::<crate::Problem>(text).unwrap_err();
        assert_eq!(refused.to_string(), "code: expected text");
    }
}
