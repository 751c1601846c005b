//! What `mount.rs` is on a server: the frame of the offer, painted before any script runs.
//!
//! The host's shadow root is declared in the HTML, with the widget's own styles, so that nothing jumps when
//! the widget takes it over. It holds no offer: prices and tokens are asked for by the shopper's browser.

use crate::styles::STYLES;
use leptos::html::{self, Div};
use leptos::prelude::*;

/// What counts until the widget runs. Without scripts the host's children show at once, and when the
/// widget has not come after ten seconds, as the loader of the script tag has it.
const UNTIL_THEN: &str = "\
    slot{display:block;visibility:hidden;block-size:0;overflow:hidden;animation:come 0s 10s forwards}\
    .base{animation:go 0s 10s forwards}\
    @keyframes come{to{visibility:visible;block-size:auto}}\
    @keyframes go{to{visibility:hidden;block-size:0;min-block-size:0}}\
    @media(scripting:none){slot,.base{animation-delay:0s}}";

/// Does nothing: there is no page yet.
pub(crate) fn live_in(_host: NodeRef<Div>, _get: impl Fn(&'static str) -> Option<String> + 'static) {}

/// The declared shadow root. The browser's parser takes it out of the host's children, so that hydration
/// finds there what `mount.rs` renders: a placeholder.
pub(crate) fn painted_before(is_dialog: bool) -> impl IntoView {
    let nonce = leptos::nonce::use_nonce().map(|nonce| format!(" nonce=\"{nonce}\"")).unwrap_or_default();
    // As the view draws it, without the place for a focus that nobody has yet.
    let frame = if is_dialog {
        ""
    } else {
        r#"<div class="base"><div class="card skeleton" part="skeleton"></div></div>"#
    };
    let root = html::template()
        .attr("shadowrootmode", "open")
        .attr("shadowrootclonable", "")
        .inner_html(format!("<style{nonce}>{STYLES}{UNTIL_THEN}</style>{frame}<slot></slot>"));
    (root, ())
}
