//! The server's half: renders the pages, asks the backend for the offer that it prints, hands out the browser's half.

use aftercart::contract::Subject;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_ssr::{Offer, Page, document};
use reqwest::Client;
use std::env;
use std::time::Duration;
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
    let (printing, client) = (options.clone(), Client::new());
    let router = Router::new()
        .route("/", get(render(Page::Widget)))
        .route("/own", get(render(Page::Own)))
        .route("/printed", get(move |request| printed(printing.clone(), client.clone(), request)))
        .fallback_service(ServeDir::new(site));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, router).await
}

/// The page with the offer in it. For this shopper alone: the offer has their proof in it.
async fn printed(options: LeptosOptions, client: Client, request: Request<Body>) -> Response {
    let offer = offer_for(&client, request.uri()).await;
    let context = move || provide_context(offer.clone());
    let page = move || document(options.clone(), Page::Printed);
    let page = leptos_axum::render_app_to_stream_with_context(context, page)(request).await;
    ([(header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// What the backend paints for the purchase in this address, or the plain element, and the loader asks once more.
async fn offer_for(client: &Client, address: &Uri) -> Offer {
    let backend = env::var("AFTERCART_URL").unwrap_or_else(|_| "http://127.0.0.1:4020".to_owned());
    let mut query = address.query().unwrap_or_default().split('&');
    // An id is of letters that lead nowhere else in an address.
    let payment = query.find_map(|pair| Subject::parse(pair.strip_prefix("payment_id=")?).ok());
    let answer = match payment {
        Some(payment) => asked(client, &format!("{backend}/api/upsell/{payment}?locale=en")).await.ok(),
        None => None,
    };
    let plain = || format!("<aftercart-offer endpoint=\"{backend}/api/upsell\"></aftercart-offer>");
    Offer(answer.unwrap_or_else(plain))
}

async fn asked(client: &Client, address: &str) -> Result<String, reqwest::Error> {
    let ask = client.get(address).header(header::ACCEPT, "text/html");
    let answer = ask.timeout(Duration::from_millis(500)).send().await?.error_for_status()?;
    if answer.status() == StatusCode::NO_CONTENT { Ok(String::new()) } else { answer.text().await }
}
