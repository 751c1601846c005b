//! A shop in axum with the Aftercart backend inside: one program, one origin.
//!
//! The shop prints the offer into its thank-you page with a function call. The page's own script comes after it, and is not
//! needed to buy.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;

use aftercart::config::Config as Element;
use aftercart_contract::Subject;
use aftercart_server::{App, Config};
use anyhow::Result;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let settings = std::env::args().nth(1).unwrap_or_else(|| "aftercart.toml".to_owned());
    let config =
        Config::load(Path::new(&settings), &|name| std::env::var(name).ok()).map_err(|complaints| {
            let lines = complaints.iter().map(ToString::to_string).collect::<Vec<_>>();
            anyhow::anyhow!(lines.join("\n"))
        })?;
    let listener = TcpListener::bind(config.listen).await?;
    println!("http://{}/", listener.local_addr()?);

    let aftercart = App::build(config).await?;
    let shop =
        Router::new().route("/thanks", get(thanks)).with_state(aftercart.clone()).merge(aftercart.router());
    // With the shopper's address: how often one may ask is limited.
    let shop = shop.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, shop).with_graceful_shutdown(told_to_stop()).await?;
    aftercart.finish_charges().await;
    Ok(())
}

/// The page after the purchase, with one more thing on it. Dodo appends `payment_id` to the address it returns to.
async fn thanks(
    State(aftercart): State<App>,
    Query(back): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    let offer = match back.get("payment_id").and_then(|id| Subject::parse(id).ok()) {
        Some(subject) => {
            let element = Element { locale: Some("en".to_owned()), ..Element::new(subject) };
            aftercart.print_offer(&element, None).await
        }
        None => String::new(),
    };
    // For this shopper alone: the offer has their proof in it.
    ([(header::CACHE_CONTROL, "no-store")], Html(page(&offer)))
}

fn page(offer: &str) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Thank you for your order</title>
    <style>body {{ max-inline-size: 36rem; margin: 2rem auto; padding-inline: 1rem; font-family: system-ui }}</style>
    <script async src="/aftercart/aftercart.js"></script>
  </head>
  <body>
    <h1>Thank you for your order</h1>
    <p>A receipt is on its way to your inbox.</p>
    {offer}
  </body>
</html>
"#
    )
}

async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
