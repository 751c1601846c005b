//! Between columns and our types.

use super::StoreError;
use super::statement::{Row, Statement};
use crate::attempt::{AttemptState, Card, Payable, Step, money};
use aftercart_contract::{Money, PaymentId, SessionId};
use jiff::Timestamp;

pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn moment(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::Unreadable("time"))
}

pub(super) fn id<T: TryFrom<String>>(text: &str) -> Result<T, StoreError> {
    T::try_from(text.to_owned()).map_err(|_| StoreError::Unreadable("identifier"))
}

pub(super) fn optional_id<T: TryFrom<String>>(text: Option<&str>) -> Result<Option<T>, StoreError> {
    text.map(id).transpose()
}

pub(super) fn optional_moment(millis: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    millis.map(moment).transpose()
}

pub(super) fn state_text(state: &AttemptState) -> String {
    serde_json::to_string(state).unwrap_or_default()
}

pub(super) fn state(text: &str) -> Result<AttemptState, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable("state"))
}

pub(super) fn unsigned(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Unreadable("number"))
}

pub(super) fn step(row: &Row<'_>) -> Result<Step, StoreError> {
    Ok(Step {
        occasion: id(row.text("purchase_id")?)?,
        offer: id(row.text("offer_id")?)?,
        number: unsigned(row.number("step")?)?,
    })
}

/// Reads rows of a list. What this version cannot read is left out, with an error in the log: beside a node of a newer
/// version, one state that is new would hide all that stand with it.
///
/// Not for lists that money is decided by: there what is not seen would count as not there.
pub(super) fn readable<T>(
    table: &'static str,
    key: &'static str,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> impl Fn(&Row<'_>) -> Result<Option<T>, StoreError> {
    move |row| {
        let id = row.text(key)?;
        let unreadable = |error: &StoreError| {
            tracing::error!(
                row.table = table, row.id = id, %error,
                "a row is left out: this version cannot read it; a newer node may have written it"
            );
        };
        Ok(read(row).inspect_err(unreadable).ok())
    }
}

/// The columns that an attempt and a checkout share.
pub(super) struct Paid {
    pub(super) payable: Payable,
    pub(super) state: AttemptState,
    pub(super) charged: Option<Money>,
    pub(super) payment: Option<PaymentId>,
    pub(super) session: Option<SessionId>,
    pub(super) card: Card,
    pub(super) look_at: Option<Timestamp>,
    pub(super) version: i64,
}

impl Paid {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let charged = match (row.maybe_number("charged_amount")?, row.maybe_text("charged_currency")?) {
            (Some(amount), Some(currency)) => {
                Some(money(amount, currency).ok_or(StoreError::Unreadable("amount"))?)
            }
            _ => None,
        };
        Ok(Self {
            payable: Payable {
                step: step(row)?,
                customer: id(row.text("customer_id")?)?,
                product: id(row.text("product_id")?)?,
                product_name: row.text("product_name")?.to_owned(),
                quantity: unsigned(row.number("quantity")?)?,
                locale: row.text("locale")?.to_owned(),
            },
            state: state(row.text("state")?)?,
            charged,
            payment: optional_id(row.maybe_text("payment_id")?)?,
            session: optional_id(row.maybe_text("session_id")?)?,
            card: Card {
                brand: row.maybe_text("card_brand")?.map(str::to_owned),
                last4: row.maybe_text("card_last4")?.map(str::to_owned),
            },
            look_at: optional_moment(row.maybe_number("look_at")?)?,
            version: row.number("version")?,
        })
    }
}

/// A step as the first three values of a statement: purchase, offer, number.
pub(super) fn of_step<'v>(statement: Statement<'v>, step: &'v Step) -> Statement<'v> {
    statement.bind(step.occasion.as_str()).bind(step.offer.as_str()).bind(i64::from(step.number))
}
