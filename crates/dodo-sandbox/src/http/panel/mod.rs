//! The panel: everything the sandbox knows, on one page, and buttons for what one does most.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::sandbox::Shared;

mod actions;
mod sections;
mod view;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/", get(view::show)).merge(actions::routes())
}
