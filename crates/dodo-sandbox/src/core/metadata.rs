//! Dodo's limits on metadata.

use serde_json::Value;

use super::customer::Metadata;
use super::error::ApiError;

const MOST_KEYS: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

/// Checks count, key alphabet and value kinds. Errors: 422.
pub(crate) fn check(metadata: &Metadata) -> Result<(), ApiError> {
    if metadata.len() > MOST_KEYS {
        return Err(ApiError::parameters(format!("metadata may have at most {MOST_KEYS} keys")));
    }
    for (key, value) in metadata {
        let plain =
            key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_');
        if key.is_empty() || key.len() > LONGEST_KEY || !plain {
            return Err(ApiError::parameters(format!("metadata key {key:?} is not allowed")));
        }
        let fits = match value {
            Value::String(text) => text.chars().count() <= LONGEST_VALUE,
            Value::Number(_) | Value::Bool(_) => true,
            _ => false,
        };
        if !fits {
            return Err(ApiError::parameters(format!("the metadata value of {key:?} is not allowed")));
        }
    }
    Ok(())
}
