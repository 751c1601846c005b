//! Requests are written by hand, since serde's writer weighs in a browser. What is written is what serde writes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use aftercart_contract::{
    AcceptRequest, DeclineRequest, EventBatch, EventName, OfferId, OfferToken, QuoteRequest, ReportedEvent,
    Revocation, RevokeRequest, Timestamp,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// Writes a request in both ways and reads it again.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(request: &T, written: &str) {
    assert_eq!(written, serde_json::to_string(request).unwrap());
    assert_eq!(serde_json::from_str::<T>(written).unwrap(), *request);
}

fn id() -> OfferId {
    OfferId::new("course").unwrap()
}

fn token() -> OfferToken {
    OfferToken::new("v1.k1.abc").unwrap()
}

#[test]
fn an_accept_and_a_quote_are_written_as_serde_writes_them() {
    let bare = AcceptRequest {
        offer_id: id(),
        token: None,
        payment_method: None,
        quantity: None,
        text_version: None,
        consent: false,
    };
    check(&bare, &bare.to_json());
    let text = include_str!("../../../fixtures/contract/accept_request.full.json");
    let full: AcceptRequest = serde_json::from_str(text).unwrap();
    check(&full, &full.to_json());
    let quote = QuoteRequest { offer_id: id(), token: token(), quantity: u32::MAX };
    check(&quote, &quote.to_json());
}

#[test]
fn words_of_others_are_escaped() {
    let request = DeclineRequest { offer_id: id(), token: Some(token()), reason: None };
    check(&request, &request.to_json());
    let reason = Some("\"too\" \\dear\n\t\u{1f}\u{7f} – schön 😀".to_owned());
    let DeclineRequest { reason: read, .. } =
        serde_json::from_str(&DeclineRequest { reason: reason.clone(), ..request }.to_json()).unwrap();
    assert_eq!(read, reason);
}

#[test]
fn every_wish_and_every_event_has_its_word() {
    for wish in [Revocation::Hold, Revocation::Resume, Revocation::Revoke] {
        let request = RevokeRequest { offer_id: id(), token: token(), wish };
        check(&request, &request.to_json());
    }
    let names = [
        EventName::Shown,
        EventName::Seen,
        EventName::Accepted,
        EventName::Declined,
        EventName::Redirected,
        EventName::Failed,
    ];
    let at = Timestamp::new("2026-01-16T10:00:00Z").unwrap();
    for count in 0..=names.len() {
        let events = names.iter().take(count).map(|name| ReportedEvent { name: *name, at: at.clone() });
        let batch = EventBatch { offer_id: id(), token: (count > 1).then(token), events: events.collect() };
        check(&batch, &batch.to_json());
    }
}
