//! The offer as HTML, as a shop's server prints it and a browser without scripts uses it.

use crate::helpers::{SHOP, TestApp};
use aftercart::config::{Config as Element, Theme};
use aftercart_contract::{OfferToken, Subject};
use jiff::SignedDuration;
use reqwest::Response;
use serde_json::json;
use std::time::{Duration, Instant};

/// What a browser would send with one of the form's buttons.
fn fields(html: &str) -> Vec<(String, String)> {
    let form = html.split_once("<form").unwrap().1.split_once("</form>").unwrap().0;
    let inputs = form.split("<input").skip(1).map(|rest| rest.split_once('>').unwrap().0);
    let value = |input: &str, name: &str| {
        Some(input.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.replace("&amp;", "&"))
    };
    let hidden = inputs.filter(|input| input.contains("type=\"hidden\""));
    hidden.map(|input| (value(input, "name").unwrap(), value(input, "value").unwrap())).collect()
}

async fn painted(app: &TestApp, purchase: &str, query: &str) -> Response {
    app.get(&format!("/api/upsell/{purchase}{query}")).header("accept", "text/html").send().await.unwrap()
}

async fn shown(app: &TestApp, query: &str) -> (String, String) {
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let answer = painted(app, &purchase, query).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().get_all("vary").iter().any(|vary| vary == "accept"));
    (purchase, answer.text().await.unwrap())
}

async fn post(app: &TestApp, purchase: &str, action: &str, fields: &[(String, String)]) -> Response {
    let request = app.post(&format!("/api/upsell/{purchase}/{action}")).header("origin", SHOP);
    request.form(fields).send().await.unwrap()
}

#[tokio::test]
async fn the_painted_form_charges_once_what_its_button_says() {
    let app = TestApp::start().await;
    let (purchase, html) = shown(&app, "").await;
    let charges = app.charges().await;
    assert!(charges.is_empty(), "painting charges nothing");
    let fields = fields(&html);
    for _ in 0..2 {
        let answer = post(&app, &purchase, "accept", &fields).await;
        assert_eq!(answer.status(), 303);
        let page = app.http.get(answer.url().join(answer.headers()["location"].to_str().unwrap()).unwrap());
        let page = page.send().await.unwrap().text().await.unwrap();
        let paid = page.split_once(" was charged").unwrap().0.rsplit_once('>').unwrap().1;
        assert!(html.contains(&format!("Pay {paid}")), "`Pay {paid}` is not on the button");
    }
    assert_eq!(app.charges().await.len(), 1);
}

#[tokio::test]
async fn the_painted_form_declines_and_nothing_is_painted_after() {
    let app = TestApp::start().await;
    let (purchase, html) = shown(&app, "").await;
    let answer = post(&app, &purchase, "decline", &fields(&html)).await;
    assert_eq!(answer.status(), 303);
    let again = painted(&app, &purchase, "").await.text().await.unwrap();
    assert!(!again.contains("value=\"course\""), "the declined offer came back");
    assert!(app.charges().await.is_empty());
}

#[tokio::test]
async fn language_place_and_colours_are_as_asked() {
    let app = TestApp::start().await;
    let (_, html) = shown(&app, "?locale=fr&placement=banner&theme=dark&nonce=abc").await;
    assert!(html.contains("class=base lang=\"fr\" dir=\"ltr\""));
    assert!(html.contains("data-placement=\"banner\"") && html.contains("data-theme=\"dark\""));
    assert!(html.contains("<style nonce=\"abc\">"));
    assert!(html.contains("Payer "), "the button is not French");
}

/// What a page around the routes prints for this subject.
async fn printed(app: &TestApp, subject: &str, token: Option<&str>) -> String {
    let token = token.map(|token| OfferToken::new(token).unwrap());
    let element = Element { theme: Theme::Dark, token, ..Element::new(Subject::parse(subject).unwrap()) };
    app.server.app().print_offer(&element, Some("n1")).await
}

/// The element with nothing in it, as that page would print it.
fn plain(subject: &str, token: &str) -> String {
    let settings = "theme=\"dark\" placement=\"card\" density=\"comfortable\"";
    format!(
        "<aftercart-offer subject=\"{subject}\" endpoint=\"/api/upsell\" {settings}{token}></aftercart-offer>"
    )
}

#[tokio::test]
async fn a_page_around_the_routes_prints_what_they_would_answer() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let html = printed(&app, &purchase, None).await;
    assert!(html.contains("<style nonce=\"n1\">") && html.contains("data-theme=\"dark\""), "{html}");
    let sent = fields(&html);
    assert_eq!(post(&app, &purchase, "accept", &sent).await.status(), 303);
    assert_eq!(app.charges().await.len(), 1);
    let nothing = app.buy("cus_not_eligible", "pdt_stickers").await;
    assert_eq!(printed(&app, &nothing, None).await, "");
    // Without proof nothing is said of a customer; the element carries the proof that the page has.
    assert_eq!(printed(&app, "cus_paid", None).await, plain("cus_paid", ""));
    assert_eq!(printed(&app, "cus_paid", Some("made.up")).await, plain("cus_paid", " token=\"made.up\""));
}

