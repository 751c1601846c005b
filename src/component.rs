//! `<UpsellOffer/>`: the widget as a part of a Leptos app.

#![allow(unreachable_pub, reason = "#[component] and #[slot] write public items, and this module is private")]

use crate::hook::UpsellSettings;
use crate::mount::{live_in, painted_before};
use leptos::prelude::*;

/// Content of the application's own in one of the places of [`UpsellOffer`]. It stays in the application's
/// document, with its styles and its signals; the widget only gives it room.
#[slot]
pub struct OfferSlot {
    /// What stands there.
    children: Children,
}

/// The widget as a component of a Leptos app, rendered in the browser or on a server and hydrated.
///
/// Renders a host `div` that carries the widget in its shadow root; events bubble out of it under the
/// names that the script tag uses. Unmounting the component ends the widget. Props are read once. A
/// server renders the host with the space and the frame of the offer; the widget takes them over when the
/// app is hydrated. Without scripts, or when those do not come in ten seconds, the children show.
///
/// ```no_run
/// use aftercart::{OfferSlot, UpsellOffer};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Thanks() -> impl IntoView {
///     view! {
///         <UpsellOffer subject="pay_1" endpoint="https://shop.example/api/upsell">
///             <OfferSlot slot:media><img src="/course.jpg" alt="A look into the course"/></OfferSlot>
///             <OfferSlot slot:footer><a href="/terms">"Our terms"</a></OfferSlot>
///             <a href="/courses">"See our courses"</a>
///         </UpsellOffer>
///     }
/// }
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
    /// Above the product's name: a picture or a film.
    #[prop(optional)]
    media: Option<OfferSlot>,
    /// Below what the shopper gets: more words about the product.
    #[prop(optional)]
    details: Option<OfferSlot>,
    /// Below the buttons and their terms: whom to ask, the seller's own terms.
    #[prop(optional)]
    footer: Option<OfferSlot>,
    /// Shown when the widget cannot work.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let host = NodeRef::<leptos::html::Div>::new();
    let settings = UpsellSettings { subject, endpoint, token, locale, checkout_url, success_url };
    let is_dialog = placement == "dialog";
    let looks = [("theme", theme), ("placement", placement), ("density", density)];
    let [theme, placement, density] = looks.clone().map(|(_, value)| (!value.is_empty()).then_some(value));
    live_in(host, move |name| {
        let look = looks.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        look.or_else(|| settings.attribute(name))
    });
    let own = |name: &'static str, slot: Option<OfferSlot>| {
        slot.map(|slot| leptos::html::div().attr("slot", name).child((slot.children)()))
    };
    view! {
        <div node_ref=host class="aftercart-offer" data-theme=theme data-placement=placement data-density=density>
            {painted_before(is_dialog)}
            {own("media", media)}
            {own("details", details)}
            {own("footer", footer)}
            {children.map(|children| children())}
        </div>
    }
}
