//! The log of API calls, for tests that count them.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

const LONGEST: usize = 5_000;

/// One call to the API. The key is never part of it.
#[derive(Clone, Debug, Serialize)]
pub struct JournalEntry {
    /// When it arrived.
    pub at: Timestamp,
    /// Upper case.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// As received, null when there was none.
    pub query: Option<String>,
    /// The status answered; null when the connection was cut instead.
    pub status: Option<u16>,
    /// The body received: JSON, or a string when it was not JSON, or null.
    pub body: Value,
    /// The fault that was applied, in words.
    pub fault: Option<String>,
}

/// The newest calls, oldest first; very old ones are forgotten.
#[derive(Debug, Default)]
pub struct Journal {
    entries: VecDeque<JournalEntry>,
}

impl Journal {
    pub(crate) fn note(&mut self, entry: JournalEntry) {
        if self.entries.len() == LONGEST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &JournalEntry> {
        self.entries.iter()
    }
}
