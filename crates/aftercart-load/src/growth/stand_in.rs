//! A stand-in for Dodo that costs little: it keeps nothing and answers everything after the same time.
//!
//! The sandbox is the faithful one; this one says only what an offer and an accept ask for. A payment's id says whose
//! it is: `pay_x` was made by `cus_x`, and `pay_own…` is a charge, paid at once.

use anyhow::Result;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// What everything costs, minor units.
const PRICE: i64 = 4_900;

static CHARGES: AtomicU64 = AtomicU64::new(0);

/// Starts it on a free port; it ends with this process.
pub(crate) async fn start(think_ms: u64) -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let think = Duration::from_millis(think_ms);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let service = service_fn(move |request| answer(request, think));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

async fn answer(request: Request<Incoming>, think: Duration) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    body.collect().await?;
    sleep(think).await;
    let found = document(&parts.method, parts.uri.path());
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let body = found.unwrap_or_else(|| json!({"code": "NOT_FOUND", "message": "Item not found"})).to_string();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    Ok(response)
}

fn document(method: &Method, path: &str) -> Option<Value> {
    let mut parts = path.trim_start_matches('/').split('/');
    match (method, parts.next()?, parts.next(), parts.next()) {
        (&Method::GET, "products", Some(id), None) => Some(product(id)),
        (&Method::GET, "customers", Some(_), Some("payment-methods")) => Some(methods()),
        (&Method::GET, "customers", Some(id), None) => Some(json!({"customer_id": id})),
        (&Method::GET, "payments", Some(id), None) => Some(payment(id)),
        (&Method::GET, "payments", None, None) => Some(json!({"items": []})),
        (&Method::POST, "checkouts", Some("preview"), None) => Some(preview()),
        (&Method::POST, "checkouts", None, None) => {
            let number = CHARGES.fetch_add(1, Ordering::Relaxed);
            // Another run's charges are another run's.
            let run = std::process::id();
            Some(json!({"session_id": format!("cks_{run}x{number}"), "checkout_url": null,
                "payment_id": format!("pay_own{run}x{number}")}))
        }
        _ => None,
    }
}

fn product(id: &str) -> Value {
    json!({
        "product_id": id, "business_id": "bus_1", "brand_id": "brand_1", "name": "Pro plan",
        "description": "Everything in Basic, plus the tools that growing teams ask for.",
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "is_recurring": false,
        "license_key_enabled": false, "metadata": {}, "tax_category": "saas", "image": null,
        "price": {"type": "one_time_price", "price": PRICE, "currency": "USD", "discount": 0,
            "purchasing_power_parity": false, "tax_inclusive": false}
    })
}

fn methods() -> Value {
    let card = json!({"card_network": "visa", "card_type": "credit", "last4_digits": "4242", "expiry_month": "06",
        "expiry_year": "2032", "card_holder_name": null, "card_issuing_country": "US"});
    json!({"items": [{"payment_method_id": "pm_1", "payment_method": "card", "payment_method_type": "credit",
        "recurring_enabled": true, "last_used_at": null, "card": card}]})
}

fn preview() -> Value {
    let breakup = json!({"subtotal": PRICE, "discount": 0, "tax": 0, "total_amount": PRICE});
    json!({"billing_country": "US", "currency": "USD", "product_cart": [], "total_price": PRICE,
        "current_breakup": breakup, "recurring_breakup": null})
}

/// A payment of this id; a webhook brings the same.
pub(crate) fn payment(id: &str) -> Value {
    let whose = id.trim_start_matches("pay_");
    let billing = json!({"country": "US", "state": "CA", "city": "San Francisco", "street": "1 Market Street",
        "zipcode": "94105"});
    let metadata = if whose.starts_with("own") { json!({"aftercart_purchase": "pay_x"}) } else { json!({}) };
    json!({
        "payment_id": id, "business_id": "bus_1", "status": "succeeded", "total_amount": PRICE, "currency": "USD",
        "created_at": jiff::Timestamp::now().to_string(), "tax": 0, "billing": billing, "metadata": metadata,
        "customer": {"customer_id": format!("cus_{whose}"), "email": "buyer@example.com", "name": "A buyer"},
        "product_cart": [{"product_id": "pdt_basic", "quantity": 1}], "payment_method": "card",
        "card_last_four": "4242", "card_network": "VISA"
    })
}
