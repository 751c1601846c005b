//! Addons: part of the price, kept when they are named, gone when they are not.

use serde_json::{Value, json};

use super::{change, newest, record, renew, to, with};
use crate::support::Shop;

async fn with_addons(shop: &Shop) -> String {
    let (_, list) = shop.get("/subscriptions?customer_id=cus_addons").await;
    list["items"][0]["subscription_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn addons_that_are_named_stay_and_are_billed() {
    let shop = Shop::open().await;
    let id = with_addons(&shop).await;
    let kept = json!([{ "addon_id": "adn_storage", "quantity": 3 }]);
    let (_, before) = shop.get(&format!("/subscriptions/{id}")).await;
    assert_eq!((&before["addons"], &before["recurring_pre_tax_amount"]), (&kept, &json!(6000)));
    let body = with(to("pdt_pro", "difference_immediately"), "addons", kept.clone());
    let (_, preview) = shop.post(&format!("{}/preview", change(&id)), body.clone()).await;
    assert_eq!(preview["immediate_charge"]["summary"]["total_amount"], 5500);
    assert_eq!(
        (&preview["new_plan"]["addons"], &preview["new_plan"]["recurring_pre_tax_amount"]),
        (&kept, &json!(11_000))
    );
    assert_eq!(shop.post(&change(&id), body).await.0, 200);
    assert_eq!(newest(&shop, &id).await["total_amount"], 5500);
    assert_eq!(record(&shop, &id).addons.len(), 1);
    assert_eq!(renew(&shop, &id).await["total_amount"], 12_100);
}

#[tokio::test]
async fn a_change_that_names_no_addons_removes_them() {
    let shop = Shop::open().await;
    for named in [Value::Null, json!([])] {
        shop.post("/_sandbox/reset", json!({})).await;
        let id = with_addons(&shop).await;
        let body = with(to("pdt_pro", "difference_immediately"), "addons", named);
        assert_eq!(shop.post(&change(&id), body).await.0, 200);
        assert!(record(&shop, &id).addons.is_empty());
    }
}
