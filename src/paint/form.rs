//! A drawn offer as a form that needs no script.

use crate::config::Config;
use crate::i18n::{Copy, Key};
use crate::model::Action;
use crate::view::{Element, Node, element};
use aftercart_contract::{IdempotencyKey, Offer};

/// Where the form goes and what it says beside the shopper's choices.
pub(super) struct Form {
    address: String,
    hidden: Vec<(&'static str, String)>,
    methods: Vec<String>,
    /// What the accept button says while it is pressed: for the loader, which knows no words.
    busy: String,
}

impl Form {
    pub(super) fn of(offer: &Offer, config: &Config, key: &IdempotencyKey, copy: &Copy<'_>) -> Self {
        let mut hidden = vec![("offer_id", offer.offer_id.to_string()), ("idempotency_key", key.to_string())];
        hidden.extend(offer.token.as_ref().map(|token| ("token", token.reveal().to_owned())));
        hidden.extend(offer.legal.as_ref().map(|legal| ("text_version", legal.text_version.clone())));
        Self {
            address: format!("{}/{}", config.endpoint, config.subject),
            hidden,
            busy: copy.clone().with_merchant(&offer.copy).text(Key::Charging),
            methods: offer.payment_methods.iter().map(|method| method.method_ref.to_string()).collect(),
        }
    }

    /// The same tree, whose controls are sent.
    pub(super) fn around(&self, nodes: Vec<Node>) -> Vec<Node> {
        nodes.into_iter().map(|node| self.node(node)).collect()
    }

    fn node(&self, node: Node) -> Node {
        match node {
            Node::Element(element) => self.element(element).into(),
            text @ Node::Text(_) => text,
        }
    }

    fn element(&self, mut element: Box<Element>) -> Box<Element> {
        element.children = self.around(std::mem::take(&mut element.children));
        if element.tag == "form" {
            return self.sent(element);
        }
        // Proof and price are of the product that is shown: another one needs the widget.
        if element.attribute("part") == Some("choices") {
            return element.flag("inert", true);
        }
        let is_off = element.attribute("aria-disabled").is_some();
        match element.attribute("data-act").and_then(Action::named) {
            Some(Action::Accept) => submit(element).set("value", self.busy.clone()),
            Some(Action::Decline) => self.sending(element, "decline"),
            Some(Action::Consent(_)) => element.set("name", "consent").flag("required", true),
            Some(Action::Quantity(_)) if element.tag == "input" => element.set("name", "quantity"),
            Some(Action::Quantity(to)) if !is_off => {
                self.sending(element, "quote").set("name", "step").set("value", to.to_string())
            }
            Some(Action::Method(at)) => {
                let reference = self.methods.get(at).cloned().unwrap_or_default();
                replaced(element, "name", "payment_method").set("value", reference)
            }
            _ => element,
        }
    }

    /// A button that sends the form elsewhere than to accept.
    fn sending(&self, button: Box<Element>, verb: &str) -> Box<Element> {
        let address = format!("{}/{verb}", self.address);
        submit(button).set("formaction", address).flag("formnovalidate", true)
    }

    fn sent(&self, form: Box<Element>) -> Box<Element> {
        let hidden = self.hidden.iter().map(|(name, value)| {
            element("input").set("type", "hidden").set("name", *name).set("value", value.clone())
        });
        // Enter in a field presses the first button of a form. It must be none that charges.
        let enter = element("button").set("class", "spoken").set("tabindex", "-1").set("aria-hidden", "true");
        let mut fields: Vec<_> = hidden.collect();
        fields.push(self.sending(enter, "quote"));
        let mut form = form.set("method", "post").set("action", format!("{}/accept", self.address));
        form.children.splice(0..0, fields.into_iter().map(Node::from));
        form
    }
}

fn submit(button: Box<Element>) -> Box<Element> {
    replaced(button, "type", "submit")
}

fn replaced(mut element: Box<Element>, name: &'static str, value: &'static str) -> Box<Element> {
    element.attributes.retain(|(known, _)| *known != name);
    element.set(name, value)
}
