//! What a token says.

use super::CLOCK_SKEW;
use crate::attempt::Step;
use crate::occasion::OccasionId;
use aftercart_contract::{AmountMinor, Currency, CustomerId, MethodRef, OfferId, ProductId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// May see and follow this customer's offers until `exp`. Minted by the merchant's own server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SubjectClaims {
    /// The customer.
    #[serde(rename = "cus")]
    pub(crate) customer: CustomerId,
    /// Unix seconds; see [`is_expired`].
    pub(crate) exp: i64,
}

/// May answer this one offer on this one occasion, at this price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfferClaims {
    /// The customer.
    #[serde(rename = "cus")]
    pub(crate) customer: CustomerId,
    /// What gave rise to the offer.
    #[serde(rename = "pay")]
    pub(crate) occasion: OccasionId,
    /// The offer.
    #[serde(rename = "off")]
    pub(crate) offer: OfferId,
    /// Its place in the chain: 0, then 1 for its downsell, and so on.
    #[serde(rename = "stp")]
    pub(crate) step: u32,
    /// The product that was quoted.
    #[serde(rename = "pdt")]
    pub(crate) product: ProductId,
    /// How many the amount is for; a token of the version before names it `qmn`, and it was 1.
    #[serde(rename = "qty", alias = "qmn")]
    pub(crate) quantity: u32,
    /// What the button says, minor units, tax included.
    #[serde(rename = "amt")]
    pub(crate) amount: AmountMinor,
    /// The amount's currency.
    #[serde(rename = "cur")]
    pub(crate) currency: Currency,
    /// What the card says that each later cycle costs; absent for what is paid once.
    #[serde(rename = "rnw", default, skip_serializing_if = "Option::is_none")]
    pub(crate) renewal: Option<AmountMinor>,
    /// The saved method that the button names; absent where it leads to a checkout.
    #[serde(rename = "mth", default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<MethodRef>,
    /// The locale of the texts that were shown.
    #[serde(rename = "loc")]
    pub(crate) locale: String,
    /// The plan change that was quoted.
    #[serde(rename = "chg", default, skip_serializing_if = "Option::is_none")]
    pub(crate) change: Option<ChangeClaims>,
    /// The offer was asked for with the merchant's token for this customer.
    #[serde(rename = "vch", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) vouched: bool,
    /// From this unix second on the price must be quoted anew.
    #[serde(rename = "qex")]
    pub(crate) quote_exp: i64,
    /// Unix seconds; see [`is_expired`].
    pub(crate) exp: i64,
}

impl OfferClaims {
    /// The step that the token is about.
    pub(crate) fn named_step(&self) -> Step {
        Step { occasion: self.occasion.clone(), offer: self.offer.clone(), number: self.step }
    }
}

/// Which change of which subscription was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangeClaims {
    /// `sub_…`
    #[serde(rename = "sub")]
    pub(crate) subscription: String,
    /// A keyed digest of plans, body, credit and day.
    #[serde(rename = "trm")]
    pub(crate) terms: String,
}

/// True when a token that expires at this second is dead by now, whichever clock signed it.
pub(crate) fn is_expired(exp: i64, now: Timestamp) -> bool {
    now.as_second() >= exp.saturating_add(CLOCK_SKEW)
}
