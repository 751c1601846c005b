//! What is done to a document: a list of edits, so that a failing input shrinks to the edits that matter.

use crate::corpus::Corpus;
use crate::values::{NAMES, values};
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::prop_oneof;
use serde_json::{Map, Value};

/// No input grows beyond this, bytes.
const MAX_INPUT: usize = 1024 * 1024;

/// One edit. Positions and choices wrap around, so every number means something.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// Puts another JSON value where one is.
    Value { at: u16, choice: u16 },
    /// Removes a JSON value.
    Remove { at: u16 },
    /// Copies a JSON value over another one.
    Copy { from: u16, to: u16 },
    /// Adds a member of a known name, or of another member's, to a JSON object.
    Member { at: u16, name: u16, choice: u16 },
    /// Changes a byte.
    Byte { at: u16, byte: u8 },
    /// Puts a word in.
    Word { at: u16, choice: u16 },
    /// Takes bytes out.
    Cut { at: u16, length: u8 },
    /// Says the same bytes again and again.
    Repeat { at: u16, length: u8, times: u16 },
    /// Goes on with the end of another document.
    Splice { at: u16, seed: u16, from: u16 },
}

/// Documents of the corpus, damaged by up to eight edits.
pub(crate) fn damaged(corpus: &Corpus) -> impl Strategy<Value = Vec<u8>> + use<> {
    let corpus = corpus.clone();
    let values = values();
    (any::<u16>(), prop::collection::vec(edit(), 0..8)).prop_map(move |(seed, edits)| {
        let seed =
            corpus.seeds.get(usize::from(seed) % corpus.seeds.len().max(1)).cloned().unwrap_or_default();
        apply(&corpus, &values, seed, &edits)
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let (at, choice) = (any::<u16>, any::<u16>);
    let times = prop_oneof![8 => 1..4_u16, 2 => 1..300_u16, 1 => Just(u16::MAX)];
    prop_oneof![
        6 => (at(), choice()).prop_map(|(at, choice)| Edit::Value { at, choice }),
        2 => at().prop_map(|at| Edit::Remove { at }),
        2 => (at(), at()).prop_map(|(from, to)| Edit::Copy { from, to }),
        3 => (at(), choice(), choice()).prop_map(|(at, name, choice)| Edit::Member { at, name, choice }),
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte { at, byte }),
        3 => (at(), choice()).prop_map(|(at, choice)| Edit::Word { at, choice }),
        2 => (at(), any::<u8>()).prop_map(|(at, length)| Edit::Cut { at, length }),
        2 => (at(), 1..20_u8, times).prop_map(|(at, length, times)| Edit::Repeat { at, length, times }),
        1 => (at(), choice(), at()).prop_map(|(at, seed, from)| Edit::Splice { at, seed, from }),
    ]
}

fn apply(corpus: &Corpus, values: &[Value], seed: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    let mut text = seed;
    // Edits of JSON come first: what the others leave is seldom JSON.
    if let Ok(mut document) = serde_json::from_slice::<Value>(&text) {
        let mut is_changed = false;
        for edit in edits {
            is_changed |= edit_json(&mut document, values, edit);
        }
        if is_changed {
            text = document.to_string().into_bytes();
        }
    }
    for edit in edits {
        edit_bytes(&mut text, corpus, edit);
        text.truncate(MAX_INPUT);
    }
    text
}

fn edit_json(document: &mut Value, values: &[Value], edit: &Edit) -> bool {
    let chosen = |choice: u16| values.get(usize::from(choice) % values.len()).cloned().unwrap_or_default();
    match *edit {
        Edit::Value { at, choice } => with_node(document, at, |node| *node = chosen(choice)),
        Edit::Copy { from, to } => {
            let mut copied = Value::Null;
            with_node(document, from, |node| copied = node.clone());
            with_node(document, to, |node| *node = copied);
        }
        Edit::Remove { at } => with_node(document, at, |node| match node {
            Value::Object(members) => {
                let name = members.keys().nth(usize::from(at) % members.len().max(1)).cloned();
                name.and_then(|name| members.remove(&name));
            }
            Value::Array(items) => drop(items.pop()),
            other => *other = Value::Null,
        }),
        Edit::Member { at, name, choice } => with_node(document, at, |node| {
            let name = NAMES.get(usize::from(name) % NAMES.len()).copied().unwrap_or_default();
            match node {
                Value::Object(members) => drop(members.insert(name.to_owned(), chosen(choice))),
                Value::Array(items) => items.push(chosen(choice)),
                other => *other = Value::Object(Map::from_iter([(name.to_owned(), other.clone())])),
            }
        }),
        _ => return false,
    }
    true
}

/// Gives the `at`th value of the document, counted depth first, to `work`.
fn with_node(document: &mut Value, at: u16, work: impl FnOnce(&mut Value)) {
    let mut steps = usize::from(at) % count(document);
    let mut node = document;
    'deeper: while steps > 0 {
        steps -= 1;
        let children: Vec<&mut Value> = match node {
            Value::Object(members) => members.values_mut().collect(),
            Value::Array(items) => items.iter_mut().collect(),
            _ => return,
        };
        for child in children {
            let size = count(child);
            if steps < size {
                node = child;
                continue 'deeper;
            }
            steps -= size;
        }
        return;
    }
    work(node);
}

