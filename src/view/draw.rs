//! The tree as a Leptos view: built once, then changed where another tree differs.
//!
//! Leptos' own elements are a type each, and every type brings code for building and changing it. These
//! are data instead (ADR 0017).

use super::adopt::adopt;
use super::html::html;
use super::markup::{Element, Node};
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::Rndr;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use std::mem::take;
use wasm_bindgen::{JsCast, JsValue};

/// What a shopper writes or ticks is a property; the attribute of that name is only where it began.
pub(super) const PROPERTIES: [&str; 2] = ["checked", "value"];

/// A tree to be drawn.
pub(super) struct Drawing(pub(super) Vec<Node>);

/// A tree that is drawn.
pub(super) struct Drawn(Vec<Part>);

/// A node with what stands for it on the page.
pub(super) struct Part {
    pub(super) node: Node,
    pub(super) dom: web_sys::Node,
    pub(super) children: Vec<Part>,
}

impl Part {
    fn new(node: Node) -> Self {
        match node {
            Node::Text(text) => Self {
                dom: Rndr::create_text_node(&text).into(),
                node: Node::Text(text),
                children: Vec::new(),
            },
            Node::Element(mut element) => {
                let dom = Rndr::create_element(element.tag, None);
                for (name, value) in &element.attributes {
                    set(&dom, name, Some(value));
                }
                let children: Vec<_> = take(&mut element.children).into_iter().map(Part::new).collect();
                for child in &children {
                    Rndr::insert_node(&dom, &child.dom, None);
                }
                Self { node: Node::Element(element), dom: dom.into(), children }
            }
        }
    }

    /// True when `node` is the same thing, perhaps looking otherwise.
    fn is(&self, node: &Node) -> bool {
        match (&self.node, node) {
            (Node::Text(_), Node::Text(_)) => true,
            (Node::Element(old), Node::Element(new)) => {
                (old.tag, &old.key, old.attribute("part")) == (new.tag, &new.key, new.attribute("part"))
            }
            _ => false,
        }
    }

    fn change(&mut self, node: Node) {
        match (&self.node, node) {
            (Node::Text(old), Node::Text(new)) => {
                if *old != new {
                    Rndr::set_text(self.dom.unchecked_ref(), &new);
                }
                self.node = Node::Text(new);
            }
            (Node::Element(old), Node::Element(mut new)) => {
                let dom: &web_sys::Element = self.dom.unchecked_ref();
                change_attributes(dom, old, &new);
                change_children(dom, &mut self.children, take(&mut new.children));
                self.node = Node::Element(new);
            }
            _ => {}
        }
    }
}

fn change_attributes(dom: &web_sys::Element, old: &Element, new: &Element) {
    let gone = |name| new.attributes.iter().all(|(known, _)| *known != name);
    for (name, _) in old.attributes.iter().filter(|(name, _)| gone(*name)) {
        set(dom, name, None);
    }
    for attribute in new.attributes.iter().filter(|attribute| !old.attributes.contains(attribute)) {
        set(dom, attribute.0, Some(&attribute.1));
    }
}

/// Writes an attribute, or the property of that name.
pub(super) fn set(dom: &web_sys::Element, name: &str, value: Option<&str>) {
    if PROPERTIES.contains(&name) {
        let value = match (name, value) {
            ("checked", value) => JsValue::from_bool(value.is_some()),
            (_, value) => JsValue::from_str(value.unwrap_or_default()),
        };
        Rndr::set_property(dom, name, &value);
        return;
    }
    match value {
        Some(value) => Rndr::set_attribute(dom, name, value),
        None => Rndr::remove_attribute(dom, name),
    }
}

/// Keeps what is still there in its place, and with it the focus.
fn change_children(parent: &web_sys::Element, drawn: &mut Vec<Part>, nodes: Vec<Node>) {
    let mut old = take(drawn).into_iter();
    for node in nodes {
        if let Some(gone) = old.as_slice().iter().position(|part| part.is(&node)) {
            old.by_ref().take(gone).for_each(|part| Rndr::remove(&part.dom));
            if let Some(mut part) = old.next() {
                part.change(node);
                drawn.push(part);
            }
        } else {
            let part = Part::new(node);
            Rndr::insert_node(parent, &part.dom, old.as_slice().first().map(|next| &next.dom));
            drawn.push(part);
        }
    }
    old.for_each(|part| Rndr::remove(&part.dom));
}

impl Render for Drawing {
    type State = Drawn;

    fn build(self) -> Drawn {
        Drawn(self.0.into_iter().map(Part::new).collect())
    }

    fn rebuild(self, state: &mut Drawn) {
        // There is always something: the live region at the end.
        let parent = state.0.first().and_then(|part| Rndr::get_parent(&part.dom));
        if let Some(parent) = parent {
            change_children(parent.unchecked_ref(), &mut state.0, self.0);
        }
    }
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.0.iter().for_each(|part| Rndr::remove(&part.dom));
    }

    fn mount(&mut self, parent: &web_sys::Element, marker: Option<&web_sys::Node>) {
        // The base is empty, or it has what a server painted.
        if marker.is_none() && parent.has_child_nodes() {
            return adopt(parent, &mut self.0);
        }
        self.0.iter().for_each(|part| Rndr::insert_node(parent, &part.dom, marker));
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let first = self.0.first().map(|part| &part.dom);
        let parent = first.and_then(Rndr::get_parent);
        parent.is_some_and(|parent| child.try_mount(parent.unchecked_ref(), first))
    }

    fn elements(&self) -> Vec<web_sys::Element> {
        self.0.iter().filter_map(|part| part.dom.dyn_ref().cloned()).collect()
    }
}

impl AddAnyAttr for Drawing {
    type Output<New: Attribute> = Self;

    fn add_any_attr<New: Attribute>(self, _: New) -> Self {
        self
    }
}

impl RenderHtml for Drawing {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buffer: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
        buffer.push_str(&html(&self.0));
        *position = Position::NextChild;
    }

    /// Builds anew: a shadow root is out of hydration's sight (ADR 0016), so nothing is there to take over.
    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Drawn {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
