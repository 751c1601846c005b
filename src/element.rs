//! What `loader/aftercart.js` calls. The element class itself must be JavaScript and lives there.

use crate::mount::{Mounted, mount_over};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// One running widget as the element class holds it. Freeing it takes the widget off the page.
#[wasm_bindgen]
pub struct Widget(Mounted);

#[wasm_bindgen]
impl Widget {
    /// Puts the widget into `host`, with the backend's answer where the loader has it already. Throws after
    /// `aftercart-error` when an attribute cannot be used.
    #[wasm_bindgen(constructor)]
    pub fn new(host: &HtmlElement, answer: Option<String>) -> Result<Widget, JsError> {
        mount_over(host, answer).map(Widget).map_err(|error| JsError::new(&error.text()))
    }

    /// Accepts the offer, as a click would.
    pub fn accept(&self) {
        self.0.accept();
    }

    /// Declines the offer, as a click would.
    pub fn decline(&self) {
        self.0.decline();
    }

    /// Asks for a fresh offer; does nothing once an accept was sent.
    pub fn refresh(&self) {
        self.0.refresh();
    }
}
