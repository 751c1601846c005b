//! The inputs that once broke a rule: one JSON value a line, text or, where it is no text, a list of bytes.

use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The fixtures that all test suites share.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Longer inputs are not kept: they make no fixture that a person reads.
const MAX_KEPT: usize = 4096;

fn file(parser: &str) -> PathBuf {
    fixtures().join("fuzz").join(format!("{parser}.jsonl"))
}

/// The inputs kept for a parser; none when it never failed.
pub(crate) fn kept(parser: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(file(parser)).unwrap_or_default();
    text.lines().filter_map(read).collect()
}

/// Keeps one more, unless it is there already or too long. Says where it is.
pub(crate) fn keep(parser: &str, input: &[u8]) -> String {
    let path = file(parser);
    if input.len() > MAX_KEPT {
        return format!("not kept, as it has {} bytes", input.len());
    }
    if !kept(parser).iter().any(|known| known == input) {
        let opened = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::OpenOptions::new().create(true).append(true).open(&path));
        if let Err(error) = opened.and_then(|mut file| writeln!(file, "{}", written(input))) {
            return format!("not kept: {error}");
        }
    }
    format!("kept in fixtures/fuzz/{parser}.jsonl")
}

fn written(input: &[u8]) -> Value {
    match std::str::from_utf8(input) {
        Ok(text) => Value::from(text),
        Err(_) => Value::from(input.to_vec()),
    }
}

fn read(line: &str) -> Option<Vec<u8>> {
    match serde_json::from_str(line).ok()? {
        Value::String(text) => Some(text.into_bytes()),
        Value::Array(bytes) => bytes.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_are_read_as_they_were_written() {
        for input in [b"{\"a\":\n1}".as_slice(), b"\xff\x00", b""] {
            assert_eq!(read(&written(input).to_string()).as_deref(), Some(input));
        }
    }
}
