//! What a shopper does, heard at the one element around the view.

use crate::model::Action;
use aftercart_contract::digits;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// What happens inside and is heard here. `cancel` does not bubble, so everything is heard on its way in.
const HEARD: [&str; 5] = ["click", "change", "keydown", "cancel", "submit"];

/// Listens for as long as it is kept.
pub(crate) struct Ears {
    base: HtmlElement,
    listener: Closure<dyn Fn(Event)>,
}

impl Ears {
    /// Turns what happens inside `base` into actions.
    pub(crate) fn open(base: &HtmlElement, act: impl Fn(Action) + 'static) -> Self {
        let around = base.clone();
        let listener = Closure::new(move |event: Event| {
            if let Some(action) = meant(&around, &event) {
                act(action);
            }
        });
        for name in HEARD {
            let function = listener.as_ref().unchecked_ref();
            let _ = base.add_event_listener_with_callback_and_bool(name, function, true);
        }
        Self { base: base.clone(), listener }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        for name in HEARD {
            let function = self.listener.as_ref().unchecked_ref();
            let _ = self.base.remove_event_listener_with_callback_and_bool(name, function, true);
        }
    }
}

/// What an event means. What the host put into a slot is heard here too, and means nothing.
fn meant(base: &HtmlElement, event: &Event) -> Option<Action> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    match &*event.type_() {
        "click" => {
            let button = target.closest("button[data-act]").ok()??;
            let is_ours = base.contains(Some(&button)) && !button.has_attribute("aria-disabled");
            is_ours.then(|| button.get_attribute("data-act")).flatten().and_then(|name| Action::named(&name))
        }
        "change" if base.contains(Some(&target)) => chosen(&target.dyn_into::<HtmlInputElement>().ok()?),
        "keydown" if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" => {
            base.query_selector("dialog").ok()??;
            event.prevent_default();
            Some(Action::Close)
        }
        // Enter in a number is a change of it: our form goes nowhere. Our dialog is closed by the model alone.
        "submit" | "cancel" if base.contains(Some(&target)) => {
            event.prevent_default();
            None
        }
        _ => None,
    }
}

/// What an input stands for now.
fn chosen(input: &HtmlInputElement) -> Option<Action> {
    Some(match Action::named(&input.get_attribute("data-act")?)? {
        Action::Quantity(shown) => Action::Quantity(typed(input, shown)),
        Action::Consent(_) => Action::Consent(input.checked()),
        action => action,
    })
}

/// What a shopper has chosen among these inputs since they were painted.
pub(crate) fn choices_in(painted: &HtmlElement) -> Vec<Action> {
    let Ok(inputs) = painted.query_selector_all("input[data-act]:not([inert] *)") else { return Vec::new() };
    let inputs = (0..inputs.length()).filter_map(|at| inputs.item(at)?.dyn_into::<HtmlInputElement>().ok());
    let is_changed = |input: &HtmlInputElement| match &*input.type_() {
        "radio" => input.checked() && !input.default_checked(),
        "checkbox" => input.checked() != input.default_checked(),
        _ => input.value() != input.default_value(),
    };
    inputs.filter(is_changed).filter_map(|input| chosen(&input)).collect()
}

/// The number typed, brought into range; what was shown where it is none.
fn typed(input: &HtmlInputElement, shown: u32) -> u32 {
    let bound = |text: String, none| text.parse().unwrap_or(none);
    let number = input.value().parse().unwrap_or(shown);
    let number = number.min(bound(input.max(), u32::MAX)).max(bound(input.min(), 0));
    input.set_value(&digits(number));
    number
}
