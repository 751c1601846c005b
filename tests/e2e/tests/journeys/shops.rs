//! Shops in Express, Flask, axum and Leptos that print the offer into their own thank-you page; `leptos_ssr.rs` buys on
//! the last.

use aftercart_e2e::{Application, Journey, Purchase, money_in};
use anyhow::Result;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

/// A shop beside its backend, by the address of the latter.
type Shop = fn(&str) -> Result<Application>;

/// The page that the shop's server answers, whatever a browser would make of it.
async fn page(shop: &Application, query: &str) -> Result<String> {
    page_at(shop, &format!("/thanks{query}")).await
}

async fn page_at(shop: &Application, path: &str) -> Result<String> {
    let answer = reqwest::get(format!("{}{path}", shop.origin())).await?.error_for_status()?;
    let kept = answer.headers().get("cache-control").and_then(|value| value.to_str().ok());
    assert_eq!(kept, Some("no-store"), "the page has the shopper's proof in it");
    Ok(answer.text().await?)
}

fn query(purchase: &Purchase) -> String {
    format!("?payment_id={}&status=succeeded", purchase.payment_id)
}

/// The offer is in the shop's own HTML, and the click on it charges the amount of the button once.
async fn sells(journey: &Journey, shop: &Application) -> Result<()> {
    journey.page.set_application(shop.origin());
    let purchase = journey.buy("cus_paid", "pdt_presets").await?;
    let html = page(shop, &query(&purchase)).await?;
    for part in ["<h1>Thank you for your order</h1>", "<template shadowrootmode=open>", "<form "] {
        assert!(html.contains(part), "no {part} in the page:\n{html}");
    }
    journey.browser.open(&format!("{}/thanks{}", journey.page.origin(), query(&purchase))).await?;
    let amount = money_in(&journey.accept_words().await?, "USD")?;
    journey.wait_for_take_over().await?;
    journey.click_accept().await?;
    journey.wait_for_state("succeeded").await?;
    assert_eq!(Some(journey.the_one_charge_after(&purchase)?.total_amount), amount);
    assert_eq!(journey.charges_asked_for(), 1);
    Ok(())
}

/// As [`sells`], and what the shop prints where there is no offer: nothing, or the element, which asks by itself.
async fn prints_what_the_backend_answers(start: Shop) -> Result<()> {
    let journey = Journey::start().await?;
    let shop = start(&journey.backend.origin())?;
    sells(&journey, &shop).await?;

    let nothing = journey.buy("cus_not_eligible", "pdt_stickers").await?;
    let html = page(&shop, &query(&nothing)).await?;
    assert!(!html.contains("<aftercart-offer"), "{html}");

    let plain =
        format!("<aftercart-offer endpoint=\"{}/api/upsell\"></aftercart-offer>", journey.backend.origin());
    for odd in ["?payment_id=..%2F..%2Fhealthz", "?payment_id=a&payment_id=b", ""] {
        let html = page(&shop, odd).await?;
        assert!(html.contains(&plain), "{odd}: {html}");
    }
    Ok(())
}

/// The page comes, with the element for the loader, when the backend is away or stops in its answer.
async fn does_without_the_backend(start: Shop, path: &str) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let stuck = format!("http://{}", listener.local_addr()?);
    let stops = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let begun =
                b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 99\r\n\r\n<aftercart-";
            let _ = connection.write_all(begun).await;
            held.push(connection);
        }
    });
    let away = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    for backend in [stuck, format!("http://{away}")] {
        let html = page_at(&start(&backend)?, &format!("{path}?payment_id=pay_1")).await?;
        let plain = format!("<aftercart-offer endpoint=\"{backend}/api/upsell\"></aftercart-offer>");
        assert!(html.contains(&plain), "{html}");
    }
    stops.abort();
    Ok(())
}

#[tokio::test]
async fn a_shop_in_express_prints_and_sells() -> Result<()> {
    prints_what_the_backend_answers(Application::express).await
}

#[tokio::test]
async fn a_shop_in_flask_prints_and_sells() -> Result<()> {
    prints_what_the_backend_answers(Application::flask).await
}

#[tokio::test]
async fn a_shop_in_express_does_without_the_backend() -> Result<()> {
    does_without_the_backend(Application::express, "/thanks").await
}

#[tokio::test]
async fn a_shop_in_flask_does_without_the_backend() -> Result<()> {
    does_without_the_backend(Application::flask, "/thanks").await
}

#[tokio::test]
async fn a_shop_in_leptos_does_without_the_backend() -> Result<()> {
    does_without_the_backend(Application::leptos_ssr_printing, "/printed").await
}

#[tokio::test]
async fn a_shop_in_axum_has_the_backend_inside() -> Result<()> {
    let journey = Journey::start().await?;
    let shop = Application::axum_nested(&journey.sandbox.url(), journey.page.origin())?;
    journey.sandbox.set_webhook_url(Some(format!("{}/webhooks/dodo", shop.origin())));
    journey.page.set_backend(shop.origin());
    sells(&journey, &shop).await?;

    let nothing = query(&journey.buy("cus_not_eligible", "pdt_stickers").await?);
    for nothing in [&nothing, "?payment_id=..%2Fhealthz", ""] {
        assert!(!page(&shop, nothing).await?.contains("<aftercart-offer"), "{nothing}");
    }
    Ok(())
}
