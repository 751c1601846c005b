//! The offer with its two buttons.

use super::controls::{choices, consent, stepper};
use super::{Act, alternates};
use crate::model::{Action, Line, OfferCard, Plan, Screen};
use leptos::either::Either;
use leptos::prelude::*;

/// An offer, also while its accept is under way: the same elements stay then, so the focus stays.
#[component]
pub(super) fn OfferView(screen: RwSignal<Screen>, act: Act) -> impl IntoView {
    // The last offer: while the screen moves on, this may still be read once.
    let card = Memo::new(move |last: Option<&OfferCard>| {
        screen.with(|screen| match screen {
            Screen::Offer(card) => (**card).clone(),
            _ => last.cloned().unwrap_or_default(),
        })
    });
    let is_odd = alternates(move || card.with(|card| card.turn.clone()));
    move || {
        let card = offer(card.get(), act);
        if is_odd.get() { Either::Left(card) } else { Either::Right(card) }
    }
}

fn offer(card: OfferCard, act: Act) -> impl IntoView {
    let (is_locked, is_busy) = (card.is_locked, card.busy.is_some());
    let unless = move |is_off: bool, action| {
        move |_| {
            if !is_off {
                act.run(action);
            }
        }
    };
    let off = |is_off: bool| is_off.then_some("true");
    let in_dialog = card.close.is_some();
    view! {
        <section class="card" part="card" aria-labelledby="name">
            {card.close.map(|label| {
                view! { <button type="button" class="close" part="close" aria-label=label on:click=move |_| act.run(Action::Close)>"×"</button> }
            })}
            {line("receipt", card.receipt)}
            <div class="story">
                {own("media")}
                <div class="head">
                    {card.image.map(|image| {
                        view! { <img class="image" part="image" src=image.to_string() alt="" width="96" height="96"/> }
                    })}
                    <div>
                        <p class="eyebrow" part="eyebrow">{card.eyebrow}</p>
                        <h2 id="name" part="title" tabindex="-1" autofocus=in_dialog data-focus>{card.name}</h2>
                    </div>
                </div>
                {line("description", card.description)}
                {(!card.features.is_empty()).then(|| view! { <h3 class="spoken">{card.features_label}</h3> })}
                {list(card.features)}
                {(!card.plans.is_empty()).then(|| {
                    view! { <div class="plans" part="plans">{card.plans.into_iter().map(plan).collect_view()}</div> }
                })}
                {card.social_proof.map(|(text, source)| {
                    view! { <p class="proof" part="social-proof">{text} " " <cite>{source}</cite></p> }
                })}
                {own("details")}
            </div>
            <div class="deal" part="deal">
                {card.choices.map(|list| choices("choices", list, is_locked, act, Action::Choose))}
                {card.before.map(|(label, amount)| {
                    view! { <p class="before" part="before">{label} " " <s>{amount}</s></p> }
                })}
                <p class="price" part="price"><strong>{card.price}</strong> " " <span>{card.interval}</span></p>
                {card.facts.into_iter().map(|(name, amount)| {
                    view! { <p class="fact" part="fact"><span>{name}</span> " " <strong>{amount}</strong></p> }
                }).collect_view()}
                {card.quantity.map(|number| stepper(number, is_locked, act))}
                {lines(card.before_buttons)}
                {card.methods.map(|list| choices("methods", list, is_locked, act, Action::Method))}
                {card.consent.map(|words| consent(words, is_locked, act))}
                <div class="answers">
                    <button type="button" class="accept" part="accept" aria-disabled=off(is_busy) on:click=unless(is_busy, Action::Accept)>
                        <span class=if is_busy { "gone" } else { "" }>{card.accept}</span>
                        <span class=if is_busy { "busy" } else { "" }>{card.busy}</span>
                    </button>
                    <button type="button" class="decline" part="decline" aria-disabled=off(is_locked) on:click=unless(is_locked, Action::Decline)>
                        {card.decline}
                    </button>
                </div>
                {lines(card.after_buttons)}
                {own("footer")}
            </div>
        </section>
    }
}

/// Room for what the host puts into this slot.
fn own(name: &'static str) -> impl IntoView {
    view! { <slot name=name></slot> }
}

/// One side of a plan change.
fn plan(plan: Plan) -> impl IntoView {
    view! {
        <section class="plan" part="plan">
            <h3>{plan.label}</h3>
            <p class="plan-name">{plan.name}</p>
            <p class="plan-price">{plan.price}</p>
            {list(plan.features)}
        </section>
    }
}

fn list(features: Vec<String>) -> impl IntoView {
    let items = features.into_iter().map(|text| view! { <li>{text}</li> }).collect::<Vec<_>>();
    (!items.is_empty()).then(|| view! { <ul part="features">{items}</ul> })
}

fn lines(lines: Vec<Line>) -> impl IntoView {
    lines.into_iter().map(|Line { part, text }| line(part, Some(text))).collect_view()
}

/// One paragraph, if there is anything to say.
fn line(part: &'static str, text: Option<String>) -> impl IntoView {
    text.map(|text| view! { <p class=part part=part>{text}</p> })
}
