//! The host page: its element, its events, its address. Everything the widget does to it is here.

use crate::config::{Config, ConfigError};
use crate::i18n::Words;
use crate::model::{HostEvent, Screen, State};
use aftercart_contract::{IdempotencyKey, PaymentId, WebUrl};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, HtmlDialogElement, HtmlElement, ShadowRoot, Url, Window};

/// The host element and the base element inside its shadow root.
pub(crate) struct Page {
    host: HtmlElement,
    root: ShadowRoot,
    base: HtmlElement,
}

impl Page {
    /// Takes a host with an open shadow root and the one element in it that the view lives in.
    pub(crate) fn new(host: HtmlElement, root: ShadowRoot, base: HtmlElement) -> Self {
        Self { host, root, base }
    }

    /// Names the state on the host and keeps the height, so that nothing below jumps.
    pub(super) fn show(&self, state: &State, screen: &Screen) {
        let leaves_offer =
            self.host.get_attribute("data-state").is_some_and(|name| name == "offer" || name == "charging");
        let height = self.base.offset_height();
        // What stands over the page takes no space in it.
        let keeps = leaves_offer && height > 0 && !self.is_dialog();
        if keeps && matches!(screen, Screen::Notice(_) | Screen::Offer(_)) {
            let _ = self.base.style().set_property("min-block-size", &format!("{height}px"));
        } else if matches!(screen, Screen::Nothing) {
            let _ = self.base.style().remove_property("min-block-size");
        }
        let _ = self.host.set_attribute("data-state", state.name());
    }

    /// Says in which language and direction the widget speaks.
    pub(super) fn speak(&self, words: &Words) {
        let _ = self.base.set_attribute("lang", words.language());
        let _ = self.base.set_attribute("dir", words.direction());
    }

    fn is_dialog(&self) -> bool {
        self.host.get_attribute("data-placement").as_deref() == Some("dialog")
    }

