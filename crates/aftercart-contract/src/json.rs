//! JSON as a tree: what the readers walk.
//!
//! Holds just what they ask for. Of a number that is not whole only that it is one: no float holds money.
//! What a whole number is, is decided here and not by how it is written: `1e2` is 100, as for JSON Schema.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The largest whole number that a double holds without gaps: what `Number.isSafeInteger` knows.
const MAX_WHOLE: f64 = 9_007_199_254_740_991.0;

/// A JSON value.
#[derive(Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// Without a fraction, and held by a double without doubt.
    Whole(i64),
    /// Any other number.
    Fraction,
    Text(String),
    List(Vec<Self>),
    /// Names in the order of the text. Of equal names the last one counts.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// A number as every browser holds it.
    #[allow(clippy::cast_possible_truncation, reason = "whole, and within 53 bits")]
    pub(crate) fn number(number: f64) -> Self {
        let is_whole = number.fract() == 0.0 && number.abs() <= MAX_WHOLE;
        if is_whole { Self::Whole(number as i64) } else { Self::Fraction }
    }
}

/// From any of serde's formats: how servers and tests come to the readers.
impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    #[allow(clippy::cast_precision_loss, reason = "what loses digits is beyond every limit")]
    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::number(number as f64))
    }

    #[allow(clippy::cast_precision_loss, reason = "what loses digits is beyond every limit")]
    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_by_its_value_and_within_53_bits() {
        let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        for (text, whole) in
            [("0", 0), ("-0", 0), ("7", 7), ("7.0", 7), ("1e2", 100), ("-70E-1", -7), ("1e-400", 0)]
        {
            assert_eq!(read(text), Json::Whole(whole), "{text}");
        }
        assert_eq!(read("9007199254740991"), Json::Whole(9_007_199_254_740_991));
        for text in ["7.5", "9007199254740992", "-9007199254740993", "18446744073709551615", "1e300"] {
            assert_eq!(read(text), Json::Fraction, "{text}");
        }
    }
}
