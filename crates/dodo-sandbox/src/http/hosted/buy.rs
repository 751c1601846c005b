//! Static payment links.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::{refused, see_other};
use crate::sandbox::Shared;

#[derive(Deserialize)]
pub(super) struct Link {
    quantity: Option<i64>,
    redirect_url: Option<String>,
    /// Not Dodo's: lets a preview buy as a customer of the catalogue.
    customer_id: Option<String>,
}

/// `GET /buy/{product_id}?quantity=1&redirect_url=…`: a new session, and its page.
pub(super) async fn open(
    State(shared): State<Arc<Shared>>,
    Path(product_id): Path<String>,
    Query(link): Query<Link>,
) -> Response {
    let quantity = link.quantity.unwrap_or(1);
    let opened = shared.with_core(|core, now| {
        core.open_payment_link(now, &product_id, quantity, link.redirect_url, link.customer_id)
    });
    match opened {
        Ok(session_id) => see_other(&format!("/session/{session_id}")),
        Err(error) => refused(&error),
    }
}
