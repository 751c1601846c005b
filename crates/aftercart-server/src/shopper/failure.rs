//! Failure codes and the sentence a shopper reads for each.

/// The code that leaves the server: lower case, and fraud codes made neutral.
///
/// Issuers ask that a holder of a stolen card learns nothing (Dodo, decline codes).
pub(crate) fn public_code(dodo_code: &str) -> String {
    let code = dodo_code.to_ascii_lowercase();
    match code.as_str() {
        "stolen_card" | "lost_card" | "pickup_card" | "fraudulent" => "generic_decline".to_owned(),
        "" => "unknown_error".to_owned(),
        _ => code,
    }
}

/// The sentence for a public code in this locale (English where the language is not ours).
pub(crate) fn sentence(public_code: &str, locale: &str) -> &'static str {
    let french = locale.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("fr"));
    let [english, in_french] = sentences(public_code);
    if french { in_french } else { english }
}

fn sentences(code: &str) -> [&'static str; 2] {
    match code {
        "insufficient_funds" | "limit_exceeded" | "card_velocity_exceeded" => [
            "Your card does not have enough funds or has reached its limit. You have not been charged.",
            "Votre carte n’a pas assez de fonds ou a atteint son plafond. Vous n’avez pas été débité.",
        ],
        "expired_card" | "invalid_expiry_year" => [
            "Your card has expired. You have not been charged.",
            "Votre carte a expiré. Vous n’avez pas été débité.",
        ],
        "authentication_required" | "authentication_failure" | "authentication_timeout" => [
            "Your bank wants you to confirm this payment. You have not been charged.",
            "Votre banque vous demande de confirmer ce paiement. Vous n’avez pas été débité.",
        ],
        "no_payment_method" | "no_eligible_payment_methods" | "payment_method_unsupported" => [
            "Your saved payment method cannot pay for this. You have not been charged.",
            "Votre moyen de paiement enregistré ne peut pas régler cet achat. Vous n’avez pas été débité.",
        ],
        "cancelled" | "customer_cancelled" => [
            "The payment was cancelled. You have not been charged.",
            "Le paiement a été annulé. Vous n’avez pas été débité.",
        ],
        "network_error"
        | "network_timeout"
        | "processing_error"
        | "try_again_later"
        | "too_many_requests"
        | "gateway_unreachable"
        | "given_up"
        | "not_sent"
        | "resolved_uncharged" => [
            "The payment could not be processed just now. You have not been charged.",
            "Le paiement n’a pas pu être traité pour l’instant. Vous n’avez pas été débité.",
        ],
        _ => [
            "Your bank did not accept the payment. You have not been charged.",
            "Votre banque n’a pas accepté le paiement. Vous n’avez pas été débité.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fraud_codes_leave_as_a_generic_decline() {
        for code in ["STOLEN_CARD", "LOST_CARD", "PICKUP_CARD", "FRAUDULENT"] {
            assert_eq!(public_code(code), "generic_decline");
        }
        assert_eq!(public_code("INSUFFICIENT_FUNDS"), "insufficient_funds");
        assert_eq!(public_code("SOMETHING_NEW"), "something_new");
    }

    #[test]
    fn a_fraud_code_reads_like_any_other_refusal() {
        assert_eq!(sentence(&public_code("STOLEN_CARD"), "en"), sentence("do_not_honor", "en"));
        assert_ne!(sentence("expired_card", "fr"), sentence("expired_card", "en"));
        assert_eq!(sentence("expired_card", "fr-CA"), sentence("expired_card", "fr"));
    }
}