    /// Opens the dialog, where there is one, once there is something in it, and closes it with the last message.
    pub(super) fn open_or_close(&self, screen: &Screen) {
        let root = self.root.clone();
        let is_open = matches!(screen, Screen::Offer(_) | Screen::Notice(_));
        if !self.is_dialog() {
            return;
        }
        // After the view has drawn: the browser looks for what to focus when it opens.
        leptos::prelude::request_animation_frame(move || {
            let Some(dialog) = root.query_selector("dialog").ok().flatten() else { return };
            let dialog: HtmlDialogElement = wasm_bindgen::JsCast::unchecked_into(dialog);
            match (is_open, dialog.open()) {
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        });
    }

    /// True when the shopper's focus is inside the widget.
    pub(super) fn has_focus(&self) -> bool {
        self.root.active_element().is_some()
    }

    /// Moves the focus to the message, or to the next offer's heading, once it is drawn.
    pub(super) fn focus_message(&self) {
        let root = self.root.clone();
        leptos::prelude::request_animation_frame(move || {
            let heading = root.query_selector("[data-focus]").ok().flatten();
            if let Some(heading) =
                heading.and_then(|element| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(element).ok())
            {
                let _ = heading.focus();
            }
        });
    }

    /// Asks the host whether the accept may go on.
    pub(super) fn allow_accept(&self) -> bool {
        self.send("accept", true, &[])
    }

    /// Moves the whole page, unless the host prevents it; false when it did.
    pub(super) fn redirect(&self, url: &WebUrl) -> bool {
        let allowed = self.send("redirect", true, &[("url", Some(url.to_string()))]);
        if allowed {
            // Out of any frame where that is allowed: 3DS hangs inside one.
            let top = window().and_then(|window| window.top().ok().flatten().or(Some(window)));
            let moved = top.map(|window| window.location().set_href(url.as_str()));
            if !matches!(moved, Some(Ok(()))) {
                let _ = window().map(|window| window.location().set_href(url.as_str()));
            }
        }
        allowed
    }

    /// Tells the host. A success is told once per payment and tab, also after a reload.
    pub(crate) fn tell(&self, event: &HostEvent) {
        let id = |id: &aftercart_contract::OfferId| Some(id.to_string());
        let _ = match event {
            HostEvent::Ready => self.send("ready", false, &[]),
            HostEvent::Shown { offer_id } => self.send("shown", false, &[("offerId", id(offer_id))]),
            HostEvent::Succeeded { payment_id, .. } if payment_id.as_ref().is_some_and(told_before) => false,
            HostEvent::Succeeded { offer_id, payment_id, session_id } => {
                let payment = payment_id.as_ref().map(ToString::to_string);
                let session = session_id.as_ref().map(ToString::to_string);
                self.send(
                    "succeeded",
                    false,
                    &[("offerId", id(offer_id)), ("paymentId", payment), ("sessionId", session)],
                )
            }
            HostEvent::Failed { code, checkout_url } => {
                let url = checkout_url.as_ref().map(ToString::to_string);
                self.send("failed", false, &[("code", Some(code.clone())), ("checkoutUrl", url)])
            }
            HostEvent::Declined { offer_id } => self.send("declined", false, &[("offerId", id(offer_id))]),
            HostEvent::Hidden { reason } => self.send(
                "hidden",
                false,
                &[("reason", reason.as_ref().map(|reason| reason.code().to_owned()))],
            ),
            HostEvent::Error { message } => self.send("error", false, &[("message", Some(message.clone()))]),
        };
    }

    /// Dispatches `aftercart-{name}`; false when a listener prevented it.
    fn send(&self, name: &str, cancelable: bool, detail: &[(&str, Option<String>)]) -> bool {
        let values = Object::new();
        for (key, value) in detail {
            let _ =
                Reflect::set(&values, &(*key).into(), &value.as_deref().map_or(JsValue::NULL, JsValue::from));
        }
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_cancelable(cancelable);
        init.set_detail(&values);
        let event = CustomEvent::new_with_event_init_dict(&format!("aftercart-{name}"), &init);
        event.and_then(|event| self.host.dispatch_event(&event)).unwrap_or(true)
    }
}

/// Reads settings, with the page's own defaults for subject and locale.
pub(crate) fn read_config(
    host: &HtmlElement,
    get: impl Fn(&'static str) -> Option<String>,
) -> Result<Config, ConfigError> {
    let base = host.base_uri().ok().flatten().unwrap_or_default();
    Config::from_attributes(|name| {
        let value = get(name).filter(|value| !value.trim().is_empty());
        match (name, value) {
            ("checkout-url" | "success-url", Some(value)) => Some(absolute(&value, &base).unwrap_or(value)),
            ("subject", None) => query_parameter("payment_id"),
            ("locale", None) => page_language(host),
            (_, value) => value,
        }
    })
}

/// A new key for one click; `None` only where the browser has no source of randomness.
pub(super) fn new_key() -> Option<IdempotencyKey> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    let bytes = js_sys::Uint8Array::new_with_length(16);
    let fill = Reflect::get(&crypto, &"getRandomValues".into()).ok()?;
    wasm_bindgen::JsCast::dyn_into::<js_sys::Function>(fill).ok()?.call1(&crypto, &bytes).ok()?;
    let mut key = String::with_capacity(32);
    for byte in bytes.to_vec() {
        for nibble in [byte >> 4, byte & 15] {
            key.push(char::from_digit(u32::from(nibble), 16)?);
        }
    }
    IdempotencyKey::new(key).ok()
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn absolute(value: &str, base: &str) -> Option<String> {
    Url::new_with_base(value, base).ok().map(|url| url.href())
}

/// Dodo appends `payment_id` to the return address.
fn query_parameter(name: &str) -> Option<String> {
    let search = window()?.location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

fn page_language(host: &HtmlElement) -> Option<String> {
    let marked = host.closest("[lang]").ok().flatten().and_then(|element| element.get_attribute("lang"));
    marked.filter(|tag| !tag.is_empty()).or_else(|| window()?.navigator().language())
}

/// Notes in this tab's storage that a payment was told; true when it was noted already.
fn told_before(payment: &PaymentId) -> bool {
    let Some(storage) = window().and_then(|window| window.session_storage().ok().flatten()) else {
        return false;
    };
    let key = format!("aftercart:told:{payment}");
    let known = storage.get_item(&key).ok().flatten().is_some();
    let _ = storage.set_item(&key, "1");
    known
}
