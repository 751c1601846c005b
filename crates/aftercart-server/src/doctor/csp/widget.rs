//! What the widget needs of a policy, and what to write where it does not get it.
//!
//! | needs | directive | if absent |
//! |---|---|---|
//! | the loader and the script it imports | `script-src-elem`, else `script-src` | nothing shows |
//! | WebAssembly | `script-src` | nothing shows |
//! | the backend, the `.wasm` file | `connect-src` | nothing shows |
//! | product pictures | `img-src` | no picture |
//! | the form that works without scripts | `form-action` | only the scripted button works |
//!
//! Styles are adopted, which no directive forbids; Trusted Types may be required.

use super::policy::Policy;
use super::source::matches;
use reqwest::Url;

/// A page's widget: which addresses it uses.
pub(in crate::doctor) struct Widget {
    pub(in crate::doctor) page: Url,
    pub(in crate::doctor) loader: Url,
    /// Of the loader's script tag.
    pub(in crate::doctor) nonce: Option<String>,
    pub(in crate::doctor) endpoint: Url,
    pub(in crate::doctor) images: Vec<Url>,
}

/// A directive that stands in the way.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::doctor) struct Block {
    /// The directive that forbids, as the policy has it.
    pub(in crate::doctor) by: &'static str,
    /// What does not work, for a person.
    pub(in crate::doctor) breaks: Vec<&'static str>,
    /// False when the widget works all the same.
    pub(in crate::doctor) is_essential: bool,
    /// The directive to write in its place: everything it allowed, and what was missing.
    pub(in crate::doctor) instead: String,
}

/// A thing that a policy may forbid.
struct Need<'a> {
    what: &'static str,
    is_essential: bool,
    /// The directive that governs it, and those it falls back to.
    chain: &'static [&'static str],
    kind: Kind<'a>,
}

enum Kind<'a> {
    Script(&'a Url),
    Wasm,
    Address(&'a Url),
}

/// Everything in this policy that stands in the widget's way, a directive once.
pub(in crate::doctor) fn blocks(policy: &Policy, widget: &Widget) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    for need in needs(widget) {
        let Some((by, sources)) = policy.first(need.chain) else { continue };
        let Some(missing) = missing(&need.kind, sources, widget) else { continue };
        // `default-src` is not widened for everything: what falls back to it becomes a directive of its own.
        let own = if by == "default-src" { specific(need.chain) } else { by };
        let known = found.iter_mut().find(|block| block.instead.split(' ').next() == Some(own));
        let block = match known {
            Some(block) => block,
            None => found.push_mut(Block::new(by, own, sources)),
        };
        block.add(need.what, need.is_essential, &missing);
    }
    found
}

impl Block {
    fn new(by: &'static str, own: &str, sources: &[String]) -> Self {
        let kept = sources.iter().map(String::as_str).filter(|source| !source.eq_ignore_ascii_case("'none'"));
        let instead = std::iter::once(own).chain(kept).collect::<Vec<_>>().join(" ");
        Self { by, breaks: Vec::new(), is_essential: false, instead }
    }

    fn add(&mut self, what: &'static str, is_essential: bool, missing: &str) {
        self.is_essential |= is_essential;
        if !self.breaks.contains(&what) {
            self.breaks.push(what);
        }
        if !self.instead.split(' ').any(|source| source == missing) {
            self.instead.push(' ');
            self.instead.push_str(missing);
        }
    }
}

