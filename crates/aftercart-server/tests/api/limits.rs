//! Too often, too much at once, too slow, too large.

use crate::helpers::{SHOP, TestApp, problem};
use crate::raw::{connect, read_to_end, send, statuses};
use aftercart_contract::Outcome;
use aftercart_server::Config;
use reqwest::Response;
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

fn retry_after(answer: &Response) -> u64 {
    answer.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}

/// A burst of two from one address.
fn two_at_once(config: &mut Config) {
    config.limits.requests_per_minute_per_address = 8;
}

async fn status_from(app: &TestApp, forwarded: &str) -> u16 {
    let forwarded = reqwest::header::HeaderValue::from_bytes(forwarded.as_bytes()).unwrap();
    app.get("/metrics").header("x-forwarded-for", forwarded).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::start_with(two_at_once).await;
    for _ in 0..2 {
        assert_eq!(app.get("/metrics").send().await.unwrap().status(), 401);
    }
    for path in ["/metrics", "/aftercart/x.js", "/api/tokens", "/api/upsell/pay_1"] {
        let refused = app.get(path).header("origin", SHOP).send().await.unwrap();
        assert!((1..=8).contains(&retry_after(&refused)), "{path}");
        if path == "/api/upsell/pay_1" {
            assert_eq!(refused.headers()["access-control-allow-origin"], SHOP, "the page may read why");
            assert_eq!(refused.headers()["access-control-expose-headers"], "retry-after");
        }
        assert_eq!(problem(refused).await, (429, "too_many_requests".into()), "{path}");
    }
    for _ in 0..5 {
        let webhook = app.post("/webhooks/dodo").send().await.unwrap();
        assert_eq!(problem(webhook).await, (401, "bad_signature".into()), "webhooks are not limited");
        assert_eq!(app.get("/healthz").send().await.unwrap().status(), 200, "often asked is not ill");
    }
}

#[tokio::test]
async fn a_subject_has_its_own_limit() {
    let app = TestApp::start_with(|config| config.limits.requests_per_minute_per_subject = 6).await;
    let ask = async |subject: &str| {
        let path = format!("/api/upsell/{subject}/status?offer_id=course");
        app.get(&path).send().await.unwrap().status().as_u16()
    };
    assert_eq!((ask("pay_1").await, ask("pay_1").await, ask("pay_1").await), (404, 404, 429));
    assert_eq!((ask("pay_2").await, ask("cus_1").await), (404, 401), "others are not concerned");
}

#[tokio::test]
async fn nought_switches_the_limits_off() {
    let app = TestApp::start_with(|config| {
        config.limits.requests_per_minute_per_address = 0;
        config.limits.requests_per_minute_per_subject = 0;
    })
    .await;
    for _ in 0..400 {
        let answer = app.get("/api/upsell/pay_1/status?offer_id=course").send().await.unwrap();
        assert_eq!(answer.status(), 404);
    }
}

#[tokio::test]
async fn behind_a_proxy_the_address_that_it_saw_counts_and_no_other() {
    let app = TestApp::start_with(|config| {
        two_at_once(config);
        config.limits.trusted_proxies = 1;
    })
    .await;
    for spoofed in ["198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1"] {
        assert_eq!(status_from(&app, spoofed).await, 401);
    }
    assert_eq!(status_from(&app, "198.51.100.3, 192.0.2.1").await, 429);
    assert_eq!(status_from(&app, "192.0.2.2").await, 401);
    // Garbled: the proxy's own address counts, so that nobody gets out of the limit by it.
    let garbled = [status_from(&app, "x").await, status_from(&app, "").await, status_from(&app, "y").await];
    assert_eq!(garbled, [401, 401, 429]);
    // Left of the proxy's entry stands what the client likes: it changes nothing, whatever bytes it is.
    let junk = ["\u{e9}, 192.0.2.3", "\u{ff}\u{fe}, 192.0.2.3", "\u{e9},192.0.2.3"];
    let mut told = Vec::new();
    for forwarded in junk {
        told.push(status_from(&app, forwarded).await);
    }
    assert_eq!(told, [401, 401, 429]);
    assert_eq!(status_from(&app, "\u{e9}, 192.0.2.4").await, 401, "nobody shares the junk's limit");
}

