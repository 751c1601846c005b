//! The widget's own element. Everything the widget does to it is here.

use super::page::Page;
use crate::i18n::Words;
use crate::model::{Screen, State};
use crate::view::Picture;
use aftercart_contract::digits;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, HtmlDialogElement, HtmlElement, ShadowRoot};

/// The host element and the base element inside its shadow root.
pub(crate) struct HostPage {
    host: HtmlElement,
    root: ShadowRoot,
    base: HtmlElement,
    answer: Cell<Option<String>>,
    picture: Picture,
}

impl HostPage {
    /// Takes a host with an open shadow root and the one element in it that the view lives in, the backend's answer
    /// where that is known, and what draws.
    pub(crate) fn new(
        host: HtmlElement,
        root: ShadowRoot,
        base: HtmlElement,
        answer: Option<String>,
        picture: Picture,
    ) -> Self {
        Self { host, root, base, answer: Cell::new(answer), picture }
    }

    /// Draws from now on.
    pub(crate) fn begin(&self, is_painted: bool) {
        self.picture.begin(is_painted);
    }

    fn is_dialog(&self) -> bool {
        self.host.get_attribute("data-placement").as_deref() == Some("dialog")
    }
}

impl Page for HostPage {
    /// Names the state on the host and keeps the height, so that nothing below jumps.
    fn show(&self, state: &State, screen: &Screen) {
        let leaves_offer =
            self.host.get_attribute("data-state").is_some_and(|name| name == "offer" || name == "charging");
        // What stands over the page takes no space in it.
        let keeps = leaves_offer && !self.is_dialog();
        if keeps && matches!(screen, Screen::Notice(_) | Screen::Offer(_)) {
            let height = self.base.offset_height();
            if height > 0 {
                let _ =
                    self.base.style().set_property("min-block-size", &(digits(height.unsigned_abs()) + "px"));
            }
        } else if matches!(screen, Screen::Nothing) {
            let _ = self.base.style().remove_property("min-block-size");
        }
        let _ = self.host.set_attribute("data-state", state.name());
    }

    /// Says in which language and direction the widget speaks.
    fn speak(&self, words: &Words) {
        let _ = self.base.set_attribute("lang", words.language());
        let _ = self.base.set_attribute("dir", words.direction());
    }

    /// Opens the dialog, where there is one, once there is something in it, and closes it with the last message.
    fn open_or_close(&self, screen: &Screen) {
        let root = self.root.clone();
        let is_open = matches!(screen, Screen::Offer(_) | Screen::Notice(_));
        if !self.is_dialog() {
            return;
        }
        // After the view has drawn: the browser looks for what to focus when it opens.
        leptos::prelude::request_animation_frame(move || {
            let Some(dialog) = root.query_selector("dialog").ok().flatten() else { return };
            let dialog = dialog.unchecked_into::<HtmlDialogElement>();
            match (is_open, dialog.open()) {
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        });
    }

    fn draw(&self, screen: Screen) {
        self.picture.draw(screen);
    }

    /// True when the shopper's focus is inside the widget. In a painted form it is on what stays.
    fn has_focus(&self) -> bool {
        let is_painted = matches!(self.root.query_selector("form[action]"), Ok(Some(_)));
        !is_painted && self.root.active_element().is_some()
    }

    /// Moves the focus to the message, or to the next offer's heading, once it is drawn.
    fn focus_message(&self, if_lost: bool) {
        let root = self.root.clone();
        leptos::prelude::request_animation_frame(move || {
            if if_lost && root.active_element().is_some() {
                return;
            }
            let found = |wanted| root.query_selector(wanted).ok().flatten();
            if let Some(element) = found("[aria-invalid]").or_else(|| found("[data-focus]")) {
                // Both are HTML elements of our own view.
                let _ = element.unchecked_ref::<HtmlElement>().focus();
            }
        });
    }

    fn known_answer(&self) -> Option<String> {
        self.answer.take()
    }

    fn target(&self) -> &EventTarget {
        &self.host
    }
}
