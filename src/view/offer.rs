//! The offer with its two buttons.

use super::Act;
use crate::model::{OfferCard, Screen};
use crate::shell::Action;
use leptos::prelude::*;

/// An offer, also while its accept is under way: the same elements stay, so the focus stays.
#[component]
pub(super) fn OfferView(screen: RwSignal<Screen>, act: Act) -> impl IntoView {
    // The last offer: while the screen moves on, closures may still read this once.
    let card = Memo::new(move |last: Option<&OfferCard>| {
        screen.with(|screen| match screen {
            Screen::Offer(card) => (**card).clone(),
            _ => last.cloned().unwrap_or_default(),
        })
    });
    let text = move |part: fn(&OfferCard) -> &String| move || card.with(|card| part(card).clone());
    let is_busy = Memo::new(move |_| card.with(|card| card.busy.is_some()));
    let idle = move |action| {
        move |_| {
            if !is_busy.get_untracked() {
                act.run(action);
            }
        }
    };
    view! {
        <section class="card" part="card" aria-labelledby="name">
            <div class="story">
                <div class="head">
                    {move || {
                        card.with(|card| card.image.clone()).map(|image| {
                            view! { <img class="image" part="image" src=image.to_string() alt="" width="96" height="96"/> }
                        })
                    }}
                    <div>
                        <p class="eyebrow" part="eyebrow">{text(|card| &card.eyebrow)}</p>
                        <h2 id="name" part="title" tabindex="-1" data-focus>{text(|card| &card.name)}</h2>
                    </div>
                </div>
                {move || card.with(|card| card.description.clone()).map(|text| view! { <p part="description">{text}</p> })}
                <Features card/>
                <Proof card/>
            </div>
            <div class="deal" part="deal">
                <p class="price" part="price">
                    <strong>{text(|card| &card.price)}</strong>
                    {move || card.with(|card| card.interval.clone()).map(|text| view! { " " <span>{text}</span> })}
                </p>
                {move || card.with(|card| card.total.clone()).map(|text| view! { <p class="total" part="total">{text}</p> })}
                {move || card.with(|card| card.warning.clone()).map(|text| view! { <p class="warning" part="warning">{text}</p> })}
                <button type="button" class="accept" part="accept" aria-disabled=move || is_busy.get().then_some("true")
                    on:click=idle(Action::Accept)>
                    <span class="label" class:gone=is_busy>{text(|card| &card.accept)}</span>
                    {move || card.with(|card| card.busy.clone()).map(|text| view! { <span class="busy">{text}</span> })}
                </button>
                <button type="button" class="decline" part="decline" aria-disabled=move || is_busy.get().then_some("true")
                    on:click=idle(Action::Decline)>
                    {text(|card| &card.decline)}
                </button>
                <p class="terms" part="terms">{text(|card| &card.terms)}</p>
            </div>
        </section>
    }
}

#[component]
fn Features(card: Memo<OfferCard>) -> impl IntoView {
    let lines = Memo::new(move |_| card.with(|card| card.features.clone()));
    move || {
        let lines = lines.get();
        (!lines.is_empty()).then(|| {
            view! {
                <h3 class="spoken">{card.with_untracked(|card| card.features_label.clone())}</h3>
                <ul part="features">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            }
        })
    }
}

#[component]
fn Proof(card: Memo<OfferCard>) -> impl IntoView {
    move || {
        card.with(|card| card.social_proof.clone()).map(|(text, source)| {
            view! { <p class="proof" part="social-proof">{text} " " <cite>{source}</cite></p> }
        })
    }
}
