//! The stylesheet of the shadow root.

/// `style/tokens.css` and `style/widget.css`, made small by `build.rs`.
pub(crate) const STYLES: &str = include_str!(concat!(env!("OUT_DIR"), "/widget.css"));
