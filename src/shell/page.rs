//! What the shell needs of whatever it stands on, and what it asks of the page either way.

use crate::config::{Config, ConfigError};
use crate::i18n::Words;
use crate::model::{HostEvent, Screen, State};
use aftercart_contract::{IdempotencyKey, OfferId, PaymentId, Reason, SessionId, WebUrl};
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, EventTarget, HtmlElement, Url, Window};

/// What a visit is shown on: the widget's own element, or somebody else's view.
pub(crate) trait Page {
    /// Says in which language and direction the words are.
    fn speak(&self, words: &Words);
    /// Names the state, before its screen is drawn.
    fn show(&self, state: &State, screen: &Screen);
    /// Opens and closes what stands over the page.
    fn open_or_close(&self, screen: &Screen);
    /// Draws what is to be seen.
    fn draw(&self, screen: Screen);
    /// True when the shopper's focus is inside.
    fn has_focus(&self) -> bool;
    /// Moves the focus to the message, the next offer's heading, or what is still to be ticked, once it is drawn;
    /// `if_lost`: only if what had it is gone by then.
    fn focus_message(&self, if_lost: bool);
    /// The backend's answer, once, where it need not be asked for.
    fn known_answer(&self) -> Option<String> {
        None
    }
    /// Where events go out.
    fn target(&self) -> &EventTarget;

    /// Asks the host whether the accept may go on.
    fn allow_accept(&self) -> bool {
        send(self.target(), "accept", true, &[])
    }

    /// Moves the whole page, unless the host prevents it; false when it did.
    fn redirect(&self, url: &WebUrl) -> bool {
        let allowed = send(self.target(), "redirect", true, &[("url", Some(url.as_str()))]);
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
    fn tell(&self, event: &HostEvent) {
        let (name, detail) = match event {
            HostEvent::Ready => ("ready", vec![]),
            HostEvent::Shown { offer_id } => ("shown", vec![("offerId", Some(offer_id.as_str()))]),
            HostEvent::Succeeded { payment_id, .. } if payment_id.as_ref().is_some_and(told_before) => return,
            HostEvent::Succeeded { offer_id, payment_id, session_id } => (
                "succeeded",
                vec![
                    ("offerId", offer_id.as_ref().map(OfferId::as_str)),
                    ("paymentId", payment_id.as_ref().map(PaymentId::as_str)),
                    ("sessionId", session_id.as_ref().map(SessionId::as_str)),
                ],
            ),
            HostEvent::Failed { code, checkout_url } => (
                "failed",
                vec![("code", Some(&**code)), ("checkoutUrl", checkout_url.as_ref().map(WebUrl::as_str))],
            ),
            HostEvent::Declined { offer_id } => ("declined", vec![("offerId", Some(offer_id.as_str()))]),
            HostEvent::Hidden { reason } => ("hidden", vec![("reason", reason.as_ref().map(Reason::code))]),
            HostEvent::Error { message } => ("error", vec![("message", Some(&**message))]),
        };
        send(self.target(), name, false, &detail);
    }
}

/// Dispatches `aftercart-{name}`; false when a listener prevented it.
fn send(target: &EventTarget, name: &str, cancelable: bool, detail: &[(&str, Option<&str>)]) -> bool {
    let values = Object::new();
    for (key, value) in detail {
        let _ = Reflect::set(&values, &(*key).into(), &value.map_or(JsValue::NULL, JsValue::from));
    }
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_composed(true);
    init.set_cancelable(cancelable);
    init.set_detail(&values);
    let event = CustomEvent::new_with_event_init_dict(&["aftercart-", name].concat(), &init);
    event.and_then(|event| target.dispatch_event(&event)).unwrap_or(true)
}

/// Reads settings, with the page's own defaults for subject and locale.
pub(crate) fn read_config(
    host: &HtmlElement,
    get: impl Fn(&'static str) -> Option<String>,
) -> Result<Config, ConfigError> {
    let base = host.base_uri().ok().flatten().unwrap_or_default();
    Config::from_attributes(|name| {
        let value = get(name).filter(|value| !value.trim_ascii().is_empty());
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
    let mut bytes = [0; 16];
    window()?.crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    let mut key = String::with_capacity(32);
    for byte in bytes {
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
    let key = ["aftercart:told:", payment.as_str()].concat();
    let known = storage.get_item(&key).ok().flatten().is_some();
    let _ = storage.set_item(&key, "1");
    known
}
