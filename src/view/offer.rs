//! The offer with its two buttons.

use super::controls::{choices, consent, stepper};
use super::markup::{Element, Node, element};
use crate::model::{Action, Line, OfferCard, Plan};
use std::mem::take;

/// An offer, also while its accept is under way: the same elements stay then, so the focus stays. Another
/// offer is drawn with new ones, for the reason given in `notice.rs`.
pub(super) fn offer(mut card: OfferCard) -> Box<Element> {
    let section = element("section").named("card").keyed(&card.turn).set("aria-labelledby", "name");
    let close = card.close.take().map(|label| {
        let button = element("button").set("type", "button").named("close").set("aria-label", label);
        button.act(Action::Close).with("×")
    });
    let receipt = line("receipt", card.receipt.take());
    let story = story(&mut card, close.is_some());
    section.maybe(close).maybe(receipt).with(story).with(deal(card))
}

/// What it is.
fn story(card: &mut OfferCard, in_dialog: bool) -> Box<Element> {
    let image = card.image.take().map(|image| {
        let image = element("img").named("image").set("src", String::from(image)).set("alt", "");
        image.set("width", "96").set("height", "96")
    });
    let eyebrow = element("p").named("eyebrow").with(take(&mut card.eyebrow));
    let title = element("h2").set("id", "name").part("title").set("tabindex", "-1");
    let title = title.flag("autofocus", in_dialog).flag("data-focus", true).with(take(&mut card.name));
    let head = element("div").set("class", "head").maybe(image);
    let heading = (!card.features.is_empty())
        .then(|| element("h3").set("class", "spoken").with(take(&mut card.features_label)));
    let plans: Vec<_> = take(&mut card.plans).into_iter().map(plan).map(Node::Element).collect();
    let plans = (!plans.is_empty()).then(|| element("div").named("plans").all(plans));
    let proof = card.social_proof.take().map(|(text, source)| {
        element("p")
            .set("class", "proof")
            .part("social-proof")
            .with(text)
            .with(" ")
            .with(element("cite").with(source))
    });
    element("div")
        .set("class", "story")
        .with(own("media"))
        .with(head.with(element("div").with(eyebrow).with(title)))
        .maybe(line("description", card.description.take()))
        .maybe(heading)
        .maybe(list(take(&mut card.features)))
        .maybe(plans)
        .maybe(proof)
        .with(own("details"))
}

/// What it costs, and the answers.
fn deal(card: OfferCard) -> Box<Element> {
    let is_locked = card.is_locked;
    let before = card.before.map(|(label, amount)| {
        element("p").named("before").with(label).with(" ").with(element("s").with(amount))
    });
    let interval = element("span").with(card.interval.unwrap_or_default());
    let price = element("p").named("price").with(element("strong").with(card.price)).with(" ").with(interval);
    let facts = card.facts.into_iter().map(|(name, amount)| {
        let fact = element("p").named("fact").with(element("span").with(name));
        Node::Element(fact.with(" ").with(element("strong").with(amount)))
    });
    let is_busy = card.busy.is_some();
    let words = |class, words: String| element("span").set("class", class).with(words);
    let accept = answer("accept", Action::Accept)
        .off(is_busy)
        .with(words(if is_busy { "gone" } else { "" }, card.accept))
        .with(words(if is_busy { "busy" } else { "" }, card.busy.unwrap_or_default()));
    let decline = answer("decline", Action::Decline).off(is_locked).with(card.decline);
    element("form")
        .named("deal")
        .maybe(card.choices.map(|list| choices("choices", list, is_locked, Action::Choose)))
        .maybe(before)
        .with(price)
        .all(facts.collect())
        .maybe(card.quantity.map(|number| stepper(number, is_locked)))
        .all(lines(card.before_buttons))
        .maybe(card.methods.map(|list| choices("methods", list, is_locked, Action::Method)))
        .maybe(card.consent.map(|words| consent(words, is_locked)))
        .with(element("div").set("class", "answers").with(accept).with(decline))
        .all(lines(card.after_buttons))
        .with(own("footer"))
}

fn answer(name: &'static str, action: Action) -> Box<Element> {
    element("button").set("type", "button").named(name).act(action)
}

/// Room for what the host puts into this slot.
fn own(name: &'static str) -> Box<Element> {
    element("slot").set("name", name)
}

/// One side of a plan change.
fn plan(plan: Plan) -> Box<Element> {
    let section = element("section").named("plan").with(element("h3").with(plan.label));
    let name = element("p").set("class", "plan-name").with(plan.name);
    let price = element("p").set("class", "plan-price").with(plan.price);
    section.with(name).with(price).maybe(list(plan.features))
}

fn list(features: Vec<String>) -> Option<Box<Element>> {
    let items: Vec<_> = features.into_iter().map(|text| Node::Element(element("li").with(text))).collect();
    (!items.is_empty()).then(|| element("ul").part("features").all(items))
}

fn lines(lines: Vec<Line>) -> Vec<Node> {
    let line = |Line { part, text }| Node::Element(element("p").named(part).with(text));
    lines.into_iter().map(line).collect()
}

/// One paragraph, if there is anything to say.
fn line(part: &'static str, text: Option<String>) -> Option<Box<Element>> {
    text.map(|text| element("p").named(part).with(text))
}
