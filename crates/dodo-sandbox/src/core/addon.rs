//! Addons: what a plan can carry beside itself.

use serde::{Deserialize, Serialize};

use super::error::ApiError;

/// Every addon of the shop, with its price of one per cycle, before tax, in the plans' currency.
const ADDONS: [(&str, i64); 1] = [("adn_storage", 1000)];

/// An addon of a subscription, or of the body that changes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscribedAddon {
    /// `adn_…`
    pub addon_id: String,
    /// At least 1.
    pub quantity: i64,
}

/// What these cost per cycle, minor units.
///
/// Errors: 422 for an addon that the shop does not have, and for a quantity below 1.
pub(crate) fn price_of(addons: &[SubscribedAddon]) -> Result<i64, ApiError> {
    let mut price = 0_i64;
    for addon in addons {
        let known = ADDONS.iter().find(|(id, _)| *id == addon.addon_id);
        let (_, each) = known.ok_or_else(|| {
            let text = format!("The product has no addon {}", addon.addon_id);
            ApiError::new(422, "MISSING_ADDON_IDS", text)
        })?;
        if addon.quantity < 1 {
            return Err(ApiError::parameters("the quantity of an addon must be at least 1"));
        }
        price = price.saturating_add(each.saturating_mul(addon.quantity));
    }
    Ok(price)
}
