//! The bank's page: the customer approves or refuses a payment, or goes back.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use serde::Deserialize;

use super::{refused, see_other, shown};
use crate::core::currency::written;
use crate::core::{Core, Payment, PaymentStatus};
use crate::http::page::page;
use crate::sandbox::Shared;

#[derive(Deserialize)]
pub(super) struct Decision {
    /// `approve`, `refuse` or `cancel`.
    decision: String,
}

/// `GET /3ds/{payment_id}`: the question, or its answer once given.
pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    shared.with_core(|core, _| match core.ledger.payment(&id) {
        Ok(payment) => render(core, payment),
        Err(error) => refused(&error),
    })
}

/// `POST /3ds/{payment_id}`: ends the payment once; a second answer changes nothing.
pub(super) async fn decide(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(Decision { decision }): Form<Decision>,
) -> Response {
    shared.with_core(|core, now| {
        let waits = match core.ledger.payment(&id) {
            Ok(payment) => payment.status == PaymentStatus::RequiresCustomerAction,
            Err(error) => return refused(&error),
        };
        if waits {
            let ended = match decision.as_str() {
                "approve" => core.settle(now, &id, None),
                "cancel" => core.cancel_payment(now, &id),
                _ => core.settle(now, &id, Some("AUTHENTICATION_FAILURE".to_owned())),
            };
            if let Err(error) = ended {
                return refused(&error);
            }
        }
        let back = core.ledger.payment(&id).ok().and_then(|payment| core.way_back(payment));
        see_other(&back.unwrap_or_else(|| format!("/3ds/{id}")))
    })
}

fn render(core: &Core, payment: &Payment) -> Response {
    let amount = written(payment.total_amount, &payment.currency);
    let body = html! {
        p.banner { "Sandbox bank: this page stands in for the 3D Secure page of the card's issuer." }
        main.card {
            @if payment.status == PaymentStatus::RequiresCustomerAction {
                h1 { "Approve " (amount) "?" }
                p { "Lumen & Grain asks to charge "
                    @if let Some(card) = &payment.card { (card.label()) } @else { "your card" } "." }
                form method="post" action=(format!("/3ds/{}", payment.id)) {
                    p { button.main type="submit" name="decision" value="approve" { "Approve payment" } }
                    p { button type="submit" name="decision" value="refuse" style="width:100%" { "Refuse" } }
                    p { button type="submit" name="decision" value="cancel" style="width:100%" { "Cancel and go back" } }
                }
            } @else {
                h1 { (if payment.status == PaymentStatus::Succeeded { "Payment approved" } else { "Nothing to approve" }) }
                p { "The payment of " (amount) " is " (payment.status.as_str().replace('_', " ")) "." }
                @if let Some(url) = core.way_back(payment) {
                    p { a.button href=(url) { "Back to the shop" } }
                }
            }
        }
    };
    shown(StatusCode::OK, &page("Approve payment", "narrow", &html! {}, &body))
}
