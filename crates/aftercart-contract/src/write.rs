//! Writing requests: their few fields as JSON text, without the machinery that writes anything.

use std::fmt::Write as _;

/// An object in the making.
#[derive(Default)]
pub(crate) struct Object(String);

impl Object {
    /// Adds text, unless there is none.
    pub(crate) fn text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.name(name);
            push_text(&mut self.0, text);
        }
    }

    /// Adds a whole number, unless there is none.
    pub(crate) fn number(&mut self, name: &str, number: Option<u32>) {
        if let Some(number) = number {
            self.json(name, &number.to_string());
        }
    }

    /// Adds what is JSON already.
    pub(crate) fn json(&mut self, name: &str, json: &str) {
        self.name(name);
        self.0.push_str(json);
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        push_text(&mut self.0, name);
        self.0.push(':');
    }

    /// The object as text.
    pub(crate) fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }
}

fn push_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\0'..=' ' if character != ' ' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            _ => json.push(character),
        }
    }
    json.push('"');
}
