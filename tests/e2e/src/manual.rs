//! The lines of `docs/embedding.md`, as a shop takes them.

use anyhow::{Context, Result};

use crate::success_page::EXAMPLE_BACKEND;

/// The one HTML of `docs/embedding.md` with these words in it.
pub(crate) fn manual_lines(words: &str) -> Result<String> {
    let manual = std::fs::read_to_string(crate::repository().join("docs/embedding.md"))?;
    let blocks = manual.split("```html\n").skip(1).filter_map(|block| block.split("```").next());
    let mut found = blocks.filter(|block| block.contains(words));
    let lines = found.next().with_context(|| format!("the manual lost its lines with {words}"))?;
    anyhow::ensure!(found.next().is_none(), "two pieces of the manual have {words}");
    Ok(lines.to_owned())
}

/// The manual's lines for a backend and files of another origin than the page's.
pub(crate) fn with_backend(lines: &str) -> String {
    ["/api/", "/aftercart/"].iter().fold(lines.to_owned(), |lines, path| {
        ["\"", "`"].iter().fold(lines, |lines, quote| {
            lines.replace(&format!("{quote}{path}"), &format!("{quote}{EXAMPLE_BACKEND}{path}"))
        })
    })
}

/// The names of the widget's script and WebAssembly in `dist/`.
pub(crate) fn widget_names() -> Result<(String, String)> {
    let names = std::fs::read_dir(crate::repository().join("dist"))?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>>>()?;
    let name = |kind: &str| {
        let name = names.iter().find(|name| name.starts_with("widget-") && name.ends_with(kind));
        name.cloned().context("dist/ has no widget")
    };
    Ok((name(".js")?, name(".wasm")?))
}

/// The hashes that the manual gives for the lines of an offer that is seen sooner, as sources of a policy: of their
/// script, then of their style.
pub fn hashes_of_the_lines() -> Result<[String; 2]> {
    let manual = std::fs::read_to_string(crate::repository().join("docs/embedding.md"))?;
    let mut hashes =
        manual.split('\'').filter(|part| part.starts_with("sha256-")).map(|hash| format!("'{hash}'"));
    let mut next = || hashes.next().context("the manual lost a hash");
    Ok([next()?, next()?])
}

#[cfg(test)]
mod tests {
    use std::fs;

    #[test]
    fn the_shops_of_the_manual_are_those_of_the_examples() {
        let manual = fs::read_to_string(crate::repository().join("docs/embedding.md")).unwrap();
        let mut shown = 0;
        for block in manual.split("```").skip(1).step_by(2) {
            let Some((head, code)) = block.split_once('\n').and_then(|(_, lines)| lines.split_once('\n'))
            else {
                continue;
            };
            let Some(file) = head.split([' ', ';']).find(|word| word.starts_with("examples/")) else {
                continue;
            };
            let example = fs::read_to_string(crate::repository().join(file)).unwrap();
            assert!(example.contains(code.trim_end()), "{file} has not the lines that the manual shows");
            shown += 1;
        }
        assert_eq!(shown, 4, "Express, Flask, axum, React");
    }
}