fn count(node: &Value) -> usize {
    1 + match node {
        Value::Object(members) => members.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

fn edit_bytes(text: &mut Vec<u8>, corpus: &Corpus, edit: &Edit) {
    let place = |at: u16, text: &[u8]| usize::from(at) % (text.len() + 1);
    match *edit {
        Edit::Byte { at, byte } => {
            let at = place(at, text);
            if let Some(slot) = text.get_mut(at) {
                *slot = byte;
            }
        }
        Edit::Word { at, choice } => {
            let word = corpus.words.get(usize::from(choice) % corpus.words.len().max(1));
            let at = place(at, text);
            text.splice(at..at, word.into_iter().flat_map(|word| word.bytes()));
        }
        Edit::Cut { at, length } => {
            let at = place(at, text);
            let end = (at + usize::from(length)).min(text.len());
            text.drain(at..end);
        }
        Edit::Repeat { at, length, times } => {
            let at = place(at, text);
            let end = (at + usize::from(length)).min(text.len());
            let part: Vec<u8> = text.get(at..end).unwrap_or_default().repeat(usize::from(times));
            text.splice(at..at, part);
        }
        Edit::Splice { at, seed, from } => {
            let other = corpus.seeds.get(usize::from(seed) % corpus.seeds.len().max(1));
            let other = other.map(Vec::as_slice).unwrap_or_default();
            text.truncate(place(at, text));
            text.extend_from_slice(other.get(place(from, other)..).unwrap_or_default());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_of_a_document_can_be_reached() {
        for at in 0..5 {
            let mut document = json!({"a": [1, 2], "b": 3});
            with_node(&mut document, at, |node| *node = json!("here"));
            assert!(document.to_string().contains("here"), "{at}: {document}");
        }
        assert_eq!(count(&json!({"a": [1, 2], "b": 3})), 5);
    }

    #[test]
    fn an_edit_of_json_leaves_json_and_edits_of_bytes_change_them() {
        let corpus = Corpus::of(&[r#"{"a":1}"#]);
        let damaged = |edit| apply(&corpus, &[json!("x")], br#"{"a":1}"#.to_vec(), &[edit]);
        assert_eq!(damaged(Edit::Value { at: 1, choice: 0 }), br#"{"a":"x"}"#);
        assert_eq!(damaged(Edit::Remove { at: 0 }), b"{}");
        assert_eq!(damaged(Edit::Cut { at: 1, length: 4 }), b"{1}");
        assert_eq!(damaged(Edit::Repeat { at: 0, length: 1, times: 3 }), br#"{{{{"a":1}"#);
        assert_eq!(damaged(Edit::Splice { at: 1, seed: 0, from: 5 }), b"{1}");
    }
}