#[tokio::test]
async fn inside_a_merchants_application_addresses_are_limited_if_it_names_them() {
    let app = TestApp::start_with(two_at_once).await;
    for (named, expected) in [(false, [401, 401, 401]), (true, [401, 401, 429])] {
        let router = app.server.app().router();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/metrics", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            if named {
                axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
            } else {
                axum::serve(listener, router).await
            }
        });
        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(app.http.get(&url).send().await.unwrap().status().as_u16());
        }
        assert_eq!(told, expected, "{named}");
        serving.abort();
    }
}

#[tokio::test]
async fn beyond_the_requests_in_flight_the_answer_is_no_at_once() {
    let app = TestApp::start_with(|config| config.limits.max_requests_in_flight = 1).await;
    // Nothing but this test asks anything.
    app.control("webhooks", json!({"paused": true})).await;
    let (purchase, offer) = app.offered("cus_slow", "pdt_presets").await;
    let click = app.send_accept(&purchase, &offer, "click-1");
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let started = Instant::now();
        let path = format!("/api/upsell/{purchase}/status?offer_id=course");
        let refused = app.get(&path).send().await.unwrap();
        assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
        assert_eq!(retry_after(&refused), 1);
        assert_eq!(problem(refused).await, (503, "overloaded".into()));
        assert_eq!(app.get("/healthz").send().await.unwrap().status(), 200, "busy is not ill");
    };
    let (accepted, ()) = tokio::join!(click, meanwhile);
    assert_eq!(accepted.status(), 200);
    assert_eq!(app.get("/aftercart/x.js").send().await.unwrap().status(), 404, "there is room again");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up_and_its_charge_goes_on() {
    let app = TestApp::start_with(|config| config.limits.request = Duration::from_millis(1200)).await;
    let (purchase, offer) = app.offered("cus_slow", "pdt_presets").await;
    let given_up = app.send_accept(&purchase, &offer, "click-1").await;
    assert_eq!(problem(given_up).await, (504, "timed_out".into()));
    let ended =
        app.status_until(&purchase, &offer, |outcome| matches!(outcome, Outcome::Succeeded { .. })).await;
    assert!(matches!(ended, Outcome::Succeeded { receipt: Some(_), .. }));
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::start_with(|config| config.limits.body_read = Duration::from_millis(300)).await;
    for (path, origin) in [("/api/upsell/pay_1/accept", SHOP), ("/webhooks/dodo", SHOP)] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\norigin: {origin}\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{{"
        );
        let answer = send(&app, head.as_bytes()).await;
        assert_eq!(statuses(&answer), [408], "{answer}");
        assert!(answer.contains("\"body_timeout\"") && answer.contains("connection: close"), "{answer}");
    }
}

