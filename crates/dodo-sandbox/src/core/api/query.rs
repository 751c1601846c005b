//! Query parameters of the lists.

use jiff::Timestamp;

use crate::core::error::ApiError;

const DEFAULT_PAGE_SIZE: usize = 10;
const LARGEST_PAGE_SIZE: usize = 100;

/// The decoded pairs of a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a>(pub(crate) &'a [(String, String)]);

impl<'a> Query<'a> {
    /// The first value of that name; an empty one counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    /// An RFC 3339 instant. Errors: 422.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        self.get(name).map(|text| text.parse().map_err(|_| invalid(name))).transpose()
    }

    /// `true` or `false`. Errors: 422.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        self.get(name).map(|text| text.parse().map_err(|_| invalid(name))).transpose()
    }

    /// Whether `value` is what the parameter asks for; an absent parameter asks for nothing.
    pub(crate) fn wants(&self, name: &str, value: Option<&str>) -> bool {
        self.get(name).is_none_or(|wanted| Some(wanted) == value)
    }

    /// Whether `at` lies between `created_at_gte` and `created_at_lte`, both inclusive.
    pub(crate) fn covers(&self, at: Timestamp) -> Result<bool, ApiError> {
        let begins = self.instant("created_at_gte")?.is_none_or(|from| at >= from);
        let ends = self.instant("created_at_lte")?.is_none_or(|until| at <= until);
        Ok(begins && ends)
    }

    /// Cuts the page out of `items` that was asked for. Pages count from 0. Errors: 422.
    pub(crate) fn page<T>(&self, items: Vec<T>) -> Result<Vec<T>, ApiError> {
        let number = self.count("page_number")?.unwrap_or(0);
        let size = self.count("page_size")?.unwrap_or(DEFAULT_PAGE_SIZE).min(LARGEST_PAGE_SIZE);
        Ok(items.into_iter().skip(number.saturating_mul(size)).take(size).collect())
    }

    fn count(&self, name: &str) -> Result<Option<usize>, ApiError> {
        self.get(name).map(|text| text.parse().map_err(|_| invalid(name))).transpose()
    }
}

fn invalid(name: &str) -> ApiError {
    ApiError::new(422, "INVALID_QUERY_PARAMS", format!("{name} cannot be read"))
}
