//! `use_upsell`: a view of somebody else's, with the widget's rules behind it.

use crate::fixture::{Stage, offer, settle, until};
use aftercart::{Shown, ShownOffer, Upsell, UpsellSettings, use_upsell};
use leptos::prelude::*;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_test::wasm_bindgen_test;

/// An application whose view draws nothing: tests read what it would draw.
struct App {
    stage: Stage,
    upsell: Upsell,
    is_open: RwSignal<bool>,
    _root: Box<dyn std::any::Any>,
}

impl App {
    fn start(answers: Value, settings: UpsellSettings) -> Self {
        let stage = Stage::new(answers, json!({}));
        let settings = UpsellSettings { endpoint: format!("/{}", stage.name), ..settings };
        let made = Rc::new(RefCell::new(None));
        let (maker, is_open) = (made.clone(), RwSignal::new(true));
        let root = leptos::mount::mount_to(stage.host.clone(), move || {
            let (maker, settings) = (maker.clone(), settings.clone());
            let maker = StoredValue::new_local(maker);
            view! {
                <Show when=move || is_open.get()>
                    {maker.with_value(|maker| maker.replace(Some(use_upsell(settings.clone())))).map(|_| ())}
                </Show>
            }
        });
        let upsell = made.borrow().expect("the view was made");
        assert!(matches!(upsell.shown.get_untracked(), Shown::Loading), "the first view is that of a server");
        Self { stage, upsell, is_open, _root: Box::new(root) }
    }

    async fn offered(mut answers: Value, offer: Value) -> Self {
        answers["offer"] = json!([{ "body": offer }]);
        let settings =
            UpsellSettings { subject: "pay_1".into(), locale: "en".into(), ..UpsellSettings::default() };
        let app = Self::start(answers, settings);
        until("the offer", || app.offer().is_some()).await;
        app
    }

    fn offer(&self) -> Option<ShownOffer> {
        match self.upsell.shown.get_untracked() {
            Shown::Offer(offer) => Some(offer),
            _ => None,
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stage.host.remove();
    }
}

/// Counts the events of this name that reach the window while `work` runs.
async fn heard(name: &str, work: impl AsyncFnOnce()) -> usize {
    let count = Rc::new(Cell::new(0));
    let counter = leptos::__reexports::send_wrapper::SendWrapper::new(count.clone());
    let listening = window_event_listener_untyped(&format!("aftercart-{name}"), move |_| {
        counter.set(counter.get() + 1);
    });
    work().await;
    listening.remove();
    count.get()
}

#[wasm_bindgen_test]
async fn two_accepts_in_one_turn_are_one_request_and_the_outcome_is_told() {
    let told = heard("succeeded", async || {
        let app = App::offered(json!({ "accept": [{ "body": { "status": "succeeded" } }] }), offer()).await;
        let shown = app.offer().unwrap();
        assert!(shown.card().accept.contains("$53.90"), "{}", shown.card().accept);
        assert_eq!((app.upsell.lang.get_untracked().as_str(), app.upsell.dir.get_untracked()), ("en", "ltr"));
        shown.accept();
        assert!(
            matches!(app.upsell.shown.get_untracked(), Shown::Busy(_)),
            "nothing can be done while it is charged"
        );
        shown.accept();
        until("success", || app.upsell.state.get_untracked() == "succeeded").await;
        assert_eq!(app.stage.requests("accept").len(), 1);
        let Shown::Notice(notice) = app.upsell.shown.get_untracked() else { panic!("no message") };
        assert!(!notice.notice().title.is_empty());
    })
    .await;
    assert_eq!(told, 1);
}

#[wasm_bindgen_test]
async fn a_card_that_was_drawn_before_the_price_changed_charges_nothing() {
    let range = json!({ "default": 1, "min": 1, "max": 5 });
    let mut one = offer();
    one["quantity"] = range;
    let mut two = one.clone();
    two["token"] = json!("TWO");
    two["quote"]["quantity"] = json!(2);
    two["quote"]["due_now"] = json!(10_780);
    let answers = json!({ "quote": [{ "body": two }], "accept": [{ "body": { "status": "succeeded" } }] });
    let app = App::offered(answers, one).await;
    let old = app.offer().unwrap();
    old.set_quantity(2);
    until("the new price", || app.offer().is_some_and(|offer| offer.card().accept.contains("$107.80"))).await;
    old.accept();
    settle().await;
    assert_eq!(app.stage.requests("accept").len(), 0, "nobody saw this price on that button");
    app.offer().unwrap().accept();
    until("success", || app.upsell.state.get_untracked() == "succeeded").await;
    assert!(app.stage.requests("accept")[0]["body"].as_str().unwrap().contains(r#""token":"TWO""#));
}

#[wasm_bindgen_test]
async fn a_message_is_answered_by_its_buttons_until_it_changes() {
    let app = App::offered(json!({ "decline": [{ "body": {} }] }), offer()).await;
    app.offer().unwrap().decline();
    until("the message", || app.upsell.state.get_untracked() == "declined").await;
    let Shown::Notice(message) = app.upsell.shown.get_untracked() else { panic!("no message") };
    message.press(0);
    message.press(0);
    settle().await;
    assert_eq!(app.stage.requests("decline").len(), 2, "one decline, one reason");
}

#[wasm_bindgen_test]
async fn what_the_application_does_itself_begins_where_nothing_can_be_shown() {
    let told = heard("error", async || {
        let app = App::start(json!({}), UpsellSettings { subject: "42".into(), ..UpsellSettings::default() });
        until("the end", || matches!(app.upsell.shown.get_untracked(), Shown::Unavailable)).await;
        app.upsell.refresh();
        settle().await;
        assert_eq!(app.stage.requests("offer").len(), 0);
    })
    .await;
    assert_eq!(told, 1);
}

#[wasm_bindgen_test]
async fn an_accept_after_the_view_has_gone_charges_nothing() {
    let app = App::offered(json!({ "accept": [{ "body": { "status": "succeeded" } }] }), offer()).await;
    let late = app.offer().unwrap();
    app.is_open.set(false);
    settle().await;
    late.accept();
    settle().await;
    assert_eq!(app.stage.requests("accept").len(), 0);
}
