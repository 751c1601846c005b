//! An order confirmation written in Leptos: rendered on a server, hydrated in the browser, with an offer in it.

use aftercart::UpsellOffer;
use leptos::prelude::*;
use web_sys::CustomEvent;

/// The whole document, as the server sends it.
#[must_use]
pub fn document(options: LeptosOptions, endpoint: String) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>"Thank you for your order"</title>
                <HydrationScripts options/>
                // The browser's half has to build the same view: it reads the address back.
                <meta name="aftercart-endpoint" content=endpoint.clone()/>
            </head>
            <body>
                <Confirmation endpoint/>
            </body>
        </html>
    }
}

/// The page after checkout. Dodo returns the shopper with `?payment_id=pay_…`, which the widget finds by itself.
#[component]
pub fn Confirmation(
    /// Where the merchant's backend answers.
    endpoint: String,
) -> impl IntoView {
    let (bought_more, set_bought_more) = signal(false);
    let (opened, set_opened) = signal(0);
    view! {
        <main>
            <h1>"Thank you for your order"</h1>
            <p id="downloads">
                {move || if bought_more.get() { "Both downloads are ready." } else { "Your download is ready." }}
            </p>
            <button id="download" on:click=move |_| set_opened.update(|times| *times += 1)>
                "Downloaded " {opened} " times"
            </button>
            <section on:aftercart-succeeded=move |_: CustomEvent| set_bought_more.set(true)>
                <UpsellOffer endpoint>
                    <a href="/courses">"See our courses"</a>
                </UpsellOffer>
            </section>
        </main>
    }
}

/// What the browser's half begins with.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let page = leptos::prelude::document();
    let endpoint = page.query_selector("meta[name=aftercart-endpoint]").ok().flatten();
    let endpoint = endpoint.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    leptos::mount::hydrate_body(move || view! { <Confirmation endpoint/> });
}
