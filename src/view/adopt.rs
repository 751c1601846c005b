//! The tree laid over what a server painted of it.
//!
//! What stands for the same thing stays, and with it focus, selection, scroll and what was typed; only what
//! differs is written. So nothing is seen of the moment in which the widget takes over.

use super::draw::{PROPERTIES, Part, set};
use super::markup::{Element, Node};
use leptos::tachys::renderer::Rndr;
use wasm_bindgen::JsCast;

/// Lays parts over all that is in `parent`. What the painted form had beside them goes.
pub(super) fn adopt(parent: &web_sys::Node, parts: &mut [Part]) {
    let mut next = parent.first_child();
    for part in parts {
        let mut found = next.clone();
        while let Some(dom) = found.as_ref().filter(|dom| !shows(dom, &part.node)) {
            found = dom.next_sibling();
        }
        match found {
            Some(dom) => {
                remove_until(&mut next, Some(&dom));
                next = dom.next_sibling();
                stand_for(dom, part);
            }
            None => drop(parent.insert_before(&part.dom, next.as_ref())),
        }
    }
    remove_until(&mut next, None);
}

fn remove_until(next: &mut Option<web_sys::Node>, end: Option<&web_sys::Node>) {
    while let Some(dom) = next.take_if(|dom| Some(&*dom) != end) {
        *next = dom.next_sibling();
        Rndr::remove(&dom);
    }
}

/// True when this was painted of a node like that.
fn shows(dom: &web_sys::Node, node: &Node) -> bool {
    match (node, dom.dyn_ref::<web_sys::Element>()) {
        (Node::Text(_), None) => true,
        (Node::Element(node), Some(dom)) => {
            dom.local_name() == node.tag && dom.get_attribute("part").as_deref() == node.attribute("part")
        }
        _ => false,
    }
}

/// From now on `dom` is the part's own.
fn stand_for(dom: web_sys::Node, part: &mut Part) {
    match &part.node {
        Node::Text(text) => {
            if dom.text_content().as_deref() != Some(&**text) {
                dom.set_text_content(Some(text));
            }
        }
        Node::Element(node) => write_attributes(dom.unchecked_ref(), node),
    }
    adopt(&dom, &mut part.children);
    part.dom = dom;
}

fn write_attributes(dom: &web_sys::Element, node: &Element) {
    for name in dom.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if node.attribute(&name).is_none() && !PROPERTIES.contains(&&*name) {
            Rndr::remove_attribute(dom, &name);
        }
    }
    for (name, value) in &node.attributes {
        if PROPERTIES.contains(name) || dom.get_attribute(name).as_deref() != Some(&**value) {
            set(dom, name, Some(value));
        }
    }
}
