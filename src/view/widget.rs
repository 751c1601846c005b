//! The Leptos component, and what keeps it drawn.

#![allow(unreachable_pub, reason = "#[component] writes public props")]

use super::draw::{Drawing, Drawn};
use super::markup;
use crate::model::Screen;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::HtmlElement;

/// The whole widget as it looks now. Page-wide parts of Leptos (`Resource`, `Suspense`, `ErrorBoundary`, server
/// functions, its event delegation) are absent on purpose: several widgets and a host app may share one page.
#[component]
pub(crate) fn Widget(screen: Screen, is_dialog: bool) -> Drawing {
    Drawing(markup(screen, is_dialog))
}

/// A place in the page where the widget is drawn. Dropping it takes everything off again.
///
/// The model says when something else is to be seen, and there is one view: nothing needs to be found out by signals
/// (ADR 0023).
pub(crate) struct Picture(Rc<Canvas>);

struct Canvas {
    base: HtmlElement,
    is_dialog: bool,
    /// What is to be seen and not drawn yet.
    next: Cell<Option<Screen>>,
    drawn: RefCell<Option<Drawn>>,
    waits: Cell<bool>,
    soon: Cell<Option<Timeout>>,
}

impl Picture {
    /// Draws in `base`, over what a server painted there, from [`Picture::begin`] on.
    pub(crate) fn new(base: HtmlElement, is_dialog: bool) -> Self {
        Self(Rc::new(Canvas {
            base,
            is_dialog,
            next: Cell::default(),
            drawn: RefCell::default(),
            waits: Cell::new(true),
            soon: Cell::default(),
        }))
    }

    /// Shows this from now on.
    pub(crate) fn draw(&self, screen: Screen) {
        self.0.next.set(Some(screen));
        if !self.0.waits.get() {
            self.0.draw();
        }
    }

    /// Draws what is to be seen by now. What is painted can be used already: drawing over that waits for a turn of its
    /// own, and no turn is long.
    pub(crate) fn begin(&self, is_painted: bool) {
        if !is_painted {
            return self.0.begin();
        }
        let waiting = Rc::downgrade(&self.0);
        let begin = move || {
            if let Some(canvas) = waiting.upgrade() {
                canvas.begin();
            }
        };
        self.0.soon.set(Some(Timeout::new(0, begin)));
    }
}

impl Canvas {
    fn begin(&self) {
        self.waits.set(false);
        self.draw();
    }

    fn draw(&self) {
        let Some(screen) = self.next.take() else { return };
        let view = view! { <Widget screen is_dialog=self.is_dialog/> };
        match &mut *self.drawn.borrow_mut() {
            Some(drawn) => view.rebuild(drawn),
            empty => empty.insert(view.build()).mount(&self.base, None),
        }
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        if let Some(drawn) = self.drawn.get_mut() {
            drawn.unmount();
        }
    }
}
