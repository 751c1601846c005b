//! One widget on a page of its own making, with a scripted backend.

use aftercart::{Mounted, mount};
use gloo_timers::future::TimeoutFuture;
use serde_json::{Value, json};
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

#[wasm_bindgen(module = "/tests/web/fixture.js")]
extern "C" {
    fn prepare(name: &str, answers: &str, attributes: &str) -> HtmlElement;
    fn requests(name: &str, action: &str) -> String;
    fn events(name: &str) -> String;
    fn refuse(name: &str, event: &str);
    pub(crate) fn put(path: &str, text: &str);
}

thread_local! {
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// The offer of `fixtures/contract/answer.offer.json`.
pub(crate) fn offer() -> Value {
    serde_json::from_str(include_str!("../../fixtures/contract/answer.offer.json")).unwrap()
}

/// The same with some fields replaced; `path` as in a JSON pointer.
pub(crate) fn offer_with(changes: &[(&str, Value)]) -> Value {
    let mut offer = offer();
    for (path, value) in changes {
        *offer.pointer_mut(path).unwrap() = value.clone();
    }
    offer
}

/// A host element with a scripted backend, not yet mounted.
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) host: HtmlElement,
}

impl Stage {
    #[allow(clippy::needless_pass_by_value, reason = "tests write `json!` in place")]
    pub(crate) fn new(answers: Value, attributes: Value) -> Self {
        let name = NEXT.with(|next| {
            next.set(next.get() + 1);
            format!("backend{}", next.get())
        });
        let host = prepare(&name, &answers.to_string(), &attributes.to_string());
        Self { name, host }
    }

    pub(crate) fn mount(self) -> Widget {
        let mounted = mount(&self.host).ok();
        Widget { stage: self, mounted }
    }

    pub(crate) fn events(&self) -> Vec<String> {
        events(&self.name).lines().map(str::to_owned).collect()
    }

    pub(crate) fn count_events(&self, name: &str) -> usize {
        self.events().iter().filter(|event| event.starts_with(&format!("{name} "))).count()
    }

    pub(crate) fn requests(&self, action: &str) -> Vec<Value> {
        serde_json::from_str(&requests(&self.name, action)).unwrap()
    }

    pub(crate) fn refuse(&self, event: &str) {
        refuse(&self.name, event);
    }

    pub(crate) fn state(&self) -> String {
        self.host.get_attribute("data-state").unwrap_or_default()
    }

    pub(crate) fn root(&self) -> ShadowRoot {
        self.host.shadow_root().expect("the host has a shadow root")
    }

    pub(crate) fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.root().query_selector(selector).unwrap().map(JsCast::unchecked_into)
    }

    pub(crate) fn part(&self, name: &str) -> HtmlElement {
        self.find(&format!("[part~={name}]"))
            .unwrap_or_else(|| panic!("no part {name} in state {}", self.state()))
    }

    /// What a sighted shopper reads, without surplus white space.
    pub(crate) fn text(&self, part: &str) -> String {
        self.part(part).inner_text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(crate) async fn until_state(&self, wanted: &str) {
        until(&format!("state {wanted}, not {}", self.state()), || self.state() == wanted).await;
        // The view follows in the next turn.
        TimeoutFuture::new(0).await;
    }
}

/// A running widget; taken off the page when dropped.
pub(crate) struct Widget {
    pub(crate) stage: Stage,
    pub(crate) mounted: Option<Mounted>,
}

impl Widget {
    /// A widget whose backend answers the fixture's offer and then `answers`.
    pub(crate) async fn offered(mut answers: Value) -> Self {
        if answers.get("offer").is_none() {
            answers["offer"] = json!([{ "body": offer() }]);
        }
        let widget = Stage::new(answers, json!({})).mount();
        widget.until_state("offer").await;
        widget
    }

    /// A widget that accepted and was answered with `outcome`.
    pub(crate) async fn accepted(outcome: Value) -> Self {
        let widget = Self::offered(json!({ "accept": [{ "body": outcome }] })).await;
        widget.part("accept").click();
        widget
    }
}

impl std::ops::Deref for Widget {
    type Target = Stage;
    fn deref(&self) -> &Stage {
        &self.stage
    }
}

impl Drop for Widget {
    fn drop(&mut self) {
        self.mounted = None;
        self.stage.host.remove();
    }
}

/// Waits for something that the browser will make true soon; fails after ten seconds.
pub(crate) async fn until(what: &str, is_true: impl Fn() -> bool) {
    for _ in 0..1000 {
        if is_true() {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("waited in vain for {what}");
}

/// Lets everything that is due happen.
pub(crate) async fn settle() {
    TimeoutFuture::new(60).await;
}
