//! The undo window: an accept that is charged later, once, or never.

mod ends;
mod races;
mod wishes;

use crate::helpers::TestApp;
use aftercart_contract::Outcome;

/// After presets a course, charged twenty seconds after the click.
const OFFERS: &str = "undo_seconds = 20\n[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\n\
    when.purchased = [\"pdt_presets\"]{{words}}";

async fn shop() -> TestApp {
    TestApp::start_offering(OFFERS).await
}

/// Milliseconds until the charge; `None` while it is held.
fn waiting(outcome: &Outcome) -> Option<u32> {
    match outcome {
        Outcome::Waiting { charged_after_ms, poll_after_ms } => {
            assert!(*poll_after_ms > charged_after_ms.unwrap_or_default(), "{outcome:?}");
            *charged_after_ms
        }
        other => panic!("not waiting: {other:?}"),
    }
}

fn is_paid(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Succeeded { .. })
}
