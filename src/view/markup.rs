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
    Element(Box<Element>),
}

/// An HTML element. It is built and handed on in a box: a step of its making then costs a call and no copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// The name of its tag.
    pub(crate) tag: &'static str,
    /// What it is about. With another key it is another element, though it looks alike.
    pub(crate) key: String,
    /// Its attributes, each once.
    pub(crate) attributes: Vec<(&'static str, Text)>,
    /// What is in it.
    pub(crate) children: Vec<Node>,
}

/// An element without anything.
pub(crate) fn element(tag: &'static str) -> Box<Element> {
    Box::new(Element { tag, key: String::new(), attributes: Vec::new(), children: Vec::new() })
}

impl Element {
    /// With an attribute.
    pub(crate) fn set(mut self: Box<Self>, name: &'static str, value: impl Into<Text>) -> Box<Self> {
        self.attributes.push((name, value.into()));
        self
    }

    /// The value of an attribute that it has.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// With an attribute that counts by being there.
    pub(crate) fn flag(self: Box<Self>, name: &'static str, is_there: bool) -> Box<Self> {
        if is_there { self.set(name, "") } else { self }
    }

    /// Named for `::part()`.
    pub(crate) fn part(self: Box<Self>, name: &'static str) -> Box<Self> {
        self.set("part", name)
    }

    /// Named for `::part()` and for the stylesheet.
    pub(crate) fn named(self: Box<Self>, name: &'static str) -> Box<Self> {
        self.set("class", name).part(name)
    }

    /// Drawn anew when `key` is another one, instead of written over.
    pub(crate) fn keyed(mut self: Box<Self>, key: &str) -> Box<Self> {
        key.clone_into(&mut self.key);
        self
    }

    /// With one thing more in it.
    pub(crate) fn with(mut self: Box<Self>, child: impl Into<Node>) -> Box<Self> {
        self.children.push(child.into());
        self
    }

    /// With something more in it, where there is something.
    pub(crate) fn maybe(self: Box<Self>, child: Option<Box<Self>>) -> Box<Self> {
        match child {
            Some(child) => self.with(child),
            None => self,
        }
    }

    /// With all these in it.
    pub(crate) fn all(mut self: Box<Self>, mut children: Vec<Node>) -> Box<Self> {
        self.children.append(&mut children);
        self
    }
}

impl From<Box<Element>> for Node {
    fn from(element: Box<Element>) -> Self {
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