#[tokio::test]
async fn bodies_that_do_not_come_take_no_place_from_anybody() {
    let app = TestApp::start_with(|config| config.limits.max_requests_in_flight = 1).await;
    let mut idle = Vec::new();
    for path in ["/webhooks/dodo", "/api/upsell/pay_1/accept", "/api/upsell/cus_1/events", "/api/tokens"] {
        for _ in 0..5 {
            let mut stream = connect(&app).await;
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\norigin: {SHOP}\r\ncontent-type: application/json\r\n\
                 content-length: 50\r\n\r\n{{"
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            idle.push(stream);
        }
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    for _ in 0..3 {
        assert_eq!(app.get("/aftercart/x.js").send().await.unwrap().status(), 404);
        let webhook = app.post("/webhooks/dodo").body("{}").send().await.unwrap();
        assert_eq!(problem(webhook).await, (401, "bad_signature".into()));
    }
    assert_eq!(idle.len(), 20);
}

#[tokio::test]
async fn only_so_many_large_bodies_are_held_at_once_and_small_ones_need_no_place() {
    let app = TestApp::start().await;
    let mut idle = Vec::new();
    let head = "POST /webhooks/dodo HTTP/1.1\r\nhost: x\r\ncontent-length: 500000\r\n\r\n";
    let part = [head.as_bytes(), "x".repeat(40_000).as_bytes()].concat();
    for _ in 0..64 {
        let mut stream = connect(&app).await;
        stream.write_all(&part).await.unwrap();
        idle.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let one_more = app.post("/webhooks/dodo").body("x".repeat(40_000)).send().await.unwrap();
    assert_eq!(retry_after(&one_more), 1);
    assert_eq!(problem(one_more).await, (503, "overloaded".into()));
    let small = app.post("/webhooks/dodo").body("x".repeat(15_000)).send().await.unwrap();
    assert_eq!(problem(small).await, (401, "bad_signature".into()));
    drop(idle);
    let deadline = Instant::now() + Duration::from_secs(5);
    while app.post("/webhooks/dodo").body("x".repeat(40_000)).send().await.unwrap().status() != 401 {
        assert!(Instant::now() < deadline, "room comes back");
    }
}

#[tokio::test]
async fn headers_that_do_not_come_end_the_connection_and_an_idle_one_ends_too() {
    let app = TestApp::start_with(|config| config.limits.header_read = Duration::from_millis(300)).await;
    let started = Instant::now();
    let mut slow = connect(&app).await;
    let dripping = async {
        // One byte at a time keeps no connection alive.
        for byte in b"GET /healthz HTTP/1.1\r\nx: ".iter().cycle() {
            if slow.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), dripping).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let answer = send(&app, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(statuses(&answer), [200], "answered, then idle, then closed");
}

#[tokio::test]
async fn one_connection_carries_many_requests() {
    let app = TestApp::start().await;
    let twice = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert_eq!(statuses(&send(&app, twice).await), [200, 200]);
}

#[tokio::test]
async fn when_more_than_half_of_the_connections_are_taken_new_ones_are_not_kept() {
    let app = TestApp::start_with(|config| config.limits.max_connections = 4).await;
    let twice = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let _held = [connect(&app).await, connect(&app).await];
    assert_eq!(statuses(&send(&app, twice).await), [200]);
}

#[tokio::test]
async fn headers_are_bounded_in_size_and_number() {
    let app = TestApp::start().await;
    let ask = async |fields: &str| {
        let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n");
        statuses(&send(&app, head.as_bytes()).await)
    };
    assert_eq!(ask(&format!("x: {}\r\n", "a".repeat(10_000))).await, [200]);
    assert_eq!(ask(&format!("x: {}\r\n", "a".repeat(20_000))).await, [431]);
    assert_eq!(ask(&"x: a\r\n".repeat(60)).await, [200]);
    assert_eq!(ask(&"x: a\r\n".repeat(70)).await, [431]);
}

#[tokio::test]
async fn beyond_the_open_connections_the_next_is_refused_until_one_ends() {
    let app = TestApp::start_with(|config| config.limits.max_connections = 2).await;
    let held = [connect(&app).await, connect(&app).await];
    // The two are accepted in order before the third.
    let mut third = connect(&app).await;
    assert_eq!(statuses(&read_to_end(&mut third).await), [503]);
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(5);
    let request = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    while statuses(&send(&app, request).await) != [200] {
        assert!(Instant::now() < deadline, "room comes back");
    }
}

#[tokio::test]
async fn made_up_payments_leave_accepts_their_half_of_dodos_limit() {
    let app = TestApp::start_with(|config| {
        config.dodo_requests_per_minute = 60;
        config.limits.requests_per_minute_per_address = 0;
    })
    .await;
    let lookups = async || {
        let log = app.observe("requests").await;
        let asked = log["items"].as_array().unwrap().iter();
        asked.filter(|request| request["path"].as_str().unwrap().contains("pay_made_up")).count()
    };
    let mut asking = tokio::task::JoinSet::new();
    for id in 0..40 {
        asking.spawn(app.get(&format!("/api/upsell/pay_made_up_{id}")).send());
    }
    let (mut unknown, mut busy) = (0, 0);
    while let Some(answer) = asking.join_next().await {
        let answer = answer.unwrap().unwrap();
        if answer.status() == 200 {
            unknown += 1;
        } else {
            assert_eq!(problem(answer).await, (503, "busy".into()));
            busy += 1;
        }
    }
    assert_eq!(lookups().await, unknown);
    // Half of a second's six, and as many more as begin before one of them is counted.
    assert!((1..=12).contains(&unknown) && busy >= 28, "{unknown} {busy}");
    // Whom a webhook told of is served as ever.
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    assert!(matches!(app.accept(&purchase, &offer, "click-1").await, Outcome::Succeeded { .. }));
}

#[tokio::test]
async fn stopping_waits_for_the_request_that_is_under_way_and_takes_no_other() {
    let app = TestApp::start().await;
    // A webhook of this payment is waited for a little: a second and a half.
    let asked = tokio::spawn(app.get("/api/upsell/pay_nobody").send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let url = app.url("/healthz");
    let TestApp { server, sandbox, .. } = app;
    server.stop().await;
    let answer = tokio::time::timeout(Duration::from_millis(300), asked).await;
    assert_eq!(answer.unwrap().unwrap().unwrap().status(), 200);
    assert!(reqwest::get(url).await.is_err(), "the door is closed");
    drop(sandbox);
}
