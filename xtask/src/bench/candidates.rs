//! Our pages as the harness wants them: a folder each, made of the release `dist/` and the harness's own host page.
//!
//! Nothing of the product changes for it: the harness is told our selectors in `bench.json`, and its server plays the
//! backend.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::offer;
use crate::dist::{self, served_files};
use crate::project::{self, target};

/// A way to put an offer on a page. `{{tag}}` and `{{element}}` are the two lines; `{{early}}`, `{{drawn}}` and `{{later}}`
/// are those of `docs/embedding.md` for an offer fetched, drawn and printed.
struct Candidate {
    name: &'static str,
    head: &'static str,
    body: &'static str,
    /// Printed behind the offer.
    behind: &'static str,
}

const CANDIDATES: [Candidate; 4] = [
    // The shop's server prints the offer.
    Candidate { name: "aftercart-inline", head: "", body: "<!--offer-->", behind: "{{later}}" },
    // Two lines: the loader asks for the offer.
    Candidate { name: "aftercart-tag", head: "", body: "{{tag}}{{element}}", behind: "" },
    // The page asks for it where it will stand, shows it, and fetches the loader after that.
    Candidate { name: "aftercart-early", head: "", body: "{{early}}", behind: "" },
    // A backend that answers JSON, in the harness's words: the page asks for the offer and the widget at once.
    Candidate { name: "aftercart-json", head: "{{drawn}}", body: "{{tag}}{{element}}", behind: "" },
];

/// Makes our contract of an answer of the harness's server, which has a dialect of its own for prices and cards.
const WORDS: &str = include_str!("words.js");

const TAG: &str = "<script src=\"/assets/aftercart.js\"></script>";
const ELEMENT: &str = "<aftercart-offer endpoint=\"/api/upsell\" subject=\"{{customer}}\" checkout-url=\"/checkout\"></aftercart-offer>";

/// What a shop puts into the place of the manual's addresses.
const ADDRESSES: [(&str, &str); 4] = [
    ("\"/aftercart/", "\"/assets/"),
    ("<aftercart-offer endpoint=\"/api/upsell\"></aftercart-offer>", ELEMENT),
    ("new URLSearchParams(location.search).get(\"payment_id\")", "\"{{customer}}\""),
    ("/^pay_", "/^cus_"),
];

/// Writes `target/bench/NAME` for each; answers names and folders.
pub(super) fn write(harness: &Path) -> Result<Vec<(String, PathBuf)>> {
    dist::dist()?;
    let host = fs::read_to_string(harness.join("host.html")).context("the harness's host page")?;
    ensure!(
        host.contains("{{head}}") && host.contains("{{mount}}"),
        "the harness's host page has no place for ours"
    );
    let (early, later) = (manual("setHTMLUnsafe")?, manual("setTimeout(() => import(")?);
    let drawn = in_their_words(&manual("AbortController")?)?;
    let filled = |html: &str| {
        let html = html.replace("{{tag}}", TAG).replace("{{element}}", ELEMENT);
        html.replace("{{early}}", &early).replace("{{drawn}}", &drawn).replace("{{later}}", &later)
    };
    let mut written = Vec::new();
    for candidate in &CANDIDATES {
        let folder = target().join("bench").join(candidate.name);
        let _ = fs::remove_dir_all(&folder);
        copy_assets(&folder.join("assets"))?;
        let page =
            host.replace("{{head}}", &filled(candidate.head)).replace("{{mount}}", &filled(candidate.body));
        fs::write(folder.join("index.html"), page)?;
        fs::write(folder.join("bench.json"), selectors().to_string())?;
        if candidate.name != "aftercart-json" {
            for (file, language) in [("offer.html", "en"), ("offer.fr.html", "fr")] {
                fs::write(folder.join(file), offer::fragment(language)? + &filled(candidate.behind))?;
            }
        }
        written.push((candidate.name.to_owned(), folder));
    }
    Ok(written)
}

/// The one piece of the manual with these words in it, for the harness's shop.
fn manual(words: &str) -> Result<String> {
    let text = fs::read_to_string(project::root().join("docs/embedding.md"))?;
    let blocks = text.split("```html\n").skip(1).filter_map(|block| block.split("```").next());
    let mut found = blocks.filter(|block| block.contains(words));
    let lines = found.next().with_context(|| format!("the manual has lost its lines with {words}"))?;
    ensure!(found.next().is_none(), "two pieces of the manual have {words}");
    Ok(ADDRESSES.iter().fold(lines.to_owned(), |lines, (theirs, ours)| lines.replace(theirs, ours)))
}

/// The lines that ask for an offer as JSON, with the widget's names, and every answer translated.
fn in_their_words(lines: &str) -> Result<String> {
    const ASKED: &str = "${document.documentElement.lang}`)";
    ensure!(lines.contains(ASKED), "the manual's lines ask in another way");
    let lines = lines.replace(ASKED, &format!("{ASKED}.then({})", WORDS.trim()));
    Ok(lines
        .replace("/assets/widget-….js", &served(".js")?)
        .replace("/assets/widget-….wasm", &served(".wasm")?))
}

/// What the harness clicks and waits for; the second success is the page that a form without scripts leads to.
fn selectors() -> serde_json::Value {
    serde_json::json!({ "selectors": {
        "accept": "[part~=accept]",
        "decline": "[part~=decline]",
        "success": "aftercart-offer[data-state=succeeded], [data-state=success]",
    } })
}

/// The address of the widget's file with this ending.
fn served(ending: &str) -> Result<String> {
    let names = served_files()?.into_iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    let mut widgets = names.filter(|name| name.starts_with("widget") && name.ends_with(ending));
    Ok(format!("/assets/{}", widgets.next().with_context(|| format!("dist/ has no widget*{ending}"))?))
}

fn copy_assets(to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(project::dist())? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}
