//! The panel's page: what one can do, then what has happened, newest first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};

use super::actions::OFFERED_FAULTS;
use super::sections;
use crate::core::Core;
use crate::core::currency::written;
use crate::http::page::page;
use crate::sandbox::Shared;

/// Replaces only the live half, so that a form being filled in stays as it is.
const REFRESH: &str = "setInterval(async()=>{const a=document.activeElement;const live=document.getElementById('live');\
if(document.hidden||live.contains(a))return;try{const t=await(await fetch('/_sandbox')).text();\
const n=new DOMParser().parseFromString(t,'text/html').getElementById('live');if(n)live.replaceChildren(...n.childNodes)}catch{}},2000)";

/// `GET /_sandbox`.
pub(super) async fn show(State(shared): State<Arc<Shared>>) -> Response {
    let markup = shared.with_core(|core, now| {
        let head = html! { noscript { meta http-equiv="refresh" content="10"; } };
        let body = html! {
            header {
                h1 { "Dodo sandbox · Lumen & Grain" }
                p.soft { "API " code { (shared.url) } " · webhooks to "
                    @match &core.outbox.endpoint { Some(url) => { code { (url) } } None => { "nobody yet" } }
                    @if (shared.clock.scale() - 1.0).abs() > f64::EPSILON { " · " (shared.clock.scale()) " times as fast as real" } }
            }
            main {
                (actions(core))
                div id="live" {
                    (sections::faults(core))
                    (sections::payments(core))
                    (sections::deliveries(core, now))
                    (sections::customers(core))
                    (sections::requests(core))
                }
            }
            script { (PreEscaped(REFRESH)) }
        };
        page("Dodo sandbox", "wide", &head, &body)
    });
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, markup.0).into_response()
}

fn actions(core: &Core) -> Markup {
    let paused = core.outbox.is_paused;
    html! {
        section.card aria-labelledby="act" {
            h2 id="act" { "Make something happen" }
            form.row method="post" action="/_sandbox/panel/purchase" {
                label { span { "Customer" } (customers(core, false)) }
                label { span { "Buys" }
                    select name="product_id" {
                        @for product in &core.ledger.products {
                            option value=(product.id) { (product.name) " · " (written(product.price, &product.currency)) }
                        }
                    }
                }
                button type="submit" { "Make a purchase" }
            }
            form.row method="post" action="/_sandbox/panel/fault" style="margin-top:1rem" {
                label { span { "The next call to" }
                    select name="path_prefix" {
                        option value="/checkouts" { "/checkouts" }
                        option value="/payments" { "/payments" }
                        option value="/customers" { "/customers" }
                        option value="/products" { "/products" }
                        option value="" { "anything" }
                    }
                }
                label { span { "for" } (customers(core, true)) }
                label { span { "will" }
                    select name="fault" {
                        @for (value, words) in OFFERED_FAULTS { option value=(value) { (words) } }
                    }
                }
                button type="submit" { "Set the fault" }
            }
            div.row style="margin-top:1rem" {
                (button(if paused { "/_sandbox/panel/webhooks/resume" } else { "/_sandbox/panel/webhooks/pause" },
                    if paused { "Resume webhooks" } else { "Pause webhooks" }))
                (button("/_sandbox/panel/faults/clear", "Clear all faults"))
                (button("/_sandbox/panel/reset", "Reset everything"))
            }
        }
    }
}

fn customers(core: &Core, with_anybody: bool) -> Markup {
    html! {
        select name="customer_id" {
            @if with_anybody { option value="" { "anybody" } }
            @for customer in &core.ledger.customers {
                option value=(customer.id) { (customer.name) }
            }
        }
    }
}

fn button(action: &str, label: &str) -> Markup {
    html! { form method="post" action=(action) { button type="submit" { (label) } } }
}
