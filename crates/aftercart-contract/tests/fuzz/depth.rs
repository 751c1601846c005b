//! Nesting and size: a document is refused before it costs anything.

use aftercart_contract::{
    AcceptRequest, DeclineRequest, DeclineResponse, EventBatch, MAX_DOCUMENT, OfferAnswer, Outcome, Problem,
};
use aftercart_fuzz::{deep_documents, on_a_small_stack};

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    on_a_small_stack(|| {
        for text in deep_documents() {
            let head = &text[..60];
            assert!(OfferAnswer::from_json(&text).is_err(), "{head}");
            assert!(Outcome::from_json(&text).is_err(), "{head}");
            assert!(DeclineResponse::from_json(&text).is_err(), "{head}");
            assert!(Problem::from_json(&text).is_err(), "{head}");
            // A server reads its requests through serde, with no bound but its own.
            assert!(serde_json::from_str::<OfferAnswer>(&text).is_err(), "{head}");
            assert!(serde_json::from_str::<Outcome>(&text).is_err(), "{head}");
            assert!(serde_json::from_str::<AcceptRequest>(&text).is_err(), "{head}");
            assert!(serde_json::from_str::<DeclineRequest>(&text).is_err(), "{head}");
            assert!(serde_json::from_str::<EventBatch>(&text).is_err(), "{head}");
        }
    });
}

#[test]
fn an_outcome_inside_accepted_before_is_never_accepted_before_itself() {
    on_a_small_stack(|| {
        let (open, close) = (r#"{"status":"already_accepted","outcome":"#, "}");
        for levels in [1, 2, 120] {
            let inner = r#"{"status":"unknown","poll_after_ms":9}"#;
            let text = format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
            let Ok(Outcome::AlreadyAccepted { outcome }) = Outcome::from_json(&text) else {
                panic!("{text}")
            };
            assert_eq!(*outcome, Outcome::Unknown { poll_after_ms: 9 }, "{levels} levels");
        }
    });
}

#[test]
fn a_document_longer_than_the_bound_is_refused_unread() {
    let padded = |length: usize| {
        let text = r#"{"status":"unknown","poll_after_ms":9}"#;
        format!("{text}{}", " ".repeat(length - text.len()))
    };
    assert!(Outcome::from_json(&padded(MAX_DOCUMENT)).is_ok());
    let error = Outcome::from_json(&padded(MAX_DOCUMENT + 1)).unwrap_err().to_string();
    assert!(error.contains("longer than"), "{error}");
}
