//! Writing requests: their few fields as JSON text, without the machinery that writes anything.

/// A number in decimal digits.
///
/// The standard library's way to them weighs more in a browser than all numbers of the widget.
pub fn digits(number: impl Into<u64>) -> String {
    let mut rest = number.into();
    let mut text = String::new();
    while rest > 0 || text.is_empty() {
        let digit = u32::try_from(rest % 10).ok().and_then(|digit| char::from_digit(digit, 10));
        text.insert(0, digit.unwrap_or('0'));
        rest /= 10;
    }
    text
}

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
            self.json(name, &digits(number));
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
                let hex = |digit| char::from_digit(digit, 16).unwrap_or('0');
                let code = u32::from(character);
                json.push_str("\\u00");
                json.extend([hex(code >> 4), hex(code & 15)]);
            }
            _ => json.push(character),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_everybody_writes() {
        for number in [0, 7, 10, 99, 100, 2_147_483_647, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
        }
    }

    #[test]
    fn every_character_comes_back_as_it_was() {
        let text: String = ('\0'..='\u{a0}').chain("\u{2028}\"\\é✓𝄞".chars()).collect();
        let mut object = Object::default();
        object.text("text", Some(&text));
        let read: serde_json::Value = serde_json::from_str(&object.end()).unwrap();
        assert_eq!(read.get("text").and_then(serde_json::Value::as_str), Some(&*text));
    }
}
