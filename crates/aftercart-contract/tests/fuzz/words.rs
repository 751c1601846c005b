//! Single values: ids, addresses, times, money.

use crate::rules::leads_to_the_web;
use aftercart_contract::{
    AmountMinor, Currency, CustomerId, IdempotencyKey, MethodRef, Money, OfferId, OfferToken, PaymentId,
    ProductId, SessionId, Subject, Timestamp, WebUrl,
};
use aftercart_fuzz::{Corpus, fuzz};

/// Gives every input that is text to `check`.
fn texts(parser: &str, corpus: &Corpus, check: impl Fn(&str) -> Result<(), String>) {
    fuzz(parser, corpus, |input| std::str::from_utf8(input).map_or(Ok(()), &check));
}

/// What an identifier may be, said a second time and differently.
fn is_plain(text: &str, longest: usize) -> Result<(), String> {
    let allowed = |sign: char| ('!'..='~').contains(&sign) && !"/?#\"\\<>".contains(sign);
    let fits = !text.is_empty() && text.len() <= longest && text.chars().all(allowed);
    if fits { Ok(()) } else { Err(format!("`{text}` is no identifier")) }
}

#[test]
fn ids() {
    let corpus = Corpus::of(&["pay_1", "off_course-2", &"a".repeat(128), &"a".repeat(2048)]);
    texts("ids", &corpus, |text| {
        let ids = [
            OfferId::new(text).map(String::from),
            ProductId::new(text).map(String::from),
            CustomerId::new(text).map(String::from),
            PaymentId::new(text).map(String::from),
            SessionId::new(text).map(String::from),
            IdempotencyKey::new(text).map(String::from),
            MethodRef::new(text).map(String::from),
        ];
        for id in ids.into_iter().flatten() {
            is_plain(&id, 128)?;
            if id != text {
                return Err(format!("`{text}` became `{id}`"));
            }
        }
        OfferToken::new(text).map_or(Ok(()), |token| is_plain(token.reveal(), 2048))
    });
}

#[test]
fn subject() {
    let corpus = Corpus::of(&["pay_1", "cus_1", "pay_", "cus_é", &format!("pay_{}", "x".repeat(124))]);
    texts("subject", &corpus.words(&["pay_", "cus_"]), |text| {
        let Ok(subject) = Subject::parse(text) else { return Ok(()) };
        is_plain(subject.as_str(), 128)?;
        let is_kept = subject.as_str() == text && Subject::parse(subject.as_str()).as_ref() == Ok(&subject);
        let is_right_kind = matches!(subject, Subject::Payment(_)) == text.starts_with("pay_");
        if is_kept && is_right_kind { Ok(()) } else { Err(format!("{subject:?}")) }
    });
}

#[test]
fn web_url() {
    let corpus = Corpus::of(&[
        "https://shop.example/path?query=1#part",
        "https://shop.example:8443/",
        "http://localhost:8080/",
        "http://127.0.0.1",
        "http://[::1]:9/",
        "https://[2001:db8::1]/",
        "https://xn--bcher-kva.example/",
    ]);
    let corpus = corpus.words(&[
        "https:",
        "http:",
        "//",
        "\\",
        "@",
        "localhost",
        "127.0.0.1",
        "[::1]",
        ":443",
        "%2e",
        "%40",
        "..",
        ".",
        "\t",
        "\n",
        "#",
        "?",
        "0x7f.1",
        "xn--",
        "_",
        "evil.example",
    ]);
    texts("web_url", &corpus, |text| {
        let Ok(address) = WebUrl::new(text) else { return Ok(()) };
        if address.as_str() != text || text.len() > 2048 {
            return Err(format!("`{text}` became `{address}`"));
        }
        leads_to_the_web(text)?;
        // Redirects are allowed by origin: ours must be the one that a browser goes to.
        let origin = |text| url::Url::parse(text).ok().map(|url| url.origin());
        let is_same = origin(text) == origin(address.origin());
        if is_same { Ok(()) } else { Err(format!("{text} is of {}", address.origin())) }
    });
}

#[test]
fn timestamp() {
    let corpus = Corpus::of(&["2026-01-16T10:00:00Z", "2026-01-16T10:00:00.123456Z", "9999-12-31T23:59:60Z"]);
    texts("timestamp", &corpus.words(&["Z", "T", ".", "+01:00"]), |text| {
        let Ok(time) = Timestamp::new(text) else { return Ok(()) };
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-T:.Z".contains(&byte));
        if plain && time.as_str() == text && text.len() <= 40 { Ok(()) } else { Err(format!("{time:?}")) }
    });
}

#[test]
fn money() {
    let corpus = Corpus::of(&[
        r#"{"amount_minor":1999,"currency":"USD"}"#,
        r#"{"amount_minor":-1250,"currency":"KWD"}"#,
        r#"{"amount_minor":2147483647,"currency":"JPY"}"#,
    ]);
    texts("money", &corpus.words(&["USD", "usd", "JPY", "KWD"]), |text| {
        if let Ok(currency) = Currency::new(text)
            && currency.code() != text
        {
            return Err(format!("{text} became {currency:?}"));
        }
        let Ok(money) = serde_json::from_str::<Money>(text) else { return Ok(()) };
        let written = serde_json::to_string(&money).map_err(|error| error.to_string())?;
        if serde_json::from_str(&written).ok() != Some(money)
            || AmountMinor::new(money.amount_minor.get()).is_err()
        {
            return Err(format!("{money:?}"));
        }
        // The decimal text holds the same digits, whatever the exponent.
        let digits = money.to_decimal().replace('.', "");
        if digits.parse() == Ok(money.amount_minor.get()) { Ok(()) } else { Err(money.to_decimal()) }
    });
}
