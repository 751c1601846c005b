//! A purchase becomes an offer; one click charges it.

use crate::helpers::TestApp;
use aftercart_contract::{Mode, OfferKind, Outcome};

#[tokio::test]
async fn a_purchase_becomes_an_offer_with_dodos_price_and_tax() {
    let app = TestApp::start().await;
    let (_, offer) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!((offer.kind, offer.mode), (OfferKind::Upsell, Mode::OneClick));
    assert_eq!(offer.product.id.as_str(), "pdt_course");
    assert_eq!(offer.product.price.get(), 4900);
    assert!(offer.product.features.len() >= 3);
    let quote = offer.quote.as_ref().unwrap();
    assert_eq!((quote.due_now.get(), quote.tax.unwrap().get(), quote.currency.code()), (5390, 490, "USD"));
    assert_eq!(quote.display.due_now.as_deref(), Some("$53.90"));
    let card = offer.default_method().unwrap();
    assert_eq!((card.brand.as_deref(), card.last4.as_deref()), (Some("Visa"), Some("4242")));
}

#[tokio::test]
async fn one_click_charges_the_amount_on_the_button_once() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_paid", "pdt_presets").await;
    let Outcome::Succeeded { payment_id, receipt, .. } = app.accept(&purchase, &offer, "click-1").await
    else {
        panic!("paid")
    };
    let receipt = receipt.unwrap();
    assert_eq!(receipt.amount, offer.quote.as_ref().unwrap().due_now);
    assert_eq!(receipt.last4.as_deref(), Some("4242"));
    assert_eq!(app.charges().await.len(), 1);
    let paid = &app.payments("cus_paid").await[0];
    assert_eq!(paid["payment_id"], payment_id.unwrap().as_str());
    assert_eq!((&paid["status"], &paid["total_amount"]), (&"succeeded".into(), &receipt.amount.get().into()));
}
