//! What a subscription carries beside its plan stays.

use super::{changed, changes, shop, subscription};
use serde_json::json;

#[tokio::test]
async fn addons_are_kept_through_an_upgrade_and_a_downgrade() {
    for (kind, to) in [("upgrade", "pdt_pro"), ("downgrade", "pdt_starter")] {
        let app = shop(kind, "pdt_basic", to, "").await;
        let (purchase, offer) = app.offered("cus_addons", "pdt_stickers").await;
        changed(&app.accept(&purchase, &offer, "click-1").await);
        let kept = json!([{ "addon_id": "adn_storage", "quantity": 3 }]);
        assert_eq!(changes(&app).await[0]["addons"], kept, "{kind}");
        let after = subscription(&app, "cus_addons").await;
        assert_eq!((&after["product_id"], &after["addons"]), (&json!(to), &kept), "{kind}");
    }
}
