//! An order confirmation written in Leptos, with an offer in it.
//!
//! The widget is a component like any other. It brings its styles along in a shadow root and reports what happens as
//! DOM events, which this page listens to where it cares.

mod own_view;

use aftercart::{OfferSlot, UpsellOffer};
use leptos::prelude::*;
use own_view::OneMoreThing;
use web_sys::CustomEvent;

fn main() {
    // Two ways to do the same: `?view=own` shows the second.
    if location().search().is_ok_and(|query| query.contains("view=own")) {
        leptos::mount::mount_to_body(OneMoreThing);
    } else {
        leptos::mount::mount_to_body(Confirmation);
    }
}

/// The page after checkout. Dodo returns the shopper with `?payment_id=pay_…`, which the widget finds by itself.
#[component]
fn Confirmation() -> impl IntoView {
    let (bought_more, set_bought_more) = signal(false);
    view! {
        <main>
            <h1>"Thank you for your order"</h1>
            <p id="downloads">
                {move || if bought_more.get() { "Both downloads are ready." } else { "Your download is ready." }}
            </p>
            <section on:aftercart-succeeded=move |_: CustomEvent| set_bought_more.set(true)>
                <UpsellOffer endpoint="/api/upsell">
                    <OfferSlot slot:footer><a href="/terms">"The terms of our shop"</a></OfferSlot>
                </UpsellOffer>
            </section>
        </main>
    }
}