#[tokio::test]
async fn a_page_around_the_routes_does_not_wait_for_a_slow_dodo() {
    let app = TestApp::start().await;
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let slow = json!({"kind": "slow", "ms": 8_000});
    app.control("faults", json!({"path_prefix": "/customers/", "times": 9, "fault": slow})).await;
    let began = Instant::now();
    assert_eq!(printed(&app, &purchase, None).await, plain(&purchase, ""));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_cannot_be_painted_is_said() {
    let app = TestApp::start().await;
    let nothing = painted(&app, "pay_never", "").await;
    assert_eq!(nothing.status(), 204);
    assert_eq!(nothing.headers()["cache-control"], "no-store");
    let purchase = app.buy("cus_paid", "pdt_presets").await;
    let wrong = painted(&app, &purchase, "?placement=moon").await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains("placement"));
    let json = app.get(&format!("/api/upsell/{purchase}")).header("accept", "application/json").send();
    assert_eq!(json.await.unwrap().headers()["content-type"], "application/json");
}

const SEATS: &str = r#"
[[offer]]
id = "course"
product = "pdt_guide"
when.purchased = ["pdt_presets"]
quantity = { default = 2, min = 1, max = 5 }
{{words}}
"#;

/// The value that goes with the button for another number.
fn step(html: &str, sign: char) -> String {
    let button = html.split_once(&format!(">{sign}</button>")).unwrap().0.rsplit_once("<button").unwrap().1;
    button.split_once(" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
}

fn paid_by(html: &str) -> &str {
    let button = html.split_once("data-act=\"accept\"").unwrap().1;
    button.split_once("Pay ").unwrap().1.split_once(' ').unwrap().0
}

#[tokio::test]
async fn without_scripts_another_quantity_is_shown_with_its_price_and_charged_so() {
    let app = TestApp::start_offering(SEATS).await;
    let (purchase, two) = shown(&app, "").await;
    let mut sent = fields(&two);
    sent.extend([("quantity".to_owned(), "2".to_owned()), ("step".to_owned(), step(&two, '+'))]);
    let answer = post(&app, &purchase, "quote", &sent).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["referrer-policy"], "same-origin", "or browsers name no origin");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let three = answer.text().await.unwrap();
    let nonce = three.split_once("<style nonce=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(policy.contains(&format!("'nonce-{nonce}'")) && !policy.contains("form-action"), "{policy}");
    assert_eq!((paid_by(&two), paid_by(&three)), ("$41.80", "$62.70"));
    let mut sent = fields(&three);
    sent.push(("quantity".to_owned(), "3".to_owned()));
    assert_eq!(post(&app, &purchase, "accept", &sent).await.status(), 303);
    let charges = app.charges().await;
    assert_eq!((charges.len(), &charges[0]["product_cart"][0]["quantity"]), (1, &3.into()));
}

#[tokio::test]
async fn a_number_typed_over_the_shown_one_charges_nothing_and_shows_its_price() {
    let app = TestApp::start_offering(SEATS).await;
    let (purchase, two) = shown(&app, "").await;
    let mut sent = fields(&two);
    sent.push(("quantity".to_owned(), "4".to_owned()));
    let four = refused_for_its_price(&app, &purchase, &sent).await;
    assert_eq!(paid_by(&four), "$83.60");
}

#[tokio::test]
async fn a_price_that_has_run_out_charges_nothing_and_the_new_one_can_be_accepted() {
    let app = TestApp::start().await;
    let (purchase, html) = shown(&app, "").await;
    app.clock.advance(SignedDuration::from_mins(11));
    let anew = refused_for_its_price(&app, &purchase, &fields(&html)).await;
    assert_eq!(post(&app, &purchase, "accept", &fields(&anew)).await.status(), 303);
    assert_eq!(app.charges().await.len(), 1);
}

/// The page with the offer at the price of now, after a click that charged nothing.
async fn refused_for_its_price(app: &TestApp, purchase: &str, sent: &[(String, String)]) -> String {
    let answer = post(app, purchase, "accept", sent).await;
    assert_eq!(answer.status(), 409);
    let page = answer.text().await.unwrap();
    assert!(page.contains("The price has changed"), "{page}");
    assert!(app.charges().await.is_empty());
    page
}

#[tokio::test]
async fn another_product_is_not_to_be_chosen_on_the_form_whose_price_is_the_firsts() {
    let app = TestApp::start_offering(
        "[[offer]]\nid = \"course\"\nproduct = \"pdt_course\"\nbeside = [\"guide\"]\nwhen.purchased = [\"pdt_presets\"]{{words}}\n\
         [[offer]]\nid = \"guide\"\nproduct = \"pdt_guide\"\nwhen.purchased = [\"pdt_presets\"]{{words}}",
    )
    .await;
    let (_, html) = shown(&app, "").await;
    let mut groups = html.split("<fieldset").skip(1).map(|group| group.split_once('>').unwrap().0);
    let choices = groups.find(|group| group.contains("choices")).expect("two products");
    assert!(choices.contains(" inert"), "{choices}");
}
