//! Damaged tokens and key lists: only what was signed verifies.

use super::{OfferClaims, SubjectClaims, TokenKeys};
use aftercart_contract::{AmountMinor, Currency, CustomerId, MethodRef, OfferId, PaymentId, ProductId};
use aftercart_fuzz::{Corpus, fuzz};
use jiff::Timestamp;

const KEYS: &str =
    "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn offer_claims() -> OfferClaims {
    OfferClaims {
        customer: CustomerId::new("cus_1").unwrap(),
        occasion: PaymentId::new("pay_1").unwrap().into(),
        offer: OfferId::new("course").unwrap(),
        step: 0,
        product: ProductId::new("pdt_course").unwrap(),
        quantity: 1,
        amount: AmountMinor::new(5390).unwrap(),
        currency: Currency::new("USD").unwrap(),
        renewal: AmountMinor::new(2200).ok(),
        method: MethodRef::new("mtd_1").ok(),
        locale: "en".to_owned(),
        change: None,
        vouched: true,
        quote_exp: 100,
        exp: 200,
    }
}

#[test]
fn token() {
    let keys = TokenKeys::parse(KEYS).unwrap();
    let old = TokenKeys::parse(KEYS.split(',').next_back().unwrap()).unwrap();
    let subject = SubjectClaims { customer: CustomerId::new("cus_1").unwrap(), exp: 100 };
    let subjects = [keys.sign_subject(&subject), old.sign_subject(&subject)];
    let offers = [keys.sign_offer(&offer_claims()), old.sign_offer(&offer_claims())];
    let seeds: Vec<&str> = subjects.iter().chain(&offers).map(String::as_str).collect();
    let corpus =
        Corpus::of(&seeds).words(&["a1.", "k1", "k2", ".", "=", "-_", "e30", "eyJmb3IiOiJvZmZlciJ9"]);
    fuzz("token", &corpus, |input| {
        let text = String::from_utf8_lossy(input);
        let as_subject = keys.verify_subject(&text, Timestamp::UNIX_EPOCH).is_ok();
        if as_subject != subjects.iter().any(|token| *token == text) {
            return Err(format!("a subject token: {as_subject}"));
        }
        let as_offer = keys.verify_offer(&text);
        let is_offer = offers.iter().any(|token| *token == text);
        match as_offer {
            Ok(claims) if is_offer && claims == offer_claims() => Ok(()),
            Err(_) if !is_offer => Ok(()),
            other => Err(format!("an offer token: {other:?}")),
        }
    });
}

#[test]
fn token_keys() {
    let corpus = Corpus::of(&[KEYS, "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="]);
    fuzz("token_keys", &corpus.words(&["k1:", ",", "=", "AAAA", " "]), |input| {
        let text = String::from_utf8_lossy(input);
        let read = TokenKeys::parse(&text);
        let shown = format!("{read:?}");
        // The key is the part after the colon; an id may be shown.
        let keys = text.split(',').filter_map(|entry| entry.split_once(':')).map(|(_, key)| key.trim());
        if keys.filter(|key| key.len() > 40).any(|key| shown.contains(key)) {
            return Err(format!("shows a key: {shown}"));
        }
        let Ok(keys) = read else { return Ok(()) };
        let token = keys.sign_offer(&offer_claims());
        if keys.verify_offer(&token) == Ok(offer_claims()) {
            Ok(())
        } else {
            Err("signs what it refuses".to_owned())
        }
    });
}
