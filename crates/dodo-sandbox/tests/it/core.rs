//! The core without a socket: time and chance come from outside.

use std::time::Duration;

use dodo_sandbox::core::api::ApiRequest;
use dodo_sandbox::core::{Core, Moment, RETRY_SCHEDULE_SECONDS, Settings};
use dodo_sandbox::{DeclineMode, Proration};

use crate::support::one_click_body;

fn at(seconds: u64) -> Moment {
    let start: jiff::Timestamp = "2026-01-16T10:00:00Z".parse().unwrap();
    let elapsed = Duration::from_secs(seconds);
    Moment { at: start.checked_add(jiff::SignedDuration::try_from(elapsed).unwrap()).unwrap(), elapsed }
}

fn core() -> Core {
    let settings = Settings {
        base_url: "http://127.0.0.1:1".into(),
        api_key: "key".into(),
        decline_mode: DeclineMode::Recorded,
        require_billing_address_on_confirm: false,
        proration: Proration::Current,
        strict_scheduled_modes: false,
        seed: 7,
    };
    let mut core = Core::new(settings, at(0));
    core.outbox.endpoint = Some("http://127.0.0.1:2/hook".into());
    core
}

fn charge(scenario: &str) -> ApiRequest {
    ApiRequest {
        method: "POST".into(),
        path: "/checkouts".into(),
        bearer: Some("key".into()),
        body: one_click_body(scenario, "pdt_guide").to_string().into_bytes(),
        ..ApiRequest::default()
    }
}

#[test]
fn equal_seeds_and_calls_give_equal_answers_and_events() {
    let run = || {
        let mut core = core();
        let answer = core.answer(at(1), &charge("processing"));
        core.tick(at(10));
        let sent: Vec<String> = core.take_due(at(10)).into_iter().map(|dispatch| dispatch.body).collect();
        (answer, sent)
    };
    let (answer, sent) = run();
    assert_eq!(sent.len(), 2, "processing and succeeded");
    assert_eq!((answer, sent), run());
}

#[test]
fn attempts_are_made_exactly_on_dodos_schedule() {
    let mut core = core();
    core.answer(at(0), &charge("paid"));
    let (mut now, mut made) = (0, Vec::new());
    while let Some(due) = core.next_due() {
        assert!(due.is_zero() || core.take_due(at(due.as_secs() - 1)).is_empty(), "nothing is sent early");
        made.push(due.as_secs() - now);
        now = due.as_secs();
        for dispatch in core.take_due(at(now)) {
            core.record_attempt(at(now), &dispatch.delivery_id, Ok(500));
        }
    }
    assert_eq!(made, RETRY_SCHEDULE_SECONDS);
}
