//! A browser's JSON parser gives the readers what `serde_json` gives them in every native test.

use aftercart_contract::OfferAnswer;
use wasm_bindgen_test::wasm_bindgen_test;

const DOCUMENTS: [&str; 4] = [
    include_str!("../../fixtures/contract/answer.choice.json"),
    include_str!("../../fixtures/contract/answer.accepted_before.json"),
    include_str!("../../fixtures/contract/guide_answer.camel_case.json"),
    include_str!("../../fixtures/contract/guide_answer.price_object.json"),
];

/// Reads the same text in both ways.
fn check(text: &str) {
    let by_browser = OfferAnswer::from_json(text).ok();
    let by_serde = serde_json::from_str(text).ok();
    assert_eq!(by_browser, by_serde, "{text}");
}

#[wasm_bindgen_test]
fn documents_are_read_as_in_native_tests() {
    for text in DOCUMENTS {
        assert!(OfferAnswer::from_json(text).is_ok(), "{text}");
        check(text);
    }
}

#[wasm_bindgen_test]
fn damaged_documents_are_read_or_refused_as_in_native_tests() {
    let signs =
        ["", "\"", ",", "}", "0", "-", "\\", "[", "e", "é", "\u{feff}", "null", ":", "\n", "/**/", "'"];
    for text in DOCUMENTS {
        let places = text.char_indices().map(|(at, _)| at).step_by(7);
        for (at, sign) in places.zip(signs.iter().cycle()) {
            let (before, after) = text.split_at(at);
            check(&format!("{before}{sign}{after}"));
            let mut rest = after.chars();
            rest.next();
            check(&format!("{before}{sign}{}", rest.as_str()));
        }
    }
}

#[wasm_bindgen_test]
fn numbers_are_what_they_are_in_native_tests() {
    let price = |number: &str| {
        format!(
            r#"{{"product":{{"id":"p","name":"P","currency":"USD","price":{number}}},"unread":{number}}}"#
        )
    };
    let numbers = [
        "0",
        "-0",
        "7",
        "-7",
        "00",
        "07",
        "+7",
        ".5",
        "7.",
        "7.5",
        "7.0",
        "7e0",
        "70E-1",
        "2e3",
        "1e-400",
        "2147483647",
        "2147483648",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "-9223372036854775808",
        "18446744073709551615",
        "1e308",
        "0x7",
        "1_0",
        "NaN",
        "Infinity",
        "7n",
    ];
    for number in numbers {
        check(&price(number));
    }
    assert!(OfferAnswer::from_json(&price("2e3")).is_ok());
}

#[wasm_bindgen_test]
fn depth_has_the_same_limit_and_the_last_of_equal_names_counts() {
    for levels in [125, 126, 127, 128] {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        let text = format!(r#"{{"eligible":false,"unread":{open}{close}}}"#);
        assert_eq!(OfferAnswer::from_json(&text).is_ok(), levels < 127, "{levels}");
        check(&text);
    }
    let twice =
        r#"{"eligible":true,"reason":"no_rule","eligible":false,"reason":"declined","__proto__":null}"#;
    assert!(OfferAnswer::from_json(twice).is_ok());
    check(twice);
}
