//! Keeps documents honest and rooms small.
//!
//! 1. A path that a document names exists.
//! 2. A source file has at most 300 lines of code, or says `Long because …` among its first lines.
//! 3. A fixture is used by some test, by its name or through its folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::project::{command, output, root};

const LONGEST_ROOM: usize = 300;

/// Reports every breach, then fails if there was one.
pub(crate) fn tidy() -> Result<()> {
    let files = tracked_files()?;
    let mut breaches = Vec::new();
    breaches.extend(missing_paths(&files)?);
    breaches.extend(long_rooms(&files)?);
    breaches.extend(unused_fixtures(&files)?);
    if breaches.is_empty() {
        println!("tidy: {} files, nothing to complain about", files.len());
        return Ok(());
    }
    for breach in &breaches {
        println!("tidy: {breach}");
    }
    bail!("{} breaches", breaches.len());
}

/// Every file that git knows and that is still there, as paths from the root.
fn tracked_files() -> Result<Vec<PathBuf>> {
    let list = output(&mut command("git", &["ls-files"]))?;
    Ok(list.lines().map(PathBuf::from).filter(|file| root().join(file).is_file()).collect())
}

fn missing_paths(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| has_extension(file, &["md"])) {
        let text = fs::read_to_string(root().join(file))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        for name in named_paths(&text) {
            let is_known = homes(folder).iter().any(|home| root().join(home).join(name).exists());
            if !is_known {
                breaches.push(format!("{} names {name}, which does not exist", file.display()));
            }
        }
    }
    Ok(breaches)
}

/// Where a document's paths may begin: beside it, in the root, or in the crate that the sentence is about.
fn homes(folder: &Path) -> Vec<PathBuf> {
    let crates = ["aftercart-contract", "aftercart-server", "dodo-sandbox"];
    let crates = crates.iter().map(|name| Path::new("crates").join(name));
    [folder.to_path_buf(), PathBuf::new()].into_iter().chain(crates).collect()
}

/// The paths that a document names: targets of relative links, and code spans that look like a path of ours.
fn named_paths(text: &str) -> Vec<&str> {
    let links = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains(':') && !target.starts_with('#'))
        .filter_map(|target| target.split('#').next());
    let spans = without_fences(text)
        .into_iter()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|span| looks_like_our_path(span));
    links.chain(spans).collect()
}

/// The lines outside fenced code blocks.
fn without_fences(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            lines.push(line);
        }
    }
    lines
}

/// Whether a code span starts with one of our top folders (the built ones excepted) and has only path characters.
fn looks_like_our_path(span: &str) -> bool {
    const TOPS: [&str; 12] = [
        "src/",
        "crates/",
        "xtask/",
        "tests/",
        "docs/",
        "examples/",
        "fixtures/",
        "loader/",
        "locales/",
        "style/",
        "benches/",
        ".ci/",
    ];
    TOPS.iter().any(|top| span.starts_with(top))
        && span.chars().all(|character| character.is_ascii_alphanumeric() || "/._-".contains(character))
}

fn long_rooms(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| has_extension(file, &["rs", "js", "css"])) {
        let text = fs::read_to_string(root().join(file))?;
        let lines = code_lines(&text);
        let explained = text.lines().take(20).any(|line| line.contains("Long because"));
        if lines > LONGEST_ROOM && !explained {
            breaches.push(format!("{} has {lines} lines of code and does not say why", file.display()));
        }
    }
    Ok(breaches)
}

/// Lines that are neither blank nor a comment.
fn code_lines(text: &str) -> usize {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !["//", "/*", "*"].iter().any(|mark| line.starts_with(mark)))
        .count()
}

fn unused_fixtures(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut sources = String::new();
    for file in files.iter().filter(|file| has_extension(file, &["rs", "js", "mjs", "py", "toml"])) {
        sources.push_str(&fs::read_to_string(root().join(file))?);
    }
    let unused = files
        .iter()
        .filter(|file| file.starts_with("fixtures") && !has_extension(file, &["md"]))
        .filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let folder = file.parent().unwrap_or(Path::new("")).to_string_lossy();
            !sources.contains(name.as_ref()) && !sources.contains(folder.as_ref())
        })
        .map(|file| format!("{} is used by no test", file.display()))
        .collect();
    Ok(unused)
}

fn has_extension(file: &Path, extensions: &[&str]) -> bool {
    file.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_code_spans_name_paths_but_addresses_and_fences_do_not() {
        let text = "[a](docs/a.md#part) [b](https://x.example/src/b) `src/lib.rs` `x/y` `cargo test`\n```\n`src/no.rs`\n```\n";
        assert_eq!(named_paths(text), ["docs/a.md", "src/lib.rs"]);
    }

    #[test]
    fn comments_and_blank_lines_are_not_code() {
        assert_eq!(code_lines("//! words\n\nfn a() {\n    // why\n}\n"), 2);
    }
}
