//! Between columns and our types.

use super::StoreError;
use crate::attempt::{AttemptState, Card, Payable, Step, money};
use aftercart_contract::{Money, PaymentId, SessionId};
use jiff::Timestamp;
use sqlx::any::AnyArguments;
use sqlx::{Arguments, FromRow};

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

pub(super) fn unsigned(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Unreadable("number"))
}

pub(super) fn step(occasion: String, offer: String, number: i64) -> Result<Step, StoreError> {
    Ok(Step { occasion: id(occasion)?, offer: id(offer)?, number: unsigned(number)? })
}

/// The rows of a list that this version can read. The others are left out, each with an error in the log: beside a node
/// of a newer version, one state that is new would hide all that stand with it.
///
/// Not for lists that money is decided by: there what is not seen would count as not there.
pub(super) fn readable<Row, Read>(
    table: &'static str,
    rows: Vec<Row>,
    id: impl Fn(&Row) -> &str,
    read: impl Fn(Row) -> Result<Read, StoreError>,
) -> Vec<Read> {
    let one = |row: Row| {
        let id = id(&row).to_owned();
        let unreadable = |error: &StoreError| {
            tracing::error!(
                row.table = table, row.id = id, %error,
                "a row is left out: this version cannot read it; a newer node may have written it"
            );
        };
        read(row).inspect_err(unreadable).ok()
    };
    rows.into_iter().filter_map(one).collect()
}

/// The columns that an attempt and a checkout share.
#[derive(FromRow)]
pub(super) struct PayableRow {
    purchase_id: String,
    offer_id: String,
    step: i64,
    customer_id: String,
    product_id: String,
    product_name: String,
    quantity: i64,
    locale: String,
    state: String,
    charged_amount: Option<i64>,
    charged_currency: Option<String>,
    payment_id: Option<String>,
    session_id: Option<String>,
    card_brand: Option<String>,
    card_last4: Option<String>,
    look_at: Option<i64>,
    pub(super) version: i64,
}

/// The shared columns as our types.
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

impl PayableRow {
    pub(super) fn read(self) -> Result<Paid, StoreError> {
        let charged = match (self.charged_amount, self.charged_currency.as_deref()) {
            (Some(amount), Some(currency)) => {
                Some(money(amount, currency).ok_or(StoreError::Unreadable("amount"))?)
            }
            _ => None,
        };
        Ok(Paid {
            payable: Payable {
                step: step(self.purchase_id, self.offer_id, self.step)?,
                customer: id(self.customer_id)?,
                product: id(self.product_id)?,
                product_name: self.product_name,
                quantity: unsigned(self.quantity)?,
                locale: self.locale,
            },
            state: state(&self.state)?,
            charged,
            payment: optional_id(self.payment_id)?,
            session: optional_id(self.session_id)?,
            card: Card { brand: self.card_brand, last4: self.card_last4 },
            look_at: self.look_at.map(moment).transpose()?,
            version: self.version,
        })
    }
}

/// A step as the first three arguments of a query: purchase, offer, number.
pub(super) fn of_step(step: &Step) -> AnyArguments {
    let mut arguments = AnyArguments::default();
    // Encoding text and integers for this driver cannot fail.
    let _ = arguments.add(step.occasion.as_str());
    let _ = arguments.add(step.offer.as_str());
    let _ = arguments.add(i64::from(step.number));
    arguments
}
