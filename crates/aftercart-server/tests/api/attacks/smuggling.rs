//! Requests that two servers would read differently: each is one request here, or none.

use crate::helpers::{SHOP, TestApp};
use crate::raw::{send, statuses};
use aftercart_contract::Offer;

/// An accept that would charge if it were taken for a request of its own.
fn accept(purchase: &str, offer: &Offer) -> String {
    let token = offer.token.as_ref().unwrap().reveal();
    let body = format!(r#"{{"offer_id":"{}","token":"{token}"}}"#, offer.offer_id);
    format!(
        "POST /api/upsell/{purchase}/accept HTTP/1.1\r\nhost: x\r\norigin: {SHOP}\r\nidempotency-key: k\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn no_request_hides_in_another() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let hidden = accept(&purchase, &offer);
    let length = hidden.len() + 5;
    let events = "POST /api/upsell/pay_1/events HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n";
    // Name, the fields that say how long the body is, and the status of the one answer.
    let rows: [(&str, String, u16); 14] = [
        (
            "length, then chunks",
            format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            422,
        ),
        (
            "chunks, then length",
            format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n\r\n0\r\n\r\n"),
            422,
        ),
        ("two lengths", format!("content-length: 0\r\ncontent-length: {length}\r\n\r\n"), 400),
        ("a list of lengths", format!("content-length: 0, {length}\r\n\r\n"), 400),
        ("a length with a sign", "content-length: +0\r\n\r\n".into(), 400),
        ("a length in hexadecimal", "content-length: 0x0\r\n\r\n".into(), 400),
        ("a negative length", "content-length: -1\r\n\r\n".into(), 400),
        ("an encoding that is none", "transfer-encoding: xchunked\r\n\r\n".into(), 400),
        ("chunks that are not last", "transfer-encoding: chunked, identity\r\n\r\n".into(), 400),
        ("a space before the colon", "transfer-encoding : chunked\r\n\r\n0\r\n\r\n".into(), 400),
        ("a folded header", "x: a\r\n transfer-encoding: chunked\r\n\r\n".into(), 400),
        ("a NUL in a header", "x: a\0b\r\n\r\n".into(), 400),
        ("a bare CR in a header", "x: a\rtransfer-encoding: chunked\r\n\r\n".into(), 400),
        (
            "a chunk longer than any number",
            "transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n".into(),
            422,
        ),
    ];
    for (name, framing, status) in rows {
        let answers = send(&app, format!("{events}{framing}{hidden}").as_bytes()).await;
        assert_eq!(statuses(&answers), [status], "{name}: {answers}");
        assert_eq!(app.charges().await.len(), 0, "{name}");
    }
    // The same bytes alone are an accept: the rows above hid something real.
    assert_eq!(statuses(&send(&app, hidden.as_bytes()).await), [200]);
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn bare_line_feeds_end_a_line_and_never_a_value() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    // A proxy that reads `x: a\norigin: …` as one value has passed on no origin: neither is one taken
    // beside it. Named twice, it is refused.
    let twice =
        accept(&purchase, &offer).replace("host: x\r\n", "host: x\nx: a\norigin: https://evil.example\r\n");
    let answer = send(&app, twice.as_bytes()).await;
    assert_eq!(statuses(&answer), [403], "{answer}");
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn what_is_no_http_is_refused_without_a_word_about_us() {
    let app = TestApp::start().await;
    let rows: [(&str, &[u8], &[u16]); 6] = [
        ("another protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", &[400]),
        ("no method", b" / HTTP/1.1\r\n\r\n", &[400]),
        ("a version that is none", b"GET /healthz HTTP/9.9\r\n\r\n", &[400]),
        (
            "chunks before their time",
            b"POST /webhooks/dodo HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            &[400],
        ),
        ("HTTP/2 without being asked", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[]),
        (
            "an endless address",
            &[b"GET /", vec![b'a'; 70_000].as_slice(), b" HTTP/1.1\r\n\r\n"].concat(),
            &[431],
        ),
    ];
    for (name, bytes, expected) in rows {
        let answer = send(&app, bytes).await;
        assert_eq!(statuses(&answer), expected, "{name}: {answer}");
        assert!(!answer.to_lowercase().contains("server:"), "{name}: {answer}");
    }
}
