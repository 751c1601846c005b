//! The rules that a painted offer needs. The others come with the widget, and would only be in the offer's way.
//!
//! A rule is left out when it is for an element or a class that is not there. What a condition in brackets asks for
//! (`:is(…)`, `[…]`) is not looked at: such a rule stays. A private property is left out when no rule that stays uses it.

use crate::styles::STYLES;
use crate::view::Node;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What is around the tree, and what the loader writes into it.
const WRITTEN: [&str; 4] = ["base", "slot", "gone", "busy"];

static SHEET: LazyLock<Vec<Item>> = LazyLock::new(|| items(STYLES));

/// A part of a stylesheet.
enum Item {
    /// `@layer a, b;` or `@keyframes a { … }`
    Always(&'static str),
    /// `@media (…) { … }`
    Group { head: &'static str, items: Vec<Self> },
    /// `:host { --_a: …; --_b: … }`
    Properties { head: &'static str, properties: Vec<Property> },
    /// `.a, .b { … }`, with the names that each of its selectors wants all of.
    Rule { text: &'static str, wants: Vec<Vec<String>>, uses: Vec<&'static str> },
}

/// A private property: `--_name: value`.
struct Property {
    name: &'static str,
    text: &'static str,
    uses: Vec<&'static str>,
}

/// The stylesheet of this tree.
pub(super) fn style_of(tree: &[Node]) -> String {
    let mut seen = HashSet::from(WRITTEN);
    see(tree, &mut seen);
    let mut used = HashSet::new();
    for item in SHEET.iter().rev() {
        item.note(&seen, &mut used);
    }
    let mut text = String::with_capacity(8 * 1024);
    for item in SHEET.iter() {
        item.write(&seen, &used, &mut text);
    }
    text
}

fn see<'a>(tree: &'a [Node], seen: &mut HashSet<&'a str>) {
    for node in tree {
        if let Node::Element(element) = node {
            seen.insert(element.tag);
            seen.extend(element.attribute("class").unwrap_or_default().split(' '));
            see(&element.children, seen);
        }
    }
}

impl Item {
    /// Notes the private properties that are used. From the end on: a property uses those before it.
    fn note(&self, seen: &HashSet<&str>, used: &mut HashSet<&'static str>) {
        match self {
            Self::Always(_) => {}
            Self::Group { items, .. } => items.iter().rev().for_each(|item| item.note(seen, used)),
            Self::Properties { properties, .. } => {
                for property in properties.iter().rev() {
                    if used.contains(property.name) {
                        used.extend(&property.uses);
                    }
                }
            }
            Self::Rule { wants, uses, .. } => {
                if are_met(wants, seen) {
                    used.extend(uses);
                }
            }
        }
    }

    fn write(&self, seen: &HashSet<&str>, used: &HashSet<&str>, text: &mut String) {
        match self {
            Self::Always(always) => text.push_str(always),
            Self::Group { head, items } => {
                block(text, head, |text| items.iter().for_each(|item| item.write(seen, used, text)));
            }
            Self::Properties { head, properties } => block(text, head, |text| {
                for property in properties.iter().filter(|property| used.contains(property.name)) {
                    text.extend([property.text, ";"]);
                }
            }),
            Self::Rule { text: rule, wants, .. } => {
                if are_met(wants, seen) {
                    text.push_str(rule);
                }
            }
        }
    }
}

/// Writes a block, unless nothing is in it.
fn block(text: &mut String, head: &str, write: impl FnOnce(&mut String)) {
    let before = text.len();
    text.extend([head, "{"]);
    let empty = text.len();
    write(text);
    if text.len() == empty { text.truncate(before) } else { text.push('}') }
}

fn are_met(wants: &[Vec<String>], seen: &HashSet<&str>) -> bool {
    wants.iter().any(|names| names.iter().all(|name| seen.contains(name.as_str())))
}

/// Reads a stylesheet of ours: made small, and without braces in its strings.
fn items(mut css: &'static str) -> Vec<Item> {
    let mut items = Vec::new();
    while let Some(end) = css.find(['{', ';']) {
        let (head, rest) = css.split_at(end);
        let body = inside(rest);
        let length = if rest.starts_with(';') { end + 1 } else { end + body.len() + 2 };
        let (text, after) = css.split_at_checked(length).unwrap_or((css, ""));
        items.push(if rest.starts_with(';') || head.starts_with("@keyframes") {
            Item::Always(text)
        } else if head.starts_with('@') {
            Item::Group { head, items: self::items(body) }
        } else if body.starts_with("--_") {
            Item::Properties { head, properties: body.split(';').map(property).collect() }
        } else {
            Item::Rule { text, wants: wants(head), uses: used_in(body) }
        });
        css = after;
    }
    items
}

/// What is between a brace and its partner.
fn inside(css: &'static str) -> &'static str {
    let mut depth = 0_usize;
    let end = css.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.and_then(|end| css.get(1..end)).unwrap_or_default()
}

fn property(text: &'static str) -> Property {
    let (name, value) = text.split_once(':').unwrap_or((text, ""));
    Property { name, text, uses: used_in(value) }
}

/// The private properties that are read in a value.
fn used_in(text: &'static str) -> Vec<&'static str> {
    let reads = text.split("var(").skip(1);
    reads.filter_map(|read| read.split([',', ')']).next()).filter(|name| name.starts_with("--_")).collect()
}

/// The elements and classes that each selector of a list wants.
fn wants(selectors: &str) -> Vec<Vec<String>> {
    let (mut outside, mut depth) = (String::new(), 0_usize);
    for character in selectors.chars() {
        depth += usize::from(matches!(character, '(' | '['));
        if depth == 0 {
            outside.push(character);
        }
        depth -= usize::from(matches!(character, ')' | ']'));
    }
    let names = |selector: &str| {
        let parts = selector.split([' ', '>', '+', '~']).filter_map(|part| part.split(':').next());
        let names = parts.flat_map(|part| part.split('.')).filter(|name| !matches!(*name, "" | "*"));
        names.map(str::to_owned).collect()
    };
    outside.split(',').map(names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::element;

    #[test]
    fn a_rule_stays_for_what_is_there_and_goes_for_what_is_not() {
        let style = style_of(&[element("p").named("price").into(), element("ul").into()]);
        for there in [
            ".price,.fact{",
            "ul{display:grid",
            ".base{",
            "slot:not([name])",
            ".busy{",
            "@media (scripting:none)",
            "@keyframes",
        ] {
            assert!(style.contains(there), "{there} of {style}");
        }
        for gone in ["dialog{", ".choice{", ".notice{justify", ".plan{", "--_dialog-width", "cite{"] {
            assert!(!style.contains(gone), "{gone} in {style}");
        }
    }

    #[test]
    fn every_property_that_is_used_is_there() {
        for name in ["card", "deal", "choice", "notice", "decline", "receipt"] {
            let style = style_of(&[element("button").named(name).into()]);
            for used in style.split("var(--_").skip(1).filter_map(|read| read.split([',', ')']).next()) {
                assert!(style.contains(&["--_", used, ":"].concat()), "{used} for {name}");
            }
        }
    }

    #[test]
    fn with_everything_there_nothing_is_lost() {
        let names = SHEET.iter().flat_map(all_names).collect::<HashSet<_>>();
        let all = names.iter().flat_map(|name| [element("p").set("class", name.clone())]);
        let tags =
            ["h2", "h3", "p", "ul", "li", "cite", "button", "dialog", "fieldset", "legend", "slot", "a"];
        let tree: Vec<Node> = all.chain(tags.map(element)).map(Node::from).collect();
        let mut expected = STYLES.replace('}', ";}").replace(";;}", ";}");
        let mut style = style_of(&tree).replace('}', ";}").replace(";;}", ";}");
        expected.retain(|character| character != ';');
        style.retain(|character| character != ';');
        assert_eq!(style, expected);
    }

    fn all_names(item: &Item) -> Vec<String> {
        match item {
            Item::Group { items, .. } => items.iter().flat_map(all_names).collect(),
            Item::Rule { wants, .. } => wants.concat(),
            _ => Vec::new(),
        }
    }
}