/// The directive to write for a chain. `script-src` governs script elements too, and is better known.
fn specific(chain: &[&'static str]) -> &'static str {
    chain.iter().copied().find(|name| *name != "script-src-elem").unwrap_or("default-src")
}

fn needs(widget: &Widget) -> Vec<Need<'_>> {
    let need = |what, is_essential, chain, kind| Need { what, is_essential, chain, kind };
    let connect: &[&str] = &["connect-src", "default-src"];
    let images: &[&str] = &["img-src", "default-src"];
    let mut needs = vec![
        need(
            "the loader",
            true,
            &["script-src-elem", "script-src", "default-src"],
            Kind::Script(&widget.loader),
        ),
        need("WebAssembly", true, &["script-src", "default-src"], Kind::Wasm),
        need("calls to the backend", true, connect, Kind::Address(&widget.endpoint)),
        need("the .wasm file", true, connect, Kind::Address(&widget.loader)),
        need("the form without scripts", false, &["form-action"], Kind::Address(&widget.endpoint)),
    ];
    needs.extend(widget.images.iter().map(|url| need("product pictures", false, images, Kind::Address(url))));
    needs
}

/// The source that is missing, if one is.
fn missing(kind: &Kind<'_>, sources: &[String], widget: &Widget) -> Option<String> {
    let has = |keyword: &str| sources.iter().any(|source| source.eq_ignore_ascii_case(keyword));
    let names = |url: &Url| sources.iter().any(|source| matches(source, url, &widget.page));
    match kind {
        Kind::Wasm if has("'wasm-unsafe-eval'") || has("'unsafe-eval'") => None,
        Kind::Wasm => Some("'wasm-unsafe-eval'".to_owned()),
        Kind::Script(url) => {
            let nonce = widget.nonce.as_ref().map(|nonce| format!("'nonce-{nonce}'"));
            let has_nonce = nonce.is_some_and(|nonce| sources.contains(&nonce));
            let is_strict = has("'strict-dynamic'");
            if has_nonce || (!is_strict && names(url)) {
                None
            } else if is_strict {
                // Addresses count for nothing there.
                Some("'nonce-…'".to_owned())
            } else {
                Some(source_for(url, &widget.page))
            }
        }
        Kind::Address(url) if names(url) => None,
        Kind::Address(url) => Some(source_for(url, &widget.page)),
    }
}

fn source_for(url: &Url, page: &Url) -> String {
    if url.origin() == page.origin() { "'self'".to_owned() } else { url.origin().ascii_serialization() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widget() -> Widget {
        let url = |text| Url::parse(text).unwrap();
        Widget {
            page: url("https://shop.example/thanks"),
            loader: url("https://pay.example/aftercart/aftercart.js"),
            nonce: Some("abc".to_owned()),
            endpoint: url("https://pay.example/api/upsell"),
            images: vec![url("https://img.example/course.png")],
        }
    }

    /// What would have to be written in place of this policy.
    fn instead(policy: &str) -> Vec<String> {
        let policies = Policy::of_header(policy);
        policies.iter().flat_map(|policy| blocks(policy, &widget())).map(|block| block.instead).collect()
    }

    #[test]
    fn a_policy_that_says_nothing_about_us_is_no_obstacle() {
        assert!(
            instead("frame-ancestors 'self'; style-src 'none'; require-trusted-types-for 'script'")
                .is_empty()
        );
    }

    #[test]
    fn the_policy_of_the_documentation_is_enough() {
        let policy = "default-src 'none'; script-src https://pay.example 'wasm-unsafe-eval'; connect-src https://pay.example; \
            img-src https://img.example; form-action https://pay.example";
        assert!(instead(policy).is_empty());
    }

    #[test]
    fn wasm_needs_its_keyword_wherever_scripts_are_governed() {
        let policy = "script-src https://pay.example";
        assert_eq!(instead(policy), ["script-src https://pay.example 'wasm-unsafe-eval'"]);
        assert_eq!(
            instead("script-src-elem https://pay.example; script-src 'self'"),
            ["script-src 'self' 'wasm-unsafe-eval'"]
        );
        assert!(instead("script-src https: 'unsafe-eval'").is_empty());
    }

    #[test]
    fn what_falls_back_to_default_src_becomes_a_directive_of_its_own() {
        let lines = instead("default-src 'self'; img-src *");
        assert_eq!(
            lines,
            [
                "script-src 'self' https://pay.example 'wasm-unsafe-eval'",
                "connect-src 'self' https://pay.example"
            ]
        );
        assert_eq!(instead("connect-src 'none'"), ["connect-src https://pay.example"]);
    }

    #[test]
    fn a_nonce_lets_the_loader_in_and_strict_dynamic_asks_for_one() {
        assert!(instead("script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'").is_empty());
        assert!(instead("script-src 'nonce-abc' 'wasm-unsafe-eval'").is_empty());
        let lines = instead("script-src 'nonce-other' 'strict-dynamic' https: 'wasm-unsafe-eval'");
        assert!(lines[0].contains("'nonce-…'"), "{lines:?}");
    }

    #[test]
    fn pictures_and_the_plain_form_are_not_essential() {
        let policy = &Policy::of_header("img-src 'self'; form-action 'self'")[0];
        let found = blocks(policy, &widget());
        assert_eq!(
            found.iter().map(|block| (block.by, block.is_essential)).collect::<Vec<_>>(),
            [("form-action", false), ("img-src", false)]
        );
        assert_eq!(found[1].instead, "img-src 'self' https://img.example");
    }
}
