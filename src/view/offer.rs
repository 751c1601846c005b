//! The offer with its two buttons.

use super::{Act, alternates};
use crate::model::{OfferCard, Screen};
use crate::shell::Action;
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
    let is_odd = alternates(move || card.with(|card| (card.name.clone(), card.accept.clone())));
    move || {
        let card = offer(card.get(), act);
        if is_odd.get() { Either::Left(card) } else { Either::Right(card) }
    }
}

fn offer(card: OfferCard, act: Act) -> impl IntoView {
    let is_busy = card.busy.is_some();
    let unless_busy = move |action| {
        move |_| {
            if !is_busy {
                act.run(action);
            }
        }
    };
    let disabled = is_busy.then_some("true");
    view! {
        <section class="card" part="card" aria-labelledby="name">
            <div class="story">
                <div class="head">
                    {card.image.map(|image| {
                        view! { <img class="image" part="image" src=image.to_string() alt="" width="96" height="96"/> }
                    })}
                    <div>
                        <p class="eyebrow" part="eyebrow">{card.eyebrow}</p>
                        <h2 id="name" part="title" tabindex="-1" data-focus>{card.name}</h2>
                    </div>
                </div>
                {line("description", card.description)}
                {(!card.features.is_empty()).then(|| {
                    view! {
                        <h3 class="spoken">{card.features_label}</h3>
                        <ul part="features">{card.features.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                    }
                })}
                {card.social_proof.map(|(text, source)| {
                    view! { <p class="proof" part="social-proof">{text} " " <cite>{source}</cite></p> }
                })}
            </div>
            <div class="deal" part="deal">
                <p class="price" part="price"><strong>{card.price}</strong> " " <span>{card.interval}</span></p>
                {line("total", card.total)}
                {line("warning", card.warning)}
                <button type="button" class="accept" part="accept" aria-disabled=disabled on:click=unless_busy(Action::Accept)>
                    <span class=if is_busy { "gone" } else { "" }>{card.accept}</span>
                    <span class=if is_busy { "busy" } else { "" }>{card.busy}</span>
                </button>
                <button type="button" class="decline" part="decline" aria-disabled=disabled on:click=unless_busy(Action::Decline)>
                    {card.decline}
                </button>
                {line("terms", Some(card.terms))}
            </div>
        </section>
    }
}

/// One paragraph, if there is anything to say.
fn line(part: &'static str, text: Option<String>) -> impl IntoView {
    text.map(|text| view! { <p class=part part=part>{text}</p> })
}
