//! How many decimals a currency has, and money as the sandbox's own pages write it.

/// Decimals of an ISO 4217 currency: 0, 2 or 3.
pub(crate) fn exponent(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `USD 29.00`, `JPY 4500`, `KWD 12.500`: the code, so that no page has to guess a symbol.
pub(crate) fn written(amount_minor: i64, currency: &str) -> String {
    let decimals = exponent(currency);
    let unit = 10_u64.pow(decimals);
    let (sign, amount) = (if amount_minor < 0 { "-" } else { "" }, amount_minor.unsigned_abs());
    let (whole, rest) = (amount / unit, amount % unit);
    if decimals == 0 {
        return format!("{currency} {sign}{whole}");
    }
    format!("{currency} {sign}{whole}.{rest:0width$}", width = decimals as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(written(2900, "USD"), "USD 29.00");
        assert_eq!(written(4500, "JPY"), "JPY 4500");
        assert_eq!(written(12_505, "KWD"), "KWD 12.505");
        assert_eq!(written(-5, "EUR"), "EUR -0.05");
    }
}
