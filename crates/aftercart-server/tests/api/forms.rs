//! Accept and decline without scripts: a form, a redirect, and a page that tells the truth.

use crate::helpers::{SHOP, TestApp};
use aftercart_contract::Offer;
use aftercart_server::Config;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use reqwest::Response;
use serde_json::json;
use std::time::{Duration, Instant};

/// A page as it was answered.
#[derive(Debug)]
struct Page {
    status: u16,
    policy: String,
    caching: String,
    refresh: Option<String>,
    html: String,
}

impl Page {
    async fn of(answer: Response) -> Self {
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some("text/html; charset=utf-8"));
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"));
        Self {
            status: answer.status().as_u16(),
            policy: header("content-security-policy").unwrap(),
            caching: header("cache-control").unwrap(),
            refresh: header("refresh"),
            html: answer.text().await.unwrap(),
        }
    }

    fn says(&self, words: &str) {
        assert!(self.html.contains(words), "`{words}` is not in {}", self.html);
    }

    fn links(&self) -> Vec<&str> {
        self.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
    }
}

async fn post(app: &TestApp, subject: &str, action: &str, offer: &Offer, key: &str) -> Response {
    let token = offer.token.as_ref().unwrap().reveal();
    let mut fields = vec![("offer_id", offer.offer_id.as_str()), ("token", token), ("idempotency_key", key)];
    let legal = offer.legal.as_ref().filter(|legal| legal.consent.is_some());
    fields.extend(legal.iter().flat_map(|legal| [("consent", "on"), ("text_version", &legal.text_version)]));
    let request = app.post(&format!("/api/upsell/{subject}/{action}")).header("origin", SHOP);
    request.form(&fields).send().await.unwrap()
}

/// The address that a form post leads to, made whole as a browser does.
fn led_to(answer: &Response) -> String {
    assert_eq!(answer.status(), 303);
    let location = answer.headers()["location"].to_str().unwrap();
    answer.url().join(location).unwrap().to_string()
}

/// Accepts by a form and reads the page it leads to.
async fn accepted(customer: &str, locale: &str) -> (TestApp, Offer, String, Page) {
    let app = TestApp::start().await;
    let purchase = app.buy(customer, "pdt_presets").await;
    let offer = app.get(&format!("/api/upsell/{purchase}?locale={locale}")).send().await.unwrap();
    let offer: Offer = serde_json::from_str(&offer.text().await.unwrap()).unwrap();
    let address = led_to(&post(&app, &purchase, "accept", &offer, "click-1").await);
    let path = format!("/api/upsell/{purchase}/outcome?offer_id=course&locale={locale}");
    assert_eq!(address, app.url(&path), "neither token nor key is in it");
    let page = Page::of(app.http.get(&address).send().await.unwrap()).await;
    assert_eq!(app.charges().await.len(), 1);
    (app, offer, address, page)
}

