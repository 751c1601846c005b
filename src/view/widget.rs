//! The Leptos component.

#![allow(unreachable_pub, reason = "#[component] writes public props")]

use super::draw::Drawing;
use super::markup;
use crate::model::Screen;
use leptos::prelude::*;

/// The whole widget. Page-wide parts of Leptos (`Resource`, `Suspense`, `ErrorBoundary`, server functions, its event
/// delegation) are absent on purpose: several widgets and a host app may share one page.
#[component]
pub(crate) fn Widget(screen: RwSignal<Screen>, is_dialog: bool) -> impl IntoView {
    move || Drawing(markup(screen.get(), is_dialog))
}
