//! What the widget looks like: one function per thing seen, from a [`Screen`] to a tree of elements.
//!
//! The functions are pure and need no browser. `Widget` is the Leptos component that draws the tree, and
//! `Picture` keeps it drawn; what a shopper does comes back by the names in `data-act`.

#[cfg(feature = "browser")]
mod adopt;
mod controls;
#[cfg(feature = "browser")]
mod draw;
#[cfg(feature = "browser")]
mod hear;
mod html;
mod markup;
mod notice;
mod offer;
#[cfg(feature = "browser")]
mod widget;

use crate::model::{Action, Screen, Tone};
#[cfg(feature = "browser")]
pub(crate) use hear::{Ears, choices_in};
#[cfg(any(feature = "paint", test))]
pub(crate) use html::html;
pub(crate) use markup::{Element, Node, element};
#[cfg(feature = "browser")]
pub(crate) use widget::Picture;

/// The whole widget; in a `dialog` element where the host wants one. The shell opens and closes that.
pub(crate) fn markup(screen: Screen, is_dialog: bool) -> Vec<Node> {
    let said = match &screen {
        Screen::Offer(card) => card.announcement.clone().unwrap_or_default(),
        Screen::Notice(notice) if notice.tone != Tone::Bad => notice.title.clone(),
        _ => String::new(),
    };
    let seen = match screen {
        Screen::Nothing => None,
        Screen::Skeleton => {
            let frame = element("div").set("class", "card skeleton").part("skeleton");
            Some(frame.set("tabindex", "-1").flag("data-focus", true))
        }
        Screen::Offer(card) => Some(offer::offer(*card)),
        Screen::Notice(notice) => Some(notice::notice(notice)),
    };
    let spoken = element("p").set("class", "spoken").set("role", "status").with(said);
    let content: Vec<Node> = seen.into_iter().chain([spoken]).map(Node::Element).collect();
    if !is_dialog {
        return content;
    }
    // The model decides whether it closes: while a charge runs it does not.
    let mut dialog = element("dialog").part("dialog").set("aria-labelledby", "name").set("closedby", "none");
    dialog.children = content;
    vec![dialog.into()]
}

/// What a shopper does something with.
impl Element {
    /// Does this when it is clicked or changed.
    fn act(self: Box<Self>, action: Action) -> Box<Self> {
        self.set("data-act", action.name())
    }

    /// Stays where it is, with its focus, and is out of use while `is_off`.
    fn off(self: Box<Self>, is_off: bool) -> Box<Self> {
        if is_off { self.set("aria-disabled", "true") } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Choice, Choices, Consent, Notice, OfferCard, Stepper};

    fn card() -> OfferCard {
        OfferCard { name: "A <course>".into(), accept: "Pay $5".into(), ..OfferCard::default() }
    }

    fn drawn(card: OfferCard) -> String {
        html(&markup(Screen::Offer(Box::new(card)), false))
    }

    #[test]
    fn both_answers_are_buttons_that_say_what_they_do() {
        let html = drawn(card());
        assert!(html.contains("A &lt;course&gt;</h2>"), "{html}");
        assert!(html.contains(r#"part="accept" data-act="accept"><span class>Pay $5</span>"#), "{html}");
        assert!(html.contains(r#"part="decline" data-act="decline">"#), "{html}");
    }

    #[test]
    fn nothing_is_ticked_chosen_or_usable_that_the_card_does_not_say() {
        let option = |is_chosen| Choice { name: "Visa".into(), detail: String::new(), is_chosen };
        let html = drawn(OfferCard {
            methods: Some(Choices { label: "Card".into(), options: vec![option(false), option(true)] }),
            consent: Some(Consent { text: "At once".into(), is_ticked: false, is_missing: true }),
            quantity: Some(Stepper {
                label: "Seats".into(),
                less: "Fewer".into(),
                more: "More".into(),
                value: 1,
                min: 1,
                max: 3,
            }),
            ..card()
        });
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
        assert!(html.contains(r#"data-act="method-1" checked"#), "{html}");
        assert!(html.contains(r#"type="checkbox" data-act="consent" aria-invalid="true""#), "{html}");
        assert!(html.contains(r#"data-act="quantity-0" aria-disabled="true""#), "{html}");
        assert!(html.contains(r#"data-act="quantity-2">"#), "{html}");
    }

    #[test]
    fn a_failure_interrupts_and_anything_else_is_said_once() {
        let notice = |tone| Notice {
            tone,
            title: "Title".into(),
            paragraphs: Vec::new(),
            links: Vec::new(),
            buttons: Vec::new(),
            is_locked: false,
        };
        let bad = html(&markup(Screen::Notice(notice(Tone::Bad)), true));
        assert!(bad.starts_with("<dialog") && bad.contains(r#"role="alert""#), "{bad}");
        assert!(bad.contains(r#"role="status"></p>"#), "{bad}");
        let good = html(&markup(Screen::Notice(notice(Tone::Good)), false));
        assert!(good.contains(r#"role="status">Title</p>"#) && !good.contains("alert"), "{good}");
    }
}
