//! A message in place of the offer.

use super::markup::{Element, Node, element};
use crate::model::{Notice, Tone};

/// A message: under way, paid, not paid, declined, run out.
pub(super) fn notice(notice: Notice) -> Box<Element> {
    // A failure interrupts a screen reader; the rest is said by the widget's own live region.
    let (class, icon) = match notice.tone {
        Tone::Calm => ("card notice calm", ""),
        Tone::Waiting => ("card notice waiting", ""),
        Tone::Good => ("card notice good", "✓"),
        Tone::Bad => ("card notice bad", "!"),
    };
    // Another message is drawn with new elements. Written into the old ones, a longer text would move its
    // neighbours, and browsers count that as layout shift; new elements have not moved.
    let mut section = element("section").set("class", class).part("notice").keyed(&notice.title);
    if notice.tone == Tone::Bad {
        section = section.set("role", "alert");
    }
    let title = element("h2").set("id", "name").part("title").set("tabindex", "-1").flag("data-focus", true);
    let paragraphs = notice.paragraphs.into_iter().map(|text| element("p").part("message").with(text));
    let links = notice.links.into_iter().map(|link| {
        element("a").named("link").set("target", "_top").set("href", String::from(link.url)).with(link.label)
    });
    let is_locked = notice.is_locked;
    let buttons = notice.buttons.into_iter().map(|button| {
        let element = element("button").set("type", "button").named("action").act(button.action);
        element.off(is_locked).with(button.label)
    });
    section
        .with(element("span").named("icon").set("aria-hidden", "true").with(icon))
        .with(title.with(notice.title))
        .all(paragraphs.map(Node::Element).collect())
        .with(
            element("div")
                .set("class", "ways")
                .all(links.map(Node::Element).collect())
                .all(buttons.map(Node::Element).collect()),
        )
}
