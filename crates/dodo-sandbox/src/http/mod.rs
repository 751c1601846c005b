//! The HTTP shell around the core: Dodo's API, the pages a buyer sees, and the control panel.

mod api;
mod connection;
mod control;
mod guard;
mod hosted;
mod images;
mod page;
mod panel;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::sandbox::Shared;

/// Answers on `listener` until `stopped` turns true.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let service = router(shared).into_make_service_with_connect_info::<connection::Cutter>();
    let stop = async move {
        // The sender being gone means the same as a stop.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    let server = axum::serve(connection::CuttableListener(listener), service).with_graceful_shutdown(stop);
    if let Err(error) = server.await {
        tracing::error!(%error, "the sandbox stopped listening");
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/_sandbox") }))
        .route("/_sandbox/", get(|| async { Redirect::to("/_sandbox") }))
        .merge(hosted::routes())
        .nest(
            "/_sandbox",
            control::routes().merge(panel::routes()).layer(middleware::from_fn(guard::local_callers)),
        )
        .fallback(api::answer)
        .layer(middleware::from_fn(guard::local_names))
        .with_state(shared)
}
