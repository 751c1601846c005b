//! Tax by billing country. The rates are the sandbox's own: round numbers that are easy to check by eye.

/// Percent added to (or contained in) a price for a buyer who lives in `country`, an ISO 3166 code.
pub(crate) fn rate_percent(country: &str) -> i64 {
    match country {
        "US" | "JP" => 10,
        "DE" => 19,
        "FR" | "GB" => 20,
        _ => 0,
    }
}

/// The tax on `amount` minor units, rounded half up. An inclusive amount already contains it.
pub(crate) fn tax_on(amount: i64, percent: i64, inclusive: bool) -> i64 {
    let divisor = if inclusive { 100 + percent } else { 100 };
    // amount ≤ 2^31 after the limits in `quote`, so nothing here comes near the range of i64.
    (amount * percent * 2 + divisor) / (divisor * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_rounds_half_up_to_the_minor_unit() {
        for (amount, percent, inclusive, tax) in [
            (4900, 10, false, 490),
            (1905, 10, false, 191),
            (1904, 10, false, 190),
            (3900, 19, true, 623),
            (12_500, 0, false, 0),
            (4500, 10, false, 450),
        ] {
            assert_eq!(tax_on(amount, percent, inclusive), tax, "{amount} at {percent} %");
        }
    }
}
