//! The server's half: renders the page, hands out the browser's half.

use axum::Router;
use axum::routing::get;
use leptos::prelude::LeptosOptions;
use leptos_ssr::document;
use std::env;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let set = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let endpoint = set("AFTERCART_ENDPOINT", "http://127.0.0.1:4020/api/upsell");
    let site = set("LEPTOS_SITE", "site");
    let options = LeptosOptions::builder().output_name("leptos-ssr").build();
    let page = leptos_axum::render_app_to_stream(move || document(options.clone(), endpoint.clone()));
    let router = Router::new().route("/", get(page)).fallback_service(ServeDir::new(site));
    let listener = tokio::net::TcpListener::bind(set("LEPTOS_LISTEN", "127.0.0.1:8082")).await?;
    println!("http://{}/?payment_id=pay_…", listener.local_addr()?);
    axum::serve(listener, router).await
}
