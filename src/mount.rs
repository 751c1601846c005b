//! The widget inside a host element: for the script tag's element and for Leptos apps alike.
//!
//! The host gets an open shadow root with two children: one base `div` that the view lives in, and a
//! `slot` for the host's own children, which show when the widget cannot work. Styles are adopted, not
//! written as `<style>`, so a `style-src 'self'` page needs no exception.

use crate::config::{Config, ConfigError, Placement};
use crate::model::{Action, HostEvent};
use crate::shell::{HostPage, Page, Shell, read_config};
use crate::styles::STYLES;
use crate::view::{Ears, Picture, choices_in};
use leptos::prelude::*;
use std::fmt;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleSheet, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

/// A running widget. Dropping it takes everything off the page: view, timers, pending answers.
#[must_use = "dropping this takes the widget off the page"]
pub struct Mounted {
    shell: Rc<Shell<HostPage>>,
    _ears: Ears,
}

impl Mounted {
    /// Accepts the offer, as a click would.
    pub fn accept(&self) {
        self.shell.act(Action::Accept);
    }

    /// Declines the offer, as a click would.
    pub fn decline(&self) {
        self.shell.act(Action::Decline);
    }

    /// Asks for a fresh offer; does nothing once an accept was sent.
    pub fn refresh(&self) {
        self.shell.act(Action::Refresh);
    }
}

/// Why a widget could not be put on the page.
#[derive(Debug)]
#[non_exhaustive]
pub enum MountError {
    /// An attribute cannot be used.
    Config(ConfigError),
    /// The element cannot carry a shadow root, or the browser lacks constructable stylesheets.
    Page(&'static str),
}

impl MountError {
    /// What is wrong, and what to do.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Config(error) => error.text(),
            Self::Page(what) => (*what).to_owned(),
        }
    }
}

impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for MountError {}

/// Puts the widget into `host`, reading its attributes, and asks for the offer.
///
/// # Errors
/// A bad attribute, or an element that cannot carry a shadow root. The host is then marked
/// `data-state="error"`, its own children show, and one `aftercart-error` event has told why.
pub fn mount(host: &HtmlElement) -> Result<Mounted, MountError> {
    mount_over(host, None)
}

/// [`mount`] with the answer where that was already had, instead of asking. What is painted of it in the host's shadow
/// root is taken over where it stands, with the choices that a shopper made in it.
pub(crate) fn mount_over(host: &HtmlElement, answer: Option<String>) -> Result<Mounted, MountError> {
    mount_with(host, |name| host.get_attribute(name), answer)
}

/// [`mount`] with settings from elsewhere than the host's attributes.
fn mount_with(
    host: &HtmlElement,
    get: impl Fn(&'static str) -> Option<String>,
    answer: Option<String>,
) -> Result<Mounted, MountError> {
    let config = read_config(host, get).map_err(MountError::Config);
    config.and_then(|config| run(host, config, answer)).inspect_err(|error| give_up(host, error))
}

fn run(host: &HtmlElement, config: Config, answer: Option<String>) -> Result<Mounted, MountError> {
    let root = shadow_root(host)?;
    let painted = answer.as_ref().and_then(|_| painted_in(&root));
    let is_painted = painted.is_some();
    let choices = painted.as_ref().map(choices_in).unwrap_or_default();
    let base = painted.map_or_else(|| base_of(&root), Ok)?;
    for (name, value) in [
        ("data-theme", config.theme.name()),
        ("data-placement", config.placement.name()),
        ("data-density", config.density.name()),
    ] {
        let _ = host.set_attribute(name, value);
    }
    let is_dialog = config.placement == Placement::Dialog;
    let picture = Picture::new(base.clone(), is_dialog);
    let page = HostPage::new(host.clone(), root, base.clone(), answer, picture);
    let shell = Shell::new(config, page);
    let handle = Rc::downgrade(&shell);
    let ears = Ears::open(&base, move |action| {
        if let Some(shell) = handle.upgrade() {
            shell.act(action);
        }
    });
    // With an answer at hand the first thing drawn is the offer.
    shell.start();
    shell.page().begin(is_painted);
    for choice in choices {
        shell.act(choice);
    }
    Ok(Mounted { shell, _ears: ears })
}

fn give_up(host: &HtmlElement, error: &MountError) {
    let _ = host.set_attribute("data-state", "error");
    let page = shadow_root(host).and_then(|root| Ok((base_of(&root)?, root)));
    if let Ok((base, root)) = page {
        let picture = Picture::new(base.clone(), false);
        let page = HostPage::new(host.clone(), root, base, None, picture);
        page.tell(&HostEvent::Error { message: error.text() });
    }
}

/// The host's open shadow root, made if absent, with our styles adopted.
fn shadow_root(host: &HtmlElement) -> Result<ShadowRoot, MountError> {
    let root = match host.shadow_root() {
        Some(root) => root,
        None => host
            .attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))
            .map_err(|_| MountError::Page("this element cannot carry a shadow root: use a div"))?,
    };
    let sheet =
        CssStyleSheet::new().map_err(|_| MountError::Page("this browser lacks constructable stylesheets"))?;
    let _ = sheet.replace_sync(STYLES);
    root.set_adopted_style_sheets(&js_sys::Array::of1(&sheet).into());
    Ok(root)
}

/// The base element that a server painted; our adopted styles take the place of its own.
fn painted_in(root: &ShadowRoot) -> Option<HtmlElement> {
    let base = root.query_selector(".base").ok().flatten()?;
    if let Some(style) = root.query_selector("style").ok().flatten() {
        style.remove();
    }
    Some(base.unchecked_into())
}

/// An empty base element in front of the slot; what an earlier mount left is taken away.
fn base_of(root: &ShadowRoot) -> Result<HtmlElement, MountError> {
    const FAILED: MountError = MountError::Page("the shadow root cannot be filled");
    let page = root.owner_document().ok_or(FAILED)?;
    root.set_text_content(None);
    let base = page.create_element("div").map_err(|_| FAILED)?;
    let slot = page.create_element("slot").map_err(|_| FAILED)?;
    base.set_class_name("base");
    root.append_child(&base).and_then(|_| root.append_child(&slot)).map_err(|_| FAILED)?;
    Ok(base.unchecked_into())
}

/// Runs the widget in `host` from the moment it is on the page until its owner ends.
pub(crate) fn live_in(
    host: NodeRef<leptos::html::Div>,
    get: impl Fn(&'static str) -> Option<String> + 'static,
) {
    let mounted = StoredValue::new_local(None::<Mounted>);
    host.on_load(move |element| mounted.set_value(mount_with(&element, get, None).ok()));
    on_cleanup(move || mounted.set_value(None));
}

/// What stands in the host before the widget: on a server its frame, in a browser nothing.
pub(crate) fn painted_before(_is_dialog: bool) -> impl IntoView {}
