//! Somebody else's view: it draws and focuses by itself, and hears events at the document.

use super::page::{Page, read_config};
use crate::config::{Config, ConfigError};
use crate::i18n::Words;
use crate::model::{Screen, State};
use leptos::prelude::{RwSignal, Set};
use wasm_bindgen::JsCast;
use web_sys::{Document, EventTarget, HtmlElement};

/// The document, and signals for what is to be seen, the name of the state, and language and direction of its words.
pub(crate) struct OwnPage {
    document: Document,
    screen: RwSignal<Screen>,
    state: RwSignal<&'static str>,
    speech: RwSignal<(String, &'static str)>,
}

impl OwnPage {
    /// Tells `screen` what to draw, `state` how the visit stands, `speech` in which words. `None` outside a page, such
    /// as in a worker.
    pub(crate) fn new(
        screen: RwSignal<Screen>,
        state: RwSignal<&'static str>,
        speech: RwSignal<(String, &'static str)>,
    ) -> Option<Self> {
        Some(Self { document: web_sys::window()?.document()?, screen, state, speech })
    }

    /// Reads settings, with the page's own defaults for subject and locale.
    pub(crate) fn read_config(
        &self,
        get: impl Fn(&'static str) -> Option<String>,
    ) -> Option<Result<Config, ConfigError>> {
        let element = self.document.document_element()?.dyn_into::<HtmlElement>().ok()?;
        Some(read_config(&element, get))
    }
}

impl Page for OwnPage {
    fn speak(&self, words: &Words) {
        self.speech.set((words.language().to_owned(), words.direction()));
    }

    fn show(&self, state: &State, _screen: &Screen) {
        self.state.set(state.name());
    }

    fn open_or_close(&self, _screen: &Screen) {}

    fn draw(&self, screen: Screen) {
        self.screen.set(screen);
    }

    fn has_focus(&self) -> bool {
        false
    }

    fn focus_message(&self, _if_lost: bool) {}

    fn target(&self) -> &EventTarget {
        &self.document
    }
}
