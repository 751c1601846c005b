//! What a buyer sees of the pretended Dodo: checkout, the bank's page, payment links, the portal.
//! Everything works without JavaScript.

mod buy;
mod countries;
mod form;
mod portal;
mod session;
mod summary;
mod three_ds;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};

use crate::core::ApiError;
use crate::sandbox::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/buy/{product_id}", get(buy::open))
        .route("/session/{id}", get(session::show).post(session::pay))
        .route("/3ds/{payment_id}", get(three_ds::show).post(three_ds::decide))
        .route("/portal/{customer_id}", get(portal::show))
}

/// A page with a status, never cached.
fn shown(status: StatusCode, page: &Markup) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, page.0.clone()).into_response()
}

fn see_other(url: &str) -> Response {
    Redirect::to(url).into_response()
}

/// A refusal as a page.
fn refused(error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = html! {
        main.card {
            h1 { "This page cannot be shown" }
            p { (error.message) "." }
        }
    };
    shown(status, &super::page::page("Not available", "narrow", &html! {}, &body))
}
