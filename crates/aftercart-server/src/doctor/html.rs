//! The start tags of a page, enough to find a script and an element.

/// A start tag with its attributes, names in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The attribute's value; empty when it has none.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Elements whose content is text.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// Every start tag outside comments and scripts, in the page's order.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if after.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            let (tag, after) = read_tag(after);
            rest = if RAW.contains(&tag.name.as_str()) { after_raw(after, &tag.name) } else { after };
            tags.push(tag);
        }
    }
    tags
}

fn read_tag(text: &str) -> (Tag, &str) {
    let is_end = |letter: char| letter.is_ascii_whitespace() || matches!(letter, '>' | '/');
    let (name, mut rest) = text.split_at(text.find(is_end).unwrap_or(text.len()));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        if rest.is_empty() {
            break;
        }
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        let end = rest.find(|letter: char| is_end(letter) || letter == '=').unwrap_or(rest.len());
        // A stray `=` is a name of its own, as browsers have it.
        let (name, after) = rest.split_at(end.max(1));
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(after) => read_value(after.trim_start()),
            None => ("", after),
        };
        attributes.push((name.to_ascii_lowercase(), decoded(value)));
        rest = after;
    }
    (Tag { name: name.to_ascii_lowercase(), attributes }, rest)
}

fn read_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    text.split_at(
        text.find(|letter: char| letter.is_ascii_whitespace() || letter == '>').unwrap_or(text.len()),
    )
}

fn after_raw<'a>(text: &'a str, name: &str) -> &'a str {
    let end = text.match_indices("</").find(|(at, _)| {
        text.get(at + 2..)
            .and_then(|rest| rest.get(..name.len()))
            .is_some_and(|word| word.eq_ignore_ascii_case(name))
    });
    end.and_then(|(at, _)| text.get(at..)).unwrap_or("")
}

/// The few references that addresses and policies are written with.
fn decoded(value: &str) -> String {
    value.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_tags_are_found_and_comments_and_scripts_are_not_read() {
        let page = "<!doctype html><HTML><!-- <aftercart-offer> --><script nonce=abc SRC='/a.js?x=1&amp;y=2' async>\
            if (a<b) '<aftercart-offer>'</SCRIPT ><title>a <b></title>\n<aftercart-offer\nendpoint = \"/api\" hidden/>text";
        let tags = tags(page);
        let names: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["html", "script", "title", "aftercart-offer"]);
        assert_eq!(tags[1].attribute("src"), Some("/a.js?x=1&y=2"));
        assert_eq!((tags[1].attribute("nonce"), tags[1].attribute("async")), (Some("abc"), Some("")));
        assert_eq!((tags[3].attribute("endpoint"), tags[3].attribute("hidden")), (Some("/api"), Some("")));
        assert_eq!(tags[3].attribute("subject"), None);
    }

    #[test]
    fn broken_pages_come_to_an_end() {
        for page in
            ["<", "<a", "<a b", "<a b=", "<a b='c", "<script>never ends", "<!-- never ends", "<a =b>", "<é>"]
        {
            assert!(tags(page).len() <= 1, "{page}");
        }
    }
}
