//! The offer as HTML: seen before any script runs, and usable where none does.
//!
//! The same tree that the widget draws, written as text: an element with a declared shadow root, and in it a
//! real form. The offer stands beside it as JSON, so that the widget takes over without asking again.

mod form;
mod style;

use crate::config::{Config, Placement};
use crate::i18n::{Copy, LocaleFormat};
use crate::model::{Event, Screen, State, update, view_model};
use crate::view::{Node, html, markup};
use aftercart_contract::{IdempotencyKey, OfferAnswer};
use form::Form;
use style::style_of;

/// What a painted offer needs beside the offer.
#[derive(Debug)]
pub struct Canvas<'a> {
    /// What the host would set as attributes. The endpoint is where the form is sent.
    pub config: &'a Config,
    /// The key of the one click that this form may make.
    pub key: &'a IdempotencyKey,
    /// The page's nonce for styles, where its policy wants one.
    pub nonce: Option<&'a str>,
}

/// Writes `<aftercart-offer>` with what there is to see in it: the offer, or how an accepted one went. `None` when
/// that is nothing. To be printed into a page that nobody else gets to see: it carries the offer's token. A dialog
/// is not painted, it opens with the widget.
///
/// Without scripts the form posts `accept`, `decline` or `quote` and leads to a page that says how it went, or shows the
/// offer at the price of another quantity. Other products to choose from are out of sight until there is a script.
pub fn paint(answer: OfferAnswer, canvas: &Canvas<'_>, format: &dyn LocaleFormat) -> Option<String> {
    let Canvas { config, key, nonce } = canvas;
    let form = match &answer {
        OfferAnswer::Offer(offer) => Some(Form::of(offer, config, key, &Copy::of(format.words()))),
        OfferAnswer::Ineligible(_) => None,
    };
    let data = inert(&answer);
    let (state, _) = update(config, State::Loading, Event::OfferAnswered(Ok(answer)));
    let tree = match view_model(config, &state, format) {
        Screen::Nothing => return None,
        _ if config.placement == Placement::Dialog => Vec::new(),
        screen => markup(screen, false),
    };
    let tree = match form {
        Some(form) => form.around(tree),
        None => tree,
    };
    let words = format.words();
    let mut text = String::with_capacity(24 * 1024);
    open(&mut text, config);
    for (name, value) in [
        ("data-theme", config.theme.name()),
        ("data-placement", config.placement.name()),
        ("data-density", config.density.name()),
        ("data-state", state.name()),
    ] {
        attribute(&mut text, name, value);
    }
    text.push_str("><template shadowrootmode=open><style");
    if let Some(nonce) = nonce {
        attribute(&mut text, "nonce", nonce);
    }
    text.extend([">", &style_of(&tree), "</style><div class=base"]);
    attribute(&mut text, "lang", words.language());
    attribute(&mut text, "dir", words.direction());
    text.extend([">", &html(&tree), "</div><slot></slot></template>"]);
    text.extend(["<script type=application/json>", &data, "</script></aftercart-offer>"]);
    Some(text)
}

/// Writes `<aftercart-offer>` with nothing in it, its token among the attributes: the loader asks for the offer.
pub fn element(config: &Config) -> String {
    let mut text = String::new();
    open(&mut text, config);
    if let Some(token) = &config.token {
        attribute(&mut text, "token", token.reveal());
    }
    text.push_str("></aftercart-offer>");
    text
}

/// The tag without its end, with what the host says.
fn open(text: &mut String, config: &Config) {
    text.push_str("<aftercart-offer");
    let whom = [("subject", config.subject.as_str()), ("endpoint", &config.endpoint)];
    for (name, value) in whom.into_iter().chain(config.attributes()) {
        attribute(text, name, value);
    }
}

fn attribute(text: &mut String, name: &str, value: &str) {
    text.extend([" ", name, "=\"", &html(&[Node::from(value.to_owned())]), "\""]);
}

/// JSON in which nothing ends the script element around it.
fn inert(answer: &OfferAnswer) -> String {
    serde_json::to_string(answer).unwrap_or_default().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Plural;
    use aftercart_contract::{Money, Subject};

    struct Plain;

    impl LocaleFormat for Plain {
        fn money(&self, money: Money) -> String {
            money.to_decimal()
        }
        fn date(&self, rfc3339: &str) -> String {
            rfc3339.to_owned()
        }
        fn plural(&self, _: u16) -> Plural {
            Plural::Other
        }
    }

    fn painted(change: impl FnOnce(&mut serde_json::Value)) -> Option<String> {
        let mut document: serde_json::Value =
            serde_json::from_str(include_str!("../../fixtures/contract/answer.offer.json")).unwrap();
        change(&mut document);
        let answer = OfferAnswer::from_json(&document.to_string()).unwrap();
        let config = Config::new(Subject::parse("pay_1").unwrap());
        let key = IdempotencyKey::new("click-1").unwrap();
        paint(answer, &Canvas { config: &config, key: &key, nonce: Some("n\"1") }, &Plain)
    }

    #[test]
    fn the_deal_is_a_form_with_the_offers_token_and_one_key() {
        let html = painted(|_| {}).unwrap();
        let form = html.split_once("<form").unwrap().1.split_once("</form>").unwrap().0;
        assert!(form.contains(r#"method="post" action="/api/upsell/pay_1/accept""#), "{form}");
        assert!(form.contains(r#"name="idempotency_key" value="click-1""#), "{form}");
        assert!(form.contains(r#"name="token""#), "{form}");
        assert!(form.contains(r#"data-act="accept" type="submit""#), "{form}");
        assert!(form.contains(r#"formaction="/api/upsell/pay_1/decline""#), "{form}");
    }

    #[test]
    fn no_text_of_the_offer_ends_an_element_or_an_attribute() {
        let html = painted(|offer| offer["product"]["name"] = "</script></style>\"<b>".into()).unwrap();
        assert_eq!(html.matches("</script").count(), 1);
        assert_eq!(html.matches("</style").count(), 1);
        assert!(!html.contains("<b>"));
        assert!(html.contains(r#"nonce="n&quot;1""#));
    }

    #[test]
    fn what_is_not_offered_is_not_painted_and_how_it_went_is() {
        let nothing = |document: &mut serde_json::Value| *document = serde_json::json!({"eligible": false});
        assert_eq!(painted(nothing), None);
        let paid = |document: &mut serde_json::Value| {
            *document = serde_json::json!({"eligible": false, "offer_id": "course", "outcome": {"status": "succeeded"}});
        };
        let html = painted(paid).unwrap();
        assert!(html.contains("card notice good") && !html.contains("<form"), "{html}");
    }
}
