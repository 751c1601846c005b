//! What a change costs: the button, the quote, Dodo's preview and its ledger say the same.

use super::{advance, changed, changes, half_way, sent, shop, shop_with, subscription};
use aftercart_contract::Offer;
use dodo_sandbox::Proration::{self, Current, Legacy};
use serde_json::json;

/// Dodo's worked examples, half-way through a cycle, for a customer without tax: due now and credit, dollars.
const EXAMPLES: [(Proration, &str, [i64; 2], [i64; 2]); 10] = [
    (Current, "difference_immediately", [50, 0], [0, 50]),
    (Current, "prorated_immediately", [65, 0], [0, 10]),
    (Current, "prorated_immediately_keep_cycle", [25, 0], [0, 25]),
    (Current, "full_immediately", [80, 0], [30, 0]),
    (Current, "do_not_bill", [0, 0], [0, 0]),
    (Legacy, "difference_immediately", [50, 0], [0, 50]),
    (Legacy, "prorated_immediately", [25, 0], [0, 25]),
    (Legacy, "prorated_immediately_keep_cycle", [25, 0], [0, 25]),
    (Legacy, "full_immediately", [80, 0], [30, 0]),
    (Legacy, "do_not_bill", [0, 0], [0, 0]),
];

async fn check(profile: Proration, mode: &str, kind: &str, plans: [&str; 2], expected: [i64; 2]) {
    let case = format!("{profile:?} {mode} {kind}");
    let app = shop_with(profile, kind, plans[0], plans[1], &format!("proration = \"{mode}\"")).await;
    let (purchase, offer) = half_way(&app, "cus_kw", plans[0]).await;
    let quote = offer.quote.as_ref().unwrap();
    let told = [quote.due_now.get(), quote.credit_granted.get()];
    assert_eq!(told, expected.map(|dollars| dollars * 100), "{case}");
    let (_, receipt) = changed(&app.accept(&purchase, &offer, "click-1").await);
    assert_eq!(receipt.map_or(0, |receipt| receipt.amount.get()), told[0], "{case}");
    let paid: Vec<_> = app.payments("cus_kw").await;
    let paid = paid.iter().filter(|payment| payment["charge_type"] == "plan_change");
    let paid: Vec<_> = paid.map(|payment| payment["total_amount"].as_i64().unwrap()).collect();
    let due: Vec<_> = Some(told[0]).filter(|due| *due > 0).into_iter().collect();
    assert_eq!(paid, due, "{case}");
    assert_eq!(subscription(&app, "cus_kw").await["product_id"], plans[1], "{case}");
    assert_eq!(changes(&app).await.len(), 1, "{case}");
}

#[tokio::test]
async fn every_mode_costs_what_dodos_worked_examples_say() {
    for (profile, mode, upgrade, downgrade) in EXAMPLES {
        check(profile, mode, "upgrade", ["pdt_basic", "pdt_pro"], upgrade).await;
        check(profile, mode, "downgrade", ["pdt_pro", "pdt_basic"], downgrade).await;
    }
}

#[tokio::test]
async fn an_upgrade_shows_both_plans_their_difference_and_the_tax() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (_, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    assert_eq!(offer.mode, aftercart_contract::Mode::Confirm);
    assert_eq!(offer.checkout_url, None);
    let current = offer.current.as_ref().unwrap();
    assert_eq!((current.name.as_str(), current.price.get()), ("Basic plan", 3000));
    assert_eq!(offer.price_difference.unwrap().get(), 5000);
    assert_eq!(offer.default_method().unwrap().last4.as_deref(), Some("4242"));
    let quote = offer.quote.as_ref().unwrap();
    assert_eq!((quote.subtotal.get(), quote.tax.unwrap().get(), quote.due_now.get()), (5000, 500, 5500));
    let renewal = quote.renewal.as_ref().unwrap();
    assert_eq!(renewal.amount.get(), 8000);
    let shown = &quote.display;
    assert_eq!(shown.due_now.as_deref(), Some("$55.00"));
    assert_eq!(shown.current_price.as_deref(), Some("$30.00"));
    assert_eq!(shown.price_difference.as_deref(), Some("$50.00"));
    assert_eq!(shown.renewal.as_deref(), Some("$80.00 plus tax"));
    assert_eq!((&shown.credit_used, &shown.credit_granted), (&None, &None));
    assert!(quote.effective_at.as_ref().unwrap() >= &quote.quoted_at);
}

