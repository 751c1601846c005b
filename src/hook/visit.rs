//! A visit in the browser: the shell, on a page that an application draws.

use super::UpsellSettings;
use crate::model::{Action, HostEvent, Screen};
use crate::shell::{OwnPage, Page, Shell};
use leptos::prelude::*;
use std::rc::Rc;

/// The running shell, once there is one. Ends with its owner.
#[derive(Clone, Copy)]
pub(super) struct Visit(StoredValue<Option<Rc<Shell<OwnPage>>>, LocalStorage>);

impl Visit {
    /// Begins once the application is mounted or hydrated.
    pub(super) fn begin(
        settings: UpsellSettings,
        screen: RwSignal<Screen>,
        state: RwSignal<&'static str>,
        speech: RwSignal<(String, &'static str)>,
    ) -> Self {
        let shell = StoredValue::new_local(None);
        Effect::new(move |_: Option<()>| shell.set_value(start(&settings, screen, state, speech)));
        on_cleanup(move || shell.set_value(None));
        Self(shell)
    }

    /// Passes on what the shopper did; before the beginning and after the end that is nothing.
    pub(super) fn act(self, action: Action) {
        if let Some(shell) = self.0.try_get_value().flatten() {
            shell.act(action);
        }
    }
}

/// Asks for the offer; a setting that cannot be used is told as an error.
fn start(
    settings: &UpsellSettings,
    screen: RwSignal<Screen>,
    state: RwSignal<&'static str>,
    speech: RwSignal<(String, &'static str)>,
) -> Option<Rc<Shell<OwnPage>>> {
    let page = OwnPage::new(screen, state, speech)?;
    match page.read_config(|name| settings.attribute(name))? {
        Ok(config) => {
            let shell = Shell::new(config, page);
            shell.start();
            Some(shell)
        }
        Err(error) => {
            state.set("error");
            page.draw(Screen::Nothing);
            page.tell(&HostEvent::Error { message: error.text() });
            None
        }
    }
}
