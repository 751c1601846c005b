//! The tree as HTML text.

use super::markup::{Element, Node};

/// Elements without an end tag.
const VOID: [&str; 2] = ["img", "input"];

/// Writes all of it. Text and values are escaped, names are our own.
pub(crate) fn html(nodes: &[Node]) -> String {
    let mut text = String::with_capacity(4096);
    for node in nodes {
        write(node, &mut text);
    }
    text
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Text(text) => escape(text, out),
        Node::Element(element) => {
            let Element { tag, attributes, children, .. } = &**element;
            out.extend(["<", tag]);
            for (name, value) in attributes {
                out.extend([" ", name]);
                if !value.is_empty() {
                    out.push_str("=\"");
                    escape(value, out);
                    out.push('"');
                }
            }
            out.push('>');
            if !VOID.contains(tag) {
                for child in children {
                    write(child, out);
                }
                out.extend(["</", tag, ">"]);
            }
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::markup::element;
    use super::*;

    #[test]
    fn text_and_values_are_never_markup() {
        let node = element("p").set("title", "\"><script>").with("</p>&<b>".to_owned());
        assert_eq!(
            html(&[node.into()]),
            "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;/p&gt;&amp;&lt;b&gt;</p>"
        );
    }

    #[test]
    fn an_empty_element_has_an_end_and_an_input_has_none() {
        let form = element("form").with(element("input").flag("checked", true)).with(element("slot"));
        assert_eq!(html(&[form.into()]), "<form><input checked><slot></slot></form>");
    }
}
