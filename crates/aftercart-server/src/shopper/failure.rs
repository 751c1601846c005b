//! Failure codes: the code that leaves the server, the sentence a shopper reads, what can be done.
//!
//! 1. One table. A code that is not in it is Dodo's to add and gets the generic row.
//! 2. No row invites to the same method again: it was tried once and is locked for this purchase.
//! 3. Codes that tell of theft or fraud leave as any other refusal, with the same sentence: issuers ask
//!    that the holder of a stolen card learns nothing (Dodo, decline codes).

use super::speech::{language, sentences};

/// What the shopper can do about a failed payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Pay with another method: a saved one, or at the checkout.
    OtherMethod,
    /// Put the saved method right: its details, its expiry, its mandate.
    UpdateMethod,
    /// Go to the standard checkout, where the bank or another method can be asked.
    Checkout,
    /// Nothing: the shopper ended it.
    Nothing,
}

impl Remedy {
    /// As an operator reads it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OtherMethod => "other_method",
            Self::UpdateMethod => "update_method",
            Self::Checkout => "checkout",
            Self::Nothing => "nothing",
        }
    }
}

use Remedy::{Checkout, Nothing, OtherMethod, UpdateMethod};

/// What an unknown code, and every code of fraud, becomes.
const GENERIC: (&str, Remedy) = ("failure_generic", OtherMethod);

/// Dodo's 46 codes (API reference, `payment.error_code`), then ours; each with its sentence's key in
/// `locales/server/` and its remedy.
const TABLE: &[(&[&str], &str, Remedy)] = &[
    (&["stolen_card", "lost_card", "pickup_card", "fraudulent"], GENERIC.0, GENERIC.1),
    (
        &[
            "generic_decline",
            "unknown_error",
            "card_declined",
            "do_not_honor",
            "payment_method_provider_declined",
            "transaction_not_approved",
        ],
        GENERIC.0,
        GENERIC.1,
    ),
    (&["insufficient_funds", "limit_exceeded", "card_velocity_exceeded"], "failure_funds", OtherMethod),
    (&["expired_card", "invalid_expiry_year"], "failure_expired", UpdateMethod),
    (
        &[
            "authentication_failure",
            "authentication_required",
            "authentication_timeout",
            "reenter_transaction",
            "invalid_pin",
        ],
        "failure_confirm",
        Checkout,
    ),
    (
        &[
            "incorrect_cvc",
            "incorrect_number",
            "invalid_card_number",
            "invalid_card_owner",
            "invalid_cvc",
            "invalid_upi_id",
            "invalid_account",
        ],
        "failure_details",
        UpdateMethod,
    ),
    (
        &[
            "card_not_activated",
            "live_mode_test_card",
            "payment_method_unsupported",
            "no_eligible_payment_methods",
            "unsupported_currency",
            "provider_unsupported",
            "transaction_not_allowed",
            "invalid_amount",
        ],
        "failure_method",
        OtherMethod,
    ),
    (
        &["mandate_invalid", "mandate_required", "mandate_required_system", "revocation_of_authorization"],
        "failure_mandate",
        UpdateMethod,
    ),
    (
        &[
            "network_error",
            "network_timeout",
            "processing_error",
            "try_again_later",
            "order_creation_failed",
            "invalid_request",
        ],
        "failure_not_now",
        Checkout,
    ),
    (&["customer_cancelled"], "failure_cancelled", Nothing),
    // Ours, and what Dodo's API says before or beside a payment.
    (&["cancelled"], "failure_cancelled", Nothing),
    (&["requires_payment_method", "no_payment_method"], "failure_method", Checkout),
    (
        &[
            "given_up",
            "not_sent",
            "price_moved",
            "resolved_uncharged",
            "too_many_requests",
            "gateway_unreachable",
        ],
        "failure_not_now",
        Checkout,
    ),
];

/// The code that leaves the server: lower case, and fraud codes made neutral.
pub(crate) fn public_code(dodo_code: &str) -> String {
    let code = dodo_code.to_ascii_lowercase();
    match code.as_str() {
        "stolen_card" | "lost_card" | "pickup_card" | "fraudulent" => "generic_decline".to_owned(),
        "" => "unknown_error".to_owned(),
        _ => code,
    }
}

/// The sentences for a code in this locale: what happened, and that nothing was charged.
pub(crate) fn sentence(code: &str, locale: &str) -> String {
    let tag = language(locale);
    let what = aftercart_words::backend(tag, row(code).0);
    sentences(tag, [what, aftercart_words::backend(tag, "failure_uncharged")])
}

/// The same for a plan change: the plan is as it was, too.
pub(crate) fn sentence_of_change(code: &str, locale: &str) -> String {
    let kept = aftercart_words::widget(language(locale), "called_off_text");
    sentences(locale, [&*sentence(code, locale), kept])
}

