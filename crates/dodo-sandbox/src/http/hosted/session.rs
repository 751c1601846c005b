//! The checkout page of a session: show it, pay on it.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::form::{Fields, payment_form};
use super::summary::summary;
use super::{refused, see_other, shown};
use crate::core::currency::written;
use crate::core::hosted::Complaint;
use crate::core::{Core, Moment, Payment, PaymentStatus, Session, SessionState};
use crate::http::page::page;
use crate::sandbox::Shared;

/// `GET /session/{id}`.
pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    shared.with_core(|core, now| match core.ledger.session(&id).cloned() {
        Ok(session) => {
            let fields = Fields::fresh(core, &session);
            render(core, now, &session, &fields, None)
        }
        Err(error) => refused(&error),
    })
}

/// `POST /session/{id}`: pays, or shows the form again with what is wrong.
pub(super) async fn pay(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    shared.with_core(|core, now| {
        let session = match core.ledger.session(&id).cloned() {
            Ok(session) => session,
            Err(error) => return refused(&error),
        };
        if fields.asks_for_update() || session.state(&core.ledger, now.at) != SessionState::Open {
            return render(core, now, &session, &fields, None);
        }
        let paid = core.pay_session(now, &id, &fields.entry());
        match paid.map(|payment_id| core.ledger.payment(&payment_id).cloned()) {
            Ok(Ok(payment)) => after(core, now, &session, &fields, &payment),
            Ok(Err(error)) => refused(&error),
            Err(complaint) => render(core, now, &session, &fields, Some(&complaint)),
        }
    })
}

/// Where a fresh payment takes the buyer.
fn after(core: &Core, now: Moment, session: &Session, fields: &Fields, payment: &Payment) -> Response {
    match payment.status {
        PaymentStatus::Failed => {
            let message = sentence_for(payment.error_code.as_deref().unwrap_or_default());
            let complaint = Complaint { field: None, message: message.to_owned() };
            render(core, now, session, fields, Some(&complaint))
        }
        PaymentStatus::RequiresCustomerAction => see_other(&format!("/3ds/{}", payment.id)),
        _ => match core.way_back(payment) {
            Some(url) => see_other(&url),
            None => see_other(&format!("/session/{}", session.id)),
        },
    }
}

/// What the buyer reads of a failure. Codes about fraud stay unspoken.
fn sentence_for(code: &str) -> &'static str {
    match code {
        "INSUFFICIENT_FUNDS" => {
            "The card has insufficient funds. You have not been charged; try another card."
        }
        "EXPIRED_CARD" => "The card has expired. You have not been charged; try another card.",
        "PROCESSING_ERROR" | "NETWORK_ERROR" | "NETWORK_TIMEOUT" => {
            "The payment could not be processed. You have not been charged; try again."
        }
        _ => "The card was declined. You have not been charged; try another card.",
    }
}

fn render(
    core: &Core,
    now: Moment,
    session: &Session,
    fields: &Fields,
    complaint: Option<&Complaint>,
) -> Response {
    match session.state(&core.ledger, now.at) {
        SessionState::Open => {}
        state => return closed(core, &state),
    }
    let quote = match core.session_quote(session, &fields.country) {
        Ok(quote) => quote,
        Err(error) => return refused(&error),
    };
    let status = match complaint {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let body = html! {
        p.banner { "Sandbox checkout: no real money moves, and no real card number belongs here." }
        main {
            h1 { "Pay " (written(quote.total, &quote.currency)) " to Lumen & Grain" }
            @if let Some(complaint) = complaint {
                div.alert role="alert" id="complaint" { (complaint.message) }
            }
            div.columns {
                (summary(&quote))
                (payment_form(core, now, session, fields, &quote, complaint))
            }
        }
    };
    shown(status, &page("Checkout · Lumen & Grain", "checkout", &html! {}, &body))
}

/// The page of a session that takes no money any more, or not now.
fn closed(core: &Core, state: &SessionState) -> Response {
    let payment = match state {
        SessionState::Pending(id) | SessionState::Paid(id) => core.ledger.payment(id).ok(),
        _ => None,
    };
    let (title, text): (&str, Markup) = match state {
        SessionState::Paid(_) => ("Paid", html! { "Thank you. This order is paid." }),
        SessionState::Pending(_) => {
            ("Payment in progress", html! { "Your payment is being processed. Do not pay again." })
        }
        SessionState::Consumed => ("Checkout closed", html! { "This checkout has been used." }),
        _ => ("Checkout expired", html! { "This checkout is too old. Go back to the shop and start again." }),
    };
    let body = html! {
        main.card {
            h1 { (title) }
            p { (text) }
            @if let Some(payment) = payment {
                @if payment.status == PaymentStatus::RequiresCustomerAction {
                    p { a.button href=(format!("/3ds/{}", payment.id)) { "Go to your bank's page" } }
                } @else if let Some(url) = core.way_back(payment) {
                    p { a.button href=(url) { "Back to the shop" } }
                }
            }
        }
    };
    shown(StatusCode::OK, &page(title, "narrow", &html! {}, &body))
}
