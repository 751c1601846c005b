//! What the operator sees and may say: over HTTP, and at the machine.

mod http;
pub(crate) mod machine;
mod offers;

use crate::helpers::{MERCHANT_KEY, TestApp};
use serde_json::{Value, json};

const CONFLICT: &str = "cus_conflict";

pub(crate) async fn asked(app: &TestApp, path: &str) -> Value {
    let answer = app.get(path).bearer_auth(MERCHANT_KEY).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    answer.json().await.unwrap()
}

/// The id of the only attempt.
async fn only(app: &TestApp) -> String {
    let list = asked(app, "/api/attempts").await;
    let [attempt] = list["attempts"].as_array().unwrap().as_slice() else { panic!("one attempt: {list}") };
    attempt["id"].as_str().unwrap().to_owned()
}

/// A payment at Dodo with the metadata of the charge, changed.
async fn payment_like_the_charge(app: &TestApp, customer: &str, change: impl Fn(&mut Value)) -> String {
    let mut metadata = app.charges().await[0]["metadata"].clone();
    change(&mut metadata);
    app.buy_with(json!({"customer_id": customer, "product_id": "pdt_course", "metadata": metadata})).await
}