#[tokio::test]
async fn the_next_bill_has_its_day_and_tells_of_tax_in_the_shoppers_words() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    let (purchase, _) = half_way(&app, "cus_paid", "pdt_basic").await;
    for (locale, renewal, after_day) in
        [("de", "80,00\u{a0}$ zzgl. Steuern", ". "), ("pt-BR", "US$\u{a0}80,00 mais impostos", " de ")]
    {
        let path = format!("/api/upsell/{purchase}?locale={locale}");
        let offer: Offer = app.get(&path).send().await.unwrap().json().await.unwrap();
        let quote = offer.quote.unwrap();
        assert_eq!(quote.display.renewal.as_deref(), Some(renewal));
        for (text, at) in [
            (&quote.display.renews_on, &quote.renewal.as_ref().unwrap().starts_at),
            (&quote.display.effective_on, &quote.effective_at),
        ] {
            let (text, at) = (text.as_ref().unwrap(), at.as_ref().unwrap().as_str());
            let day = at[8..10].trim_start_matches('0');
            assert!(
                text.starts_with(&format!("{day}{after_day}")) && text.ends_with(&at[..4]),
                "{text} {at}"
            );
        }
    }
}

#[tokio::test]
async fn a_plan_that_has_its_tax_in_the_price_adds_none_to_the_next_bill() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    app.control("products/pdt_pro/price", json!({ "price": 8000, "tax_inclusive": true })).await;
    let (_, offer) = half_way(&app, "cus_paid", "pdt_basic").await;
    assert_eq!(offer.quote.unwrap().display.renewal.as_deref(), Some("$80.00"));
}

#[tokio::test]
async fn a_downgrades_credit_is_told_and_spent_on_the_next_renewals() {
    let app = shop("downgrade", "pdt_pro", "pdt_basic", "").await;
    let (purchase, offer) = half_way(&app, "cus_kw", "pdt_pro").await;
    let quote = offer.quote.as_ref().unwrap();
    assert_eq!(quote.display.credit_granted.as_deref(), Some("$50.00"));
    assert_eq!(offer.price_difference.unwrap().get(), -5000);
    let (change, receipt) = changed(&app.accept(&purchase, &offer, "click-1").await);
    assert_eq!((change.credit_granted.as_deref(), receipt), (Some("$50.00"), None));
    let id = subscription(&app, "cus_kw").await["subscription_id"].as_str().unwrap().to_owned();
    let mut renewals = Vec::new();
    for _ in 0..2 {
        advance(&app, 30).await;
        let renewal = json!({ "charge_type": "renewal" });
        let paid = app.control(&format!("subscriptions/{id}/payments"), renewal).await;
        renewals.push(paid["total_amount"].as_i64().unwrap());
    }
    assert_eq!(renewals, [0, 1000], "$50 of credit against two renewals of $30");
}

#[tokio::test]
async fn credit_that_is_there_is_spent_on_an_upgrade_and_shown() {
    let app = shop("upgrade", "pdt_basic", "pdt_pro", "").await;
    app.buy("cus_kw", "pdt_pro").await;
    let id = subscription(&app, "cus_kw").await["subscription_id"].as_str().unwrap().to_owned();
    let body = json!({ "product_id": "pdt_basic", "quantity": 1, "on_payment_failure": "prevent_change",
        "proration_billing_mode": "prorated_immediately_keep_cycle", "effective_at": "immediately", "addons": [] });
    advance(&app, 24).await;
    let url = format!("{}/subscriptions/{id}/change-plan", app.sandbox.url());
    for path in [format!("{url}/preview"), url] {
        let call = app.http.post(path).bearer_auth(dodo_sandbox::DEFAULT_API_KEY).json(&body);
        assert_eq!(call.send().await.unwrap().status(), 200);
    }
    let (purchase, offer) = app.offered("cus_kw", "pdt_stickers").await;
    let quote = offer.quote.as_ref().unwrap();
    assert_eq!((quote.total.get(), quote.credit_used.get(), quote.due_now.get()), (5000, 1000, 4000));
    assert_eq!(quote.display.credit_used.as_deref(), Some("$10.00"));
    let (_, receipt) = changed(&app.accept(&purchase, &offer, "click-1").await);
    assert_eq!(receipt.unwrap().amount.get(), 4000);
    assert_eq!(sent(&app, "POST", "/change-plan").await.len(), 2);
}
