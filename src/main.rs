//! The wasm entry of the preview and of the release bundle.
//!
//! Does nothing by itself: the exports of [`aftercart::element`] wait until the loader calls them.

// Nothing has to be set up before them, so that in a browser not even an empty `main` is called.
#![cfg_attr(all(target_family = "wasm", feature = "element"), no_main)]

use aftercart as _;

/// Smaller than the standard library's, and a widget does not allocate from several threads.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics"), feature = "element"))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(not(all(target_family = "wasm", feature = "element")))]
fn main() {}
