//! The same offer, drawn by the application itself: on the server, too, from the first moment of the visit on.

use aftercart::{Shown, UpsellSettings, use_upsell};
use leptos::prelude::*;

/// One more thing in a few words. `examples/leptos-app` draws everything that a card may have.
#[component]
pub fn OneMoreThing(
    /// Where the merchant's backend answers.
    endpoint: String,
) -> impl IntoView {
    let upsell = use_upsell(UpsellSettings { endpoint, ..UpsellSettings::default() });
    let drawn = move || match upsell.shown.get() {
        Shown::Loading => view! { <p>"One moment…"</p> }.into_any(),
        Shown::Nothing | Shown::Unavailable => view! { <a href="/courses">"See our courses"</a> }.into_any(),
        Shown::Offer(offer) => {
            let (card, declines) = (offer.card().clone(), offer.clone());
            let terms = card.before_buttons.into_iter().chain(card.after_buttons);
            view! {
                <h2>{card.name}</h2>
                {terms.map(|line| view! { <p>{line.text}</p> }).collect_view()}
                <button id="yes" on:click=move |_| offer.accept()>{card.accept}</button>
                <button id="no" on:click=move |_| declines.decline()>{card.decline}</button>
            }
            .into_any()
        }
        Shown::Busy(card) => view! { <h2>{card.name}</h2> <p>{card.busy}</p> }.into_any(),
        Shown::Notice(message) => {
            let notice = message.notice().clone();
            view! {
                <h2>{notice.title}</h2>
                {notice.paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
                {notice.links.into_iter().map(|link| view! { <a href=link.url.to_string()>{link.label}</a> }).collect_view()}
            }
            .into_any()
        }
    };
    view! { <section id="own" data-state=upsell.state lang=upsell.lang dir=upsell.dir aria-live="polite">{drawn}</section> }
}
