//! English, built in.
//!
//! One text for all of it: a table of a pointer and a length each would weigh as much as the names.

include!(concat!(env!("OUT_DIR"), "/copy_table.rs"));

impl Key {
    /// The name in the locale files and in an offer's `copy`.
    pub fn name(self) -> &'static str {
        self.entry().0
    }

    /// The name and the English text.
    pub(super) fn entry(self) -> (&'static str, &'static str) {
        let mut lines = LINES.split('\n').skip(2 * self as usize);
        (lines.next().unwrap_or_default(), lines.next().unwrap_or_default())
    }
}

/// The names of all keys.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LINES.split('\n').step_by(2)
}
