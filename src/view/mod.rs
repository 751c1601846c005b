//! What the widget looks like: one function per thing seen, from a [`Screen`] to a tree of elements.
//!
//! The functions are pure and need no browser. `Widget` is the Leptos component that draws the tree and
//! keeps it drawn; what a shopper does comes back by the names in `data-act`.

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
pub(crate) use hear::Ears;
pub(crate) use html::html;
use markup::{Element, Node, element};
#[cfg(feature = "browser")]
pub(crate) use widget::Widget;

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

/// Elements that a shopper does something with.
trait Acts {
    /// Does this when it is clicked or changed.
    fn act(self, action: Action) -> Self;
}

impl Acts for Element {
    fn act(self, action: Action) -> Self {
        self.set("data-act", action.name())
    }
}

/// Keeps the element where it is, with its focus, and out of use while `is_off`.
fn off(element: Element, is_off: bool) -> Element {
    if is_off { element.set("aria-disabled", "true") } else { element }
}
