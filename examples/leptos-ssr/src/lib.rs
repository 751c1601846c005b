//! An order confirmation written in Leptos: rendered on a server, hydrated in the browser, with an offer in it.

mod own_view;

use aftercart::{OfferSlot, UpsellOffer};
use leptos::prelude::*;
use own_view::OneMoreThing;
use web_sys::CustomEvent;

/// The three pages of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The widget as a component: `/`.
    Widget,
    /// A view of the application's own: `/own`.
    Own,
    /// The offer as the backend paints it, with the widget of the script tag: `/printed`.
    Printed,
}

/// The painted offer, in the server's context alone: hydration leaves what is printed as it is.
#[derive(Clone, Debug, Default)]
pub struct Offer(pub String);

/// The whole document, as the server sends it.
#[must_use]
pub fn document(options: LeptosOptions, page: Page) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="icon" href="data:,"/>
                <title>"Thank you for your order"</title>
                {(page == Page::Printed).then(|| view! { <script async src="/aftercart/aftercart.js"></script> })}
                <HydrationScripts options/>
            </head>
            <body>
                <Confirmation page/>
            </body>
        </html>
    }
}

/// The page after checkout. Dodo returns the shopper with `?payment_id=pay_…`, which the widget finds by itself.
#[component]
pub fn Confirmation(
    /// Which of the three.
    page: Page,
) -> impl IntoView {
    let endpoint = SharedValue::new(endpoint).into_inner();
    let (bought_more, set_bought_more) = signal(false);
    let (opened, set_opened) = signal(0);
    let offer = match page {
        Page::Own => view! { <OneMoreThing endpoint/> }.into_any(),
        Page::Printed => {
            let Offer(offer) = use_context().unwrap_or_default();
            view! {
                <section inner_html=offer on:aftercart-succeeded=move |_: CustomEvent| set_bought_more.set(true)>
                </section>
            }
            .into_any()
        }
        Page::Widget => view! {
            <section on:aftercart-succeeded=move |_: CustomEvent| set_bought_more.set(true)>
                <UpsellOffer endpoint>
                    <OfferSlot slot:footer>
                        <a href="/terms">"The terms of our shop"</a>
                    </OfferSlot>
                    <a href="/courses">"See our courses"</a>
                </UpsellOffer>
            </section>
        }
        .into_any(),
    };
    view! {
        <main>
            <h1>"Thank you for your order"</h1>
            <p id="downloads">
                {move || if bought_more.get() { "Both downloads are ready." } else { "Your download is ready." }}
            </p>
            <button id="download" on:click=move |_| set_opened.update(|times| *times += 1)>
                "Downloaded " {opened} " times"
            </button>
            {offer}
            <p id="below">"Questions? Write to us."</p>
        </main>
    }
}

/// Where the merchant's backend answers: the server knows, and tells the browser's half.
fn endpoint() -> String {
    std::env::var("AFTERCART_ENDPOINT").unwrap_or_else(|_| "/api/upsell".to_owned())
}

/// What the browser's half begins with: the page that the server rendered for this address.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let page = match location().pathname().unwrap_or_default().as_str() {
        "/own" => Page::Own,
        "/printed" => Page::Printed,
        _ => Page::Widget,
    };
    leptos::mount::hydrate_body(move || view! { <Confirmation page/> });
}
