//! What `visit.rs` is on a server: nothing. A browser begins once the application is hydrated.

use super::UpsellSettings;
use crate::model::{Action, Screen};
use leptos::prelude::RwSignal;

/// A visit that never begins.
#[derive(Clone, Copy)]
pub(super) struct Visit;

impl Visit {
    /// Keeps nothing: what belongs to one thread may not be dropped on another.
    pub(super) fn begin(
        _settings: UpsellSettings,
        _screen: RwSignal<Screen>,
        _state: RwSignal<&'static str>,
        _speech: RwSignal<(String, &'static str)>,
    ) -> Self {
        Self
    }

    /// Does nothing.
    #[allow(clippy::unused_self, reason = "as in the browser")]
    pub(super) fn act(self, _action: Action) {}
}
