//! What is drawn, as data: elements with attributes, and text.
//!
//! One tree for every place that it is needed in: a browser draws it (`draw.rs`), a server writes it as
//! HTML (`html.rs`), tests read it.

use std::borrow::Cow;

type Text = Cow<'static, str>;

/// A part of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Text, never markup.
    Text(Text),
    /// An element with what is in it.
    Element(Element),
}

/// An HTML element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// The name of its tag.
    pub(super) tag: &'static str,
    /// What it is about. With another key it is another element, though it looks alike.
    pub(super) key: String,
    /// Its attributes, each once.
    pub(super) attributes: Vec<(&'static str, Text)>,
    /// What is in it.
    pub(super) children: Vec<Node>,
}

/// An element without anything.
pub(super) fn element(tag: &'static str) -> Element {
    Element { tag, key: String::new(), attributes: Vec::new(), children: Vec::new() }
}

impl Element {
    /// With an attribute.
    pub(super) fn set(mut self, name: &'static str, value: impl Into<Text>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// With an attribute that counts by being there.
    pub(super) fn flag(self, name: &'static str, is_there: bool) -> Self {
        if is_there { self.set(name, "") } else { self }
    }

    /// Named for `::part()`.
    pub(super) fn part(self, name: &'static str) -> Self {
        self.set("part", name)
    }

    /// Named for `::part()` and for the stylesheet.
    pub(super) fn named(self, name: &'static str) -> Self {
        self.set("class", name).part(name)
    }

    /// Drawn anew when `key` is another one, instead of written over.
    pub(super) fn keyed(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// With one thing more in it.
    pub(super) fn with(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    /// With something more in it, where there is something.
    pub(super) fn maybe(self, child: Option<Element>) -> Self {
        match child {
            Some(child) => self.with(child),
            None => self,
        }
    }

    /// With all these in it.
    pub(super) fn all(mut self, children: Vec<Element>) -> Self {
        self.children.extend(children.into_iter().map(Node::Element));
        self
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}
