//! What a shopper chooses with: radio groups, a number, a box. Real form controls, so keys work as everywhere.

use super::Act;
use crate::model::{Action, Choices, Consent, Stepper};
use leptos::prelude::*;

/// Things of which one is chosen. `part` names the group, for `::part()` and for the browser.
pub(super) fn choices(
    part: &'static str,
    choices: Choices,
    is_locked: bool,
    act: Act,
    send: fn(usize) -> Action,
) -> impl IntoView {
    let options = choices.options.into_iter().enumerate().map(|(at, choice)| {
        view! {
            <label class="choice" part="choice">
                <input type="radio" name=part prop:checked=choice.is_chosen on:change=move |_| act.run(send(at))/>
                <span>{choice.name}</span>
                <span class="detail">{choice.detail}</span>
            </label>
        }
    });
    view! {
        <fieldset part=part disabled=is_locked>
            <legend>{choices.label}</legend>
            {options.collect_view()}
        </fieldset>
    }
}

/// How many. The buttons stay where they are and keep the focus; the model ignores what is out of range.
pub(super) fn stepper(stepper: Stepper, is_locked: bool, act: Act) -> impl IntoView {
    let Stepper { label, less, more, value, min, max } = stepper;
    let button = move |label: String, sign: &'static str, to: u32| {
        let is_off = (is_locked || !(min..=max).contains(&to)).then_some("true");
        let click = move |_| {
            if is_off.is_none() {
                act.run(Action::Quantity(to));
            }
        };
        view! { <button type="button" class="step" part="step" aria-label=label aria-disabled=is_off on:click=click>{sign}</button> }
    };
    let typed = move |event: leptos::ev::Event| {
        let wanted: u32 = event_target_value(&event).parse().unwrap_or(value);
        let wanted = wanted.clamp(min, max);
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&wanted.to_string());
        act.run(Action::Quantity(wanted));
    };
    view! {
        <div class="quantity" part="quantity">
            <label for="quantity">{label}</label>
            {button(less, "−", value.saturating_sub(1))}
            <input id="quantity" type="number" inputmode="numeric" min=min.to_string() max=max.to_string() disabled=is_locked
                prop:value=value.to_string() on:change=typed/>
            {button(more, "+", value.saturating_add(1))}
        </div>
    }
}

/// A box to tick before accepting.
pub(super) fn consent(consent: Consent, is_locked: bool, act: Act) -> impl IntoView {
    let missing = consent.is_missing.then_some("true");
    view! {
        <label class="consent" part="consent">
            <input type="checkbox" prop:checked=consent.is_ticked disabled=is_locked aria-invalid=missing
                on:change=move |event| act.run(Action::Consent(event_target_checked(&event)))/>
            <span>{consent.text}</span>
        </label>
    }
}
