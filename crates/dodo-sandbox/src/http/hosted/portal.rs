//! The customer portal, as far as a link to it must lead somewhere.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::{refused, shown};
use crate::http::page::page;
use crate::sandbox::Shared;

/// `GET /portal/{customer_id}`: the saved cards, to look at.
pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    shared.with_core(|core, now| {
        let customer = match core.ledger.customer(&id) {
            Ok(customer) => customer,
            Err(error) => return refused(&error),
        };
        let body = html! {
            main.card {
                h1 { "Your account at Lumen & Grain" }
                p { (customer.name) br; span.soft { (customer.email) } }
                h2 { "Saved cards" }
                ul.plain {
                    @for method in &customer.methods {
                        li { (method.card.label()) " " span.soft {
                            (if method.card.is_expired(now.at) { "expired" } else { "valid until" }) " "
                            (method.card.expiry_month) "/" (method.card.expiry_year)
                        } }
                    }
                }
                @if customer.methods.is_empty() { p { "None." } }
            }
        };
        shown(StatusCode::OK, &page("Your account", "narrow", &html! {}, &body))
    })
}