/// True for a code that says of the method that it does not work in the currency it was tried in.
pub(crate) fn refuses_currency(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    ["payment_method_unsupported", "no_eligible_payment_methods", "unsupported_currency"]
        .contains(&code.as_str())
}

/// What can be done after a failure with this code.
pub(crate) fn remedy(code: &str) -> Remedy {
    row(code).1
}

fn row(code: &str) -> (&'static str, Remedy) {
    let code = code.to_ascii_lowercase();
    let found = TABLE.iter().find(|(codes, ..)| codes.contains(&code.as_str()));
    found.map_or(GENERIC, |(_, sentence, remedy)| (*sentence, *remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code of Dodo's reference, soft ones first.
    const DODO: &str = "AUTHENTICATION_FAILURE AUTHENTICATION_REQUIRED AUTHENTICATION_TIMEOUT CARD_NOT_ACTIVATED \
        CARD_VELOCITY_EXCEEDED CUSTOMER_CANCELLED GENERIC_DECLINE INCORRECT_CVC INCORRECT_NUMBER INSUFFICIENT_FUNDS \
        INVALID_AMOUNT INVALID_CARD_NUMBER INVALID_CARD_OWNER INVALID_CVC INVALID_EXPIRY_YEAR INVALID_PIN \
        INVALID_REQUEST INVALID_UPI_ID LIMIT_EXCEEDED LIVE_MODE_TEST_CARD MANDATE_INVALID MANDATE_REQUIRED \
        NETWORK_ERROR NETWORK_TIMEOUT ORDER_CREATION_FAILED PROCESSING_ERROR REENTER_TRANSACTION TRY_AGAIN_LATER \
        UNKNOWN_ERROR CARD_DECLINED DO_NOT_HONOR EXPIRED_CARD FRAUDULENT INVALID_ACCOUNT LOST_CARD \
        MANDATE_REQUIRED_SYSTEM PAYMENT_METHOD_PROVIDER_DECLINED PAYMENT_METHOD_UNSUPPORTED PICKUP_CARD \
        PROVIDER_UNSUPPORTED REVOCATION_OF_AUTHORIZATION STOLEN_CARD TRANSACTION_NOT_ALLOWED \
        TRANSACTION_NOT_APPROVED";
    const OURS: &str = "CANCELLED GIVEN_UP NOT_SENT PRICE_MOVED REQUIRES_PAYMENT_METHOD no_payment_method \
        NO_ELIGIBLE_PAYMENT_METHODS UNSUPPORTED_CURRENCY RESOLVED_UNCHARGED";
    const FRAUD: [&str; 4] = ["STOLEN_CARD", "LOST_CARD", "PICKUP_CARD", "FRAUDULENT"];

    #[test]
    fn every_known_code_is_in_the_table_once_and_speaks_every_language() {
        for code in DODO.split_whitespace().chain(OURS.split_whitespace()) {
            let lower = code.to_ascii_lowercase();
            let rows = TABLE.iter().filter(|(codes, ..)| codes.contains(&lower.as_str())).count();
            assert_eq!(rows, 1, "{code}");
            for tag in aftercart_words::TAGS {
                let what = aftercart_words::backend(tag, row(code).0);
                assert!(!what.is_empty() && sentence(code, tag).starts_with(what), "{code} in {tag}");
            }
        }
        assert_eq!(TABLE.iter().map(|(codes, ..)| codes.len()).sum::<usize>(), 55, "no code beside these");
    }

    #[test]
    fn fraud_codes_leave_as_a_generic_decline_and_read_like_one() {
        for code in FRAUD {
            assert_eq!(public_code(code), "generic_decline");
            assert_eq!(sentence(code, "en"), sentence("do_not_honor", "en"));
            assert_eq!(remedy(code), remedy("generic_decline"));
        }
        assert_eq!(public_code("INSUFFICIENT_FUNDS"), "insufficient_funds");
    }

    #[test]
    fn a_code_of_next_year_is_generic() {
        assert_eq!(public_code("SOMETHING_NEW"), "something_new");
        assert_eq!(sentence("SOMETHING_NEW", "de"), sentence("generic_decline", "de"));
    }

    #[test]
    fn a_failure_reads_in_the_shoppers_language() {
        assert_eq!(
            sentence("EXPIRED_CARD", "de-AT"),
            "Ihre Karte ist abgelaufen. Es wurde nichts abgebucht."
        );
        assert_eq!(sentence("expired_card", "fr-CA"), sentence("expired_card", "fr"));
        assert_eq!(
            sentence("expired_card", "ja"),
            "カードの有効期限が切れています。請求は行われていません。"
        );
        assert_eq!(sentence("expired_card", "tlh"), sentence("expired_card", "en"));
    }
}
