//! Reading wire documents: one small walker over parsed JSON.
//!
//! Derived readers are generated anew for every type and option of a type; in the browser they would
//! weigh more than the rest of this crate. This walker is written once, and it names the field that is
//! wrong: `product.price: expected a whole number of minor units`.

use crate::ContractError;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Something that can be read from a JSON value.
pub(crate) trait Read: Sized {
    /// What a refusal says was expected.
    const EXPECTED: &'static str;

    /// `None` when the value has another JSON type; an error when its content is refused.
    fn read(value: &Value) -> Option<Result<Self, ContractError>>;
}

/// Something that is read from a JSON object.
pub(crate) trait ReadFields: Sized {
    /// What a refusal says was expected.
    const EXPECTED: &'static str;

    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError>;
}

impl<T: ReadFields> Read for T {
    const EXPECTED: &'static str = <T as ReadFields>::EXPECTED;
    fn read(value: &Value) -> Option<Result<Self, ContractError>> {
        value.as_object().map(|map| Self::read_fields(Fields(map)))
    }
}

/// Parses a whole document, unless it is longer than [`crate::MAX_DOCUMENT`].
pub(crate) fn document<T: Read>(text: &str) -> Result<T, ContractError> {
    if text.len() > crate::MAX_DOCUMENT {
        return Err(ContractError::Malformed(format!("longer than {} bytes", crate::MAX_DOCUMENT)));
    }
    value(&serde_json::from_str(text)?)
}

/// Reads a value that must be there.
pub(crate) fn value<T: Read>(value: &Value) -> Result<T, ContractError> {
    T::read(value).unwrap_or_else(|| Err(expected(T::EXPECTED)))
}

fn expected(what: &str) -> ContractError {
    ContractError::Malformed(format!("expected {what}"))
}

/// The fields of a JSON object. Unknown fields are ignored; `null` counts as absent.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The value under the first of `names` that is there and not `null`.
    fn find(self, names: &[&str]) -> Option<&'a Value> {
        names.iter().filter_map(|name| self.0.get(*name)).find(|value| !value.is_null())
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.find(&[name]).is_some()
    }

    pub(crate) fn is_object(self, name: &str) -> bool {
        self.find(&[name]).is_some_and(Value::is_object)
    }

    pub(crate) fn optional<T: Read>(self, name: &str) -> Result<Option<T>, ContractError> {
        self.either(&[name])
    }

    /// As [`Fields::optional`], under any of several spellings.
    pub(crate) fn either<T: Read>(self, names: &[&str]) -> Result<Option<T>, ContractError> {
        let Some(found) = self.find(names) else { return Ok(None) };
        value(found).map(Some).map_err(|error| within(names, error))
    }

    pub(crate) fn required<T: Read>(self, name: &str) -> Result<T, ContractError> {
        self.optional(name)?.ok_or_else(|| within(&[name], expected(T::EXPECTED)))
    }
}

/// Puts the field's name in front of what is wrong with it.
fn within(names: &[&str], error: ContractError) -> ContractError {
    let name = names.first().copied().unwrap_or_default();
    match error {
        ContractError::Malformed(detail) => ContractError::Field { path: name.to_owned(), detail },
        ContractError::Field { path, detail } => {
            ContractError::Field { path: format!("{name}.{path}"), detail }
        }
        other => other,
    }
}

impl Read for bool {
    const EXPECTED: &'static str = "true or false";
    fn read(value: &Value) -> Option<Result<Self, ContractError>> {
        value.as_bool().map(Ok)
    }
}

impl Read for i64 {
    const EXPECTED: &'static str = "a whole number";
    fn read(value: &Value) -> Option<Result<Self, ContractError>> {
        value.as_i64().map(Ok)
    }
}

impl Read for u32 {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295";
    fn read(value: &Value) -> Option<Result<Self, ContractError>> {
        Some(Ok(value.as_u64()?.try_into().ok()?))
    }
}

impl Read for String {
    const EXPECTED: &'static str = "text";
    fn read(value: &Value) -> Option<Result<Self, ContractError>> {
        value.as_str().map(|text| Ok(text.to_owned()))
    }
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list";
    fn read(list: &Value) -> Option<Result<Self, ContractError>> {
        list.as_array().map(|items| items.iter().map(value).collect())
    }
}

impl Read for BTreeMap<String, String> {
    const EXPECTED: &'static str = "texts by name";
    fn read(value: &Value) -> Option<Result<Self, ContractError>> {
        let texts = value.as_object()?.iter();
        texts
            .map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())))
            .collect::<Option<_>>()
            .map(Ok)
    }
}

impl<T: ReadFields> ReadFields for Box<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn read_fields(fields: Fields<'_>) -> Result<Self, ContractError> {
        T::read_fields(fields).map(Box::new)
    }
}

/// Reads a type that is checked text: an id, a currency, an address.
pub(crate) fn checked<T>(value: &Value) -> Option<Result<T, ContractError>>
where
    T: TryFrom<String>,
    T::Error: std::fmt::Display,
{
    let checked = T::try_from(value.as_str()?.to_owned());
    Some(checked.map_err(|error| ContractError::Malformed(error.to_string())))
}

/// Reads one of an enum's words, as serde spells them.
pub(crate) fn word<T: DeserializeOwned>(value: &Value) -> Option<Result<T, ContractError>> {
    let text: StrDeserializer<'_, WordError> = value.as_str()?.into_deserializer();
    Some(T::deserialize(text).map_err(|error| ContractError::Malformed(error.to_string())))
}

/// Gives types a [`Read`] through [`checked`] or [`word`].
macro_rules! read_as {
    ($how:ident, $expected:literal: $($type:ty),+) => {
        $(impl $crate::read::Read for $type {
            const EXPECTED: &'static str = $expected;
            fn read(value: &serde_json::Value) -> Option<Result<Self, $crate::ContractError>> {
                $crate::read::$how(value)
            }
        })+
    };
}

/// Gives types with a [`Read`] serde's `Deserialize`, for servers and tests.
macro_rules! deserialize_by_reading {
    ($($type:ty),+) => {
        $(impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                $crate::read::value(&value).map_err(serde::de::Error::custom)
            }
        })+
    };
}

pub(crate) use {deserialize_by_reading, read_as};
