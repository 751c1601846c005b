//! The server's half: renders the page, hands out the browser's half.

use axum::Router;
use axum::routing::get;
use leptos::prelude::LeptosOptions;
use leptos_ssr::{Page, document};
use std::env;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    // Leptos streams pages on this runtime; applications with `leptos_router` get that from `leptos_routes`.
    let _ = any_spawner::Executor::init_tokio();
    let address = env::var("LEPTOS_SITE_ADDR").unwrap_or_else(|_| "127.0.0.1:8082".to_owned());
    let site = env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "dist".to_owned());
    let options = LeptosOptions::builder().output_name("leptos-ssr").build();
    let render = |page| {
        let options = options.clone();
        leptos_axum::render_app_to_stream(move || document(options.clone(), page))
    };
    let router = Router::new()
        .route("/", get(render(Page::Widget)))
        .route("/own", get(render(Page::Own)))
        .fallback_service(ServeDir::new(site));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, router).await
}
