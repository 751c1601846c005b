//! What a shopper chooses with: radio groups, a number, a box. Real form controls, so keys work as everywhere.

use super::markup::{Element, Node, element};
use crate::model::{Action, Choices, Consent, Stepper};
use aftercart_contract::digits;

/// Things of which one is chosen. `part` names the group, for `::part()` and for the browser.
pub(super) fn choices(
    part: &'static str,
    choices: Choices,
    is_locked: bool,
    send: fn(usize) -> Action,
) -> Box<Element> {
    let options = choices.options.into_iter().enumerate().map(|(at, choice)| {
        let radio = element("input").set("type", "radio").set("name", part);
        let radio = radio.act(send(at)).flag("checked", choice.is_chosen);
        let name = element("span").with(choice.name);
        let detail = element("span").set("class", "detail").with(choice.detail);
        Node::Element(element("label").named("choice").with(radio).with(name).with(detail))
    });
    let options = options.collect();
    let group = element("fieldset").part(part).flag("disabled", is_locked);
    group.with(element("legend").with(choices.label)).all(options)
}

/// How many. The buttons stay where they are and keep the focus; the model ignores what is out of range.
pub(super) fn stepper(stepper: Stepper, is_locked: bool) -> Box<Element> {
    let Stepper { label, less, more, value, min, max } = stepper;
    let button = |label: String, sign: &'static str, to: u32| {
        let button = element("button").set("type", "button").named("step").set("aria-label", label);
        button.act(Action::Quantity(to)).off(is_locked || !(min..=max).contains(&to)).with(sign)
    };
    let number = element("input").set("id", "quantity").set("type", "number").set("inputmode", "numeric");
    let number = number.set("min", digits(min)).set("max", digits(max)).flag("disabled", is_locked);
    let number = number.set("value", digits(value)).act(Action::Quantity(value));
    element("div")
        .named("quantity")
        .with(element("label").set("for", "quantity").with(label))
        .with(button(less, "−", value.saturating_sub(1)))
        .with(number)
        .with(button(more, "+", value.saturating_add(1)))
}

/// A box to tick before accepting.
pub(super) fn consent(consent: Consent, is_locked: bool) -> Box<Element> {
    let tick = element("input").set("type", "checkbox").flag("checked", consent.is_ticked);
    let mut tick = tick.flag("disabled", is_locked).act(Action::Consent(true));
    if consent.is_missing {
        tick = tick.set("aria-invalid", "true");
    }
    element("label").named("consent").with(tick).with(element("span").with(consent.text))
}
