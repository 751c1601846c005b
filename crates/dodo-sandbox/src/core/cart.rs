//! What is being bought.

use serde::{Deserialize, Serialize};

use super::error::ApiError;

/// Dodo takes at most this many lines in a checkout.
const LONGEST_CART: usize = 20;

/// A product and how many of it. Addons and free amounts of a request are ignored.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct CartLine {
    /// `pdt_…`
    pub product_id: String,
    /// At least 1.
    pub quantity: i64,
}

/// Checks length and quantities; whether the products exist is the quote's question.
pub(crate) fn check(cart: &[CartLine]) -> Result<(), ApiError> {
    if cart.is_empty() {
        return Err(empty());
    }
    if cart.len() > LONGEST_CART {
        return Err(ApiError::parameters(format!("product_cart may have at most {LONGEST_CART} items")));
    }
    if cart.iter().any(|line| line.quantity < 1) {
        return Err(ApiError::parameters("quantity must be at least 1"));
    }
    Ok(())
}

/// The refusal of an empty cart, spelled as Dodo spells it.
pub(crate) fn empty() -> ApiError {
    ApiError::new(422, "PRODUCT_CART_EMTPY", "The product cart is empty")
}
