//! The wasm entry of the preview and of the release bundle.
//!
//! Does nothing by itself: the exports of [`aftercart::element`] wait until the loader calls them.

use aftercart as _;

fn main() {}
