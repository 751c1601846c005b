//! The same offer, drawn by the application itself.
//!
//! `use_upsell` brings finished words and does what the shopper asks for. What is drawn here is up to the application;
//! what is charged, and how often, is not.

use aftercart::model::{Line, OfferCard};
use aftercart::{Shown, ShownNotice, ShownOffer, UpsellSettings, use_upsell};
use leptos::prelude::*;

/// One more thing, as a line of the order.
#[component]
pub fn OneMoreThing() -> impl IntoView {
    let upsell = use_upsell(UpsellSettings::default());
    let drawn = move || match upsell.shown.get() {
        Shown::Loading => view! { <p>"One moment…"</p> }.into_any(),
        Shown::Nothing => ().into_any(),
        Shown::Unavailable => view! { <a href="/courses">"See our courses"</a> }.into_any(),
        Shown::Offer(offer) => open(offer).into_any(),
        Shown::Busy(card) => view! { <Words card=*card/> }.into_any(),
        Shown::Notice(message) => told(message).into_any(),
    };
    view! { <section id="own" data-state=upsell.state lang=upsell.lang dir=upsell.dir aria-live="polite">{drawn}</section> }
}

/// What the shopper reads in every state of the card.
#[component]
fn Words(card: OfferCard) -> impl IntoView {
    view! {
        <h2>{card.name}</h2>
        <p>{card.description}</p>
        <p><strong>{card.price}</strong> " " {card.interval}</p>
        {lines(card.before_buttons)}
        {lines(card.after_buttons)}
        <p role="status">{card.busy}</p>
    }
}

/// The card with what can be done. It cannot be accepted from anywhere else.
fn open(offer: ShownOffer) -> impl IntoView {
    let card = offer.card().clone();
    let (ticks, accepts, declines) = (offer.clone(), offer.clone(), offer);
    let consent = card.consent.clone().map(|consent| {
        view! {
            <label>
                <input type="checkbox" prop:checked=consent.is_ticked
                    on:change=move |event| ticks.set_consent(event_target_checked(&event))/>
                {consent.text}
            </label>
        }
    });
    let (accept, decline) = (card.accept.clone(), card.decline.clone());
    view! {
        <Words card/>
        {consent}
        <button id="yes" on:click=move |_| accepts.accept()>{accept}</button>
        <button id="no" on:click=move |_| declines.decline()>{decline}</button>
    }
}

/// How it went, with every way on.
fn told(message: ShownNotice) -> impl IntoView {
    let notice = message.notice().clone();
    let buttons = notice.buttons.into_iter().enumerate().map(|(at, button)| {
        let message = message.clone();
        view! { <button on:click=move |_| message.press(at)>{button.label}</button> }
    });
    let links = notice.links.into_iter().map(|link| view! { <a href=link.url.to_string()>{link.label}</a> });
    view! {
        <h2>{notice.title}</h2>
        {notice.paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
        {links.collect_view()}
        {buttons.collect_view()}
    }
}

fn lines(lines: Vec<Line>) -> impl IntoView {
    lines.into_iter().map(|line| view! { <p>{line.text}</p> }).collect_view()
}
