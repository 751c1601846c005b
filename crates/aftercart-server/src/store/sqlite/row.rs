//! Between columns and our types.

use super::StoreError;
use crate::attempt::{AttemptState, money};
use aftercart_contract::Money;
use jiff::Timestamp;

pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn moment(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Unreadable("time"))
}

pub(super) fn id<T: TryFrom<String>>(text: String) -> Result<T, StoreError> {
    T::try_from(text).map_err(|_| StoreError::Unreadable("identifier"))
}

pub(super) fn optional_id<T: TryFrom<String>>(text: Option<String>) -> Result<Option<T>, StoreError> {
    text.map(id).transpose()
}

pub(super) fn state_text(state: &AttemptState) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

pub(super) fn state(text: &str) -> Result<AttemptState, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable("state"))
}

pub(super) fn optional_money(
    amount: Option<i64>,
    currency: Option<&str>,
) -> Result<Option<Money>, StoreError> {
    let (Some(amount), Some(currency)) = (amount, currency) else { return Ok(None) };
    money(amount, currency).map(Some).ok_or(StoreError::Unreadable("amount"))
}

pub(super) fn unsigned(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Unreadable("number"))
}
