//! `<UpsellOffer/>`: the widget as a part of a Leptos app.

#![allow(unreachable_pub, reason = "#[component] writes public props, and this module is private")]

use crate::mount::live_in;
use leptos::prelude::*;

/// The widget as a component of a Leptos app, rendered in the browser or on a server and hydrated.
///
/// Renders a host `div` that carries the widget in its shadow root; events bubble out of it under the
/// names that the script tag uses. Unmounting the component ends the widget. Props are read once. On a
/// server the host holds the children alone; the widget begins when the app is hydrated.
///
/// ```ignore
/// view! { <UpsellOffer subject="pay_…" endpoint="https://shop.example/api/upsell"/> }
/// ```
#[component]
pub fn UpsellOffer(
    /// `cus_…` or `pay_…`; empty takes `payment_id` from the page's address.
    #[prop(into, optional)]
    subject: String,
    /// Where the merchant backend answers. Default `/api/upsell`.
    #[prop(into, optional)]
    endpoint: String,
    /// Proof minted by the merchant's server, for `cus_…` subjects.
    #[prop(into, optional)]
    token: String,
    /// BCP 47 tag. Default: the page's language.
    #[prop(into, optional)]
    locale: String,
    /// The standard checkout, used when an answer names none.
    #[prop(into, optional)]
    checkout_url: String,
    /// Where to go after success. Default: stay.
    #[prop(into, optional)]
    success_url: String,
    /// `auto`, `light` or `dark`.
    #[prop(into, optional)]
    theme: String,
    /// `card`, `banner` or `dialog`.
    #[prop(into, optional)]
    placement: String,
    /// `comfortable` or `compact`.
    #[prop(into, optional)]
    density: String,
    /// Shown when the widget cannot work.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let host = NodeRef::<leptos::html::Div>::new();
    live_in(host, move |name| match name {
        "subject" => Some(subject.clone()),
        "endpoint" => Some(endpoint.clone()),
        "token" => Some(token.clone()),
        "locale" => Some(locale.clone()),
        "checkout-url" => Some(checkout_url.clone()),
        "success-url" => Some(success_url.clone()),
        "theme" => Some(theme.clone()),
        "placement" => Some(placement.clone()),
        "density" => Some(density.clone()),
        _ => None,
    });
    view! {
        <div node_ref=host class="aftercart-offer">
            {children.map(|children| children())}
        </div>
    }
}
