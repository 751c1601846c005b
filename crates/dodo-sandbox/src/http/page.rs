//! The frame and the look that every page of the sandbox shares.

use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A whole page. `head` is for the panel's refresh; `width` is a class of `style.css`.
pub(super) fn page(title: &str, width: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("style.css"))) }
                (head)
            }
            body class=(width) {
                (body)
            }
        }
    }
}