#[tokio::test]
async fn a_form_charges_once_and_its_page_says_what_was_charged() {
    let (app, offer, address, page) = accepted("cus_paid", "en").await;
    assert_eq!((page.status, page.caching.as_str(), page.refresh.as_deref()), (200, "no-store", None));
    let display = offer.quote.as_ref().unwrap().display.due_now.clone().unwrap();
    page.says(&format!("{display} was charged to Visa\u{a0}····\u{a0}4242"));
    page.says(&format!("<h1>Thank you: {} is yours</h1>", offer.product.name));
    page.says("<html lang=\"en\" dir=\"ltr\">");
    page.says("role=\"status\"");
    assert_eq!(page.links(), [format!("{SHOP}/thanks")]);
    // A repeat leads to the same page.
    let purchase = address.split('/').nth_back(1).unwrap();
    assert_eq!(led_to(&post(&app, purchase, "accept", &offer, "click-1").await), address);
    assert_eq!(led_to(&post(&app, "cus_paid", "accept", &offer, "click-2").await), address);
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn the_page_loads_and_runs_nothing_and_its_style_is_the_one_that_the_policy_names() {
    use sha2::Digest;
    let (_, _, _, page) = accepted("cus_paid", "en").await;
    let style = page.html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = STANDARD.encode(sha2::Sha256::digest(style));
    assert_eq!(
        page.policy,
        format!(
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{hash}'"
        )
    );
    for absent in ["<script", "<link", "<img", "style=\"", "onclick", "http-equiv"] {
        assert!(!page.html.contains(absent), "{absent}");
    }
}

#[tokio::test]
async fn a_french_offer_has_a_french_page_with_french_money() {
    let (_, _, _, page) = accepted("cus_paid", "fr").await;
    page.says("<html lang=\"fr\" dir=\"ltr\">");
    page.says("53,90\u{a0}$US ont été débités sur Visa");
    page.says("Retour à la boutique");
}

#[tokio::test]
async fn a_failed_payment_says_so_and_leads_to_the_checkout() {
    let (app, _, _, page) = accepted("cus_declined", "fr").await;
    page.says("Vous n’avez pas été débité.");
    page.says("Aller à la caisse");
    assert_eq!(page.refresh, None);
    assert!(page.links()[0].starts_with(&app.sandbox.url()), "{:?}", page.links());
}

#[tokio::test]
async fn a_bank_that_wants_the_customer_is_one_link_away() {
    let (app, _, _, page) = accepted("cus_3ds", "en").await;
    page.says("Nothing is charged until you confirm");
    assert!(page.links()[0].starts_with(&app.sandbox.url()), "{:?}", page.links());
}

#[tokio::test]
async fn while_nothing_is_final_the_page_asks_again_by_itself_and_offers_no_second_payment() {
    for (customer, words) in
        [("cus_processing", "you will not be charged twice"), ("cus_conflict", "Please do not pay again")]
    {
        let (app, _, address, page) = accepted(customer, "en").await;
        page.says(words);
        assert_eq!(page.refresh.as_deref(), Some("3"), "{customer}");
        assert_eq!(page.links(), [format!("{SHOP}/thanks")], "{customer}");
        if customer == "cus_processing" {
            app.control("clock", json!({"advance_seconds": 10})).await;
            let deadline = Instant::now() + Duration::from_secs(10);
            while Page::of(app.http.get(&address).send().await.unwrap()).await.refresh.is_some() {
                assert!(Instant::now() < deadline, "it ends");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

#[tokio::test]
async fn a_form_without_a_usable_method_leads_to_the_checkout_itself() {
    let app = TestApp::start().await;
    let (purchase, offer) = app.offered("cus_no_method", "pdt_presets").await;
    let checkout = led_to(&post(&app, &purchase, "accept", &offer, "click-1").await);
    assert_eq!(checkout, offer.checkout_url.as_ref().unwrap().as_str());
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn a_declined_form_is_remembered_and_leads_back_to_the_shop() {
    let app = TestApp::start().await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    assert_eq!(led_to(&post(&app, &purchase, "decline", &course, "k").await), format!("{SHOP}/thanks"));
    let guide = app.offer(&purchase).await;
    assert_eq!(guide.offer_id.as_str(), "guide");
    assert_eq!(app.charges().await.len(), 0);
    // A shop without a success page gets ours.
    let app = TestApp::start_with(|config| config.success_url = None).await;
    let (purchase, course) = app.offered("cus_paid", "pdt_presets").await;
    let address = led_to(&post(&app, &purchase, "decline", &course, "k").await);
    let page = Page::of(app.http.get(address).send().await.unwrap()).await;
    assert_eq!((page.status, page.refresh.as_deref()), (200, None));
    page.says("<h1>No problem</h1>");
    page.says("Nothing was added and nothing was charged.");
    assert!(page.links().is_empty());
    // What was neither accepted nor declined has no such page.
    let (other, _) = app.offered("cus_de", "pdt_presets").await;
    let path = format!("/api/upsell/{other}/outcome?offer_id=course");
    assert_eq!(Page::of(app.get(&path).send().await.unwrap()).await.status, 404);
}

#[tokio::test]
async fn a_form_of_a_customer_leaves_a_cookie_that_opens_its_outcome_and_nothing_else() {
    let app = TestApp::start_offering(
        "[[offer]]\nid = \"guide\"\nproduct = \"pdt_guide\"\nwhen.milestone = [\"first_export\"]{{words}}",
    )
    .await;
    app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "first_export"})).await;
    let offer = app.offer_to("cus_paid").await;
    let answer = post(&app, "cus_paid", "accept", &offer, "click-1").await;
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let address = led_to(&answer);
    assert_eq!(address, app.url("/api/upsell/cus_paid/outcome?offer_id=guide&locale=en"), "no token in it");
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Path"), "{cookie}");
    let pair = cookie.split(';').next().unwrap().to_owned();
    let ask = async |address: &str, cookie: &str| {
        Page::of(app.http.get(address).header("cookie", cookie).send().await.unwrap()).await
    };
    let page = ask(&address, &format!("other=1; {pair}")).await;
    assert_eq!(page.status, 200);
    page.says("Thank you");
    assert_eq!(Page::of(app.http.get(&address).send().await.unwrap()).await.status, 401);
    assert_eq!(ask(&address.replace("cus_paid", "cus_de"), &pair).await.status, 403);
    // It looks, and does nothing else.
    let token = pair.split_once('=').unwrap().1;
    let stolen = Offer { token: Some(aftercart_contract::OfferToken::new(token).unwrap()), ..offer };
    app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "first_export"})).await;
    assert!(
        app.send_accept("cus_paid", &stolen, "click-2").await.status().is_success(),
        "told, as a repeat is"
    );
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn a_declined_form_of_a_customer_is_told_so_too() {
    let app = TestApp::start_offering_with(
        "[[offer]]\nid = \"guide\"\nproduct = \"pdt_guide\"\nwhen.milestone = [\"first_export\"]{{words}}",
        |config| config.success_url = None,
    )
    .await;
    app.tell(json!({"customer_id": "cus_paid", "trigger": "milestone", "name": "first_export"})).await;
    let offer = app.offer_to("cus_paid").await;
    let answer = post(&app, "cus_paid", "decline", &offer, "k").await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    let page = app.http.get(led_to(&answer)).header("cookie", cookie.split(';').next().unwrap());
    let page = Page::of(page.send().await.unwrap()).await;
    assert_eq!(page.status, 200);
    page.says("<h1>No problem</h1>");
    let stolen = Offer { token: Some(aftercart_contract::OfferToken::new(token).unwrap()), ..offer };
    let refused = crate::helpers::problem(app.send_accept("cus_paid", &stolen, "click-1").await).await;
    assert_eq!(refused, (401, "token_expired".into()));
    assert_eq!(app.charges().await.len(), 0);
}

/// Accepts after `change`; the answer must be a page with this status and these words.
async fn check_refusal(change: impl AsyncFnOnce(&TestApp, &mut Offer), status: u16, words: &str) {
    let app = TestApp::start().await;
    let (purchase, mut offer) = app.offered("cus_paid", "pdt_presets").await;
    change(&app, &mut offer).await;
    let page = Page::of(post(&app, &purchase, "accept", &offer, "click-1").await).await;
    assert_eq!(page.status, status, "{words}");
    page.says(words);
    page.says("Nothing was charged by this click.");
    assert_eq!(app.charges().await.len(), 0);
}

#[tokio::test]
async fn a_form_that_is_refused_gets_a_page_with_an_honest_status() {
    check_refusal(
        async |app, _| app.clock.advance(SignedDuration::from_hours(5)),
        401,
        "This offer has ended",
    )
    .await;
    let other_offer = async |_: &TestApp, offer: &mut Offer| {
        offer.offer_id = aftercart_contract::OfferId::new("guide").unwrap();
    };
    check_refusal(other_offer, 403, "Your click did not reach the shop").await;
    let outage = async |app: &TestApp, _: &mut Offer| {
        let outage = json!({"kind": "status", "status": 503});
        app.control("faults", json!({"path_prefix": "/", "times": 50, "fault": outage})).await;
    };
    check_refusal(outage, 503, "The shop is busy just now").await;
}

#[tokio::test]
async fn the_gates_own_refusals_are_pages_too_in_the_browsers_language() {
    let change = |config: &mut Config| config.limits.requests_per_minute_per_subject = 6;
    let app = TestApp::start_with(change).await;
    let send = async |origin: &str| {
        let request =
            app.post("/api/upsell/pay_1/accept").header("origin", origin).form(&[("idempotency_key", "k")]);
        request.header("accept-language", "fr-CH, en;q=0.8").send().await.unwrap()
    };
    let foreign = Page::of(send("https://evil.example").await).await;
    assert_eq!(foreign.status, 403);
    foreign.says("Ce clic n’a rien débité.");
    send(SHOP).await;
    send(SHOP).await;
    let limited = send(SHOP).await;
    assert!(limited.headers().contains_key("retry-after"));
    let limited = Page::of(limited).await;
    assert_eq!((limited.status, limited.refresh.as_deref()), (429, None));
    limited.says("Ce clic n’a rien débité.");
}

#[tokio::test]
async fn an_accept_in_doubt_never_says_that_nothing_was_charged() {
    let app = TestApp::start_with(|config| config.limits.request = Duration::from_millis(1200)).await;
    let (purchase, offer) = app.offered("cus_slow", "pdt_presets").await;
    let page = Page::of(post(&app, &purchase, "accept", &offer, "click-1").await).await;
    assert_eq!(page.status, 504);
    page.says("Please do not pay again");
    assert!(!page.html.contains("Nothing was charged"), "{}", page.html);
}

#[tokio::test]
async fn the_outcome_page_is_a_page_whatever_is_asked_and_tells_nothing_to_strangers() {
    let (app, _, address, _) = accepted("cus_paid", "en").await;
    let ask = async |address: &str| Page::of(app.http.get(address).send().await.unwrap()).await;
    for (path, status) in [
        ("/api/upsell/pay_nobody/outcome?offer_id=course", 404),
        ("/api/upsell/cus_paid/outcome?offer_id=course", 401),
        ("/api/upsell/sub_1/outcome?offer_id=course", 404),
        ("/api/upsell/pay_1/outcome", 422),
        ("/api/upsell/pay_1/outcome?offer_id=%3Cscript%3E&locale=%22%3E%3Cscript%3E", 422),
    ] {
        let page = ask(&app.url(path)).await;
        assert_eq!(page.status, status, "{path}");
        assert!(!page.html.contains("<script"), "{path}");
    }
    app.clock.advance(SignedDuration::from_mins(31));
    let late = ask(&address).await;
    assert_eq!(late.status, 403);
    late.says("You are charged once at most");
}
