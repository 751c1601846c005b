//! `docs/performance.md`: what was measured, where and how, and how it stands to the peers.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use super::figures::Pages;
use super::servers::{Row, THINK_MS};
use super::{Care, Wish};
use crate::project::{command, output, root, target};

/// The pages that every page is held against.
const PEERS: [&str; 6] = ["limit-enhanced", "limit-fragment", "vanilla", "vanilla-early", "preact", "react"];

/// Columns: title, figure of one load, decimals.
const COLUMNS: [(&str, &str, usize); 7] = [
    ("visible, cold", "cold/visible", 0),
    ("visible, warm", "warm/visible", 0),
    ("a click works", "click/worksAt", 0),
    ("clicks until then", "click/clicks", 0),
    ("click to charging, painted", "click/toPaint", 0),
    ("main thread blocked", "cold/blocking", 0),
    ("layout shift", "cold/cls", 3),
];

const INTRODUCTION: &str = "\
# Performance

Written by `cargo xtask bench --harness DIR`, which measures Aftercart beside other programs in one run and on one
machine: compare ratios, not times. The harness is a folder of its own with the same offer written in vanilla
TypeScript, Preact, React, Svelte, Solid and Lit, with pages that no script can beat (`limit-…`), with a backend in
Express and in Flask, and with a Chromium that is slowed down. Nothing of it is in this repository.
";

/// The whole document. A section that was not measured now is the one `before`, which says of which day it is.
pub(super) fn text(pages: Option<&Pages>, servers: &[Row], wish: &Wish, before: &str) -> Result<String> {
    let mut text = String::from(INTRODUCTION);
    match pages {
        Some(pages) => {
            text.push_str(&beginning("Pages", pages.machine(), wish)?);
            pages_text(&mut text, pages);
        }
        None => text.push_str(&section(before, "Pages")),
    }
    if servers.is_empty() {
        text.push_str(&section(before, "Servers"));
    } else {
        text.push_str(&beginning("Servers", &machine()?, wish)?);
        servers_text(&mut text, servers, wish);
    }
    Ok(text)
}

/// The report that stands in `docs/`. A quick look knows nothing of it, and stays out of it.
pub(super) fn before(wish: &Wish) -> String {
    let kept = || fs::read_to_string(root().join("docs/performance.md"));
    if wish.care == Care::Whole { kept().unwrap_or_default() } else { String::new() }
}

/// Writes it where it belongs.
pub(super) fn write(text: &str, wish: &Wish) -> Result<PathBuf> {
    let is_whole = wish.care == Care::Whole;
    let file =
        if is_whole { root().join("docs/performance.md") } else { target().join("bench/performance.md") };
    fs::write(&file, text)?;
    Ok(file)
}

/// A section with its heading; nothing where it is not.
fn section(document: &str, title: &str) -> String {
    let mut sections = document.split("\n## ").skip(1);
    let found = sections.find(|section| section.lines().next() == Some(title));
    found.map_or_else(String::new, |section| format!("\n## {}\n", section.trim_end()))
}

/// Heading, day, version and machine.
fn beginning(title: &str, machine: &str, wish: &Wish) -> Result<String> {
    let (day, version) = (
        output(&mut command("date", &["-u", "+%Y-%m-%d"]))?,
        output(&mut command("git", &["describe", "--always"]))?,
    );
    let quick = match wish.care {
        Care::Quick => "\n**A quick look: few rounds. Not figures to quote.**\n",
        Care::Whole | Care::Check => "",
    };
    Ok(format!("\n## {title}\n\nMeasured on {day}, version {version}, on {machine}.\n{quick}"))
}

fn machine() -> Result<String> {
    Ok(format!("{} cores", output(&mut command("nproc", &[]))?))
}

fn pages_text(text: &mut String, pages: &Pages) {
    let (rounds, think) = pages.rounds_and_think();
    let _ = write!(
        text,
        "\n{rounds} rounds, medians, milliseconds since the navigation began; the backend thinks {think} ms. `early`: the page\n\
         asks for the offer itself. Profiles: `desktop` is not slowed down, `fast4g` has 165 ms a request and 8.1 Mbit/s,\n\
         `slow4g` 562.5 ms, 1.44 Mbit/s and a four times slower processor.\n"
    );
    for failure in pages.failures_of_ours() {
        let _ = write!(text, "\n**Not measured**, for a functional check failed: {failure}\n");
    }
    for profile in pages.profiles() {
        let titles: Vec<&str> = COLUMNS.iter().map(|(title, ..)| *title).collect();
        let _ = write!(text, "\n### {profile}\n\n");
        let figures = |page: &str| {
            COLUMNS.map(|(_, figure, digits)| cell(pages.median(profile, page, figure), digits)).to_vec()
        };
        table(text, "page", &titles, &pages.names(), figures);
        let against = PEERS.map(|peer| format!("÷ {peer}"));
        let titles: Vec<&str> = against.iter().map(String::as_str).collect();
        for (figure, when) in [("cold/visible", "first"), ("warm/visible", "second")] {
            let _ = write!(text, "\nTime to a visible offer at the {when} visit, as a ratio:\n\n");
            let ratios =
                |page: &str| PEERS.map(|peer| cell(pages.ratio(profile, figure, page, peer), 2)).to_vec();
            table(text, "page", &titles, pages.ours(), ratios);
        }
    }
    weights(text, pages);
}

/// Bytes do not depend on the profile: those of the first are given.
fn weights(text: &mut String, pages: &Pages) {
    let Some(profile) = pages.profiles().first().copied() else { return };
    let _ = write!(
        text,
        "\n### What is downloaded\n\nkB of 1000 bytes on the wire, headers included; the first visit.\n\n"
    );
    let titles =
        ["until visible", "in all", "script", "wasm", "requests", "no offer: in all", "no offer: wasm"];
    table(text, "page", &titles, &pages.names(), |page| {
        let kilobytes =
            |figure: &str| cell(pages.median(profile, page, figure).map(|bytes| bytes / 1000.0), 1);
        let without = |figure: &str| cell(pages.ineligible(page, figure).map(|bytes| bytes / 1000.0), 1);
        vec![
            kilobytes("cold/untilVisible/total"),
            kilobytes("cold/untilIdle/total"),
            kilobytes("cold/untilIdle/script"),
            kilobytes("cold/untilIdle/wasm"),
            cell(pages.median(profile, page, "cold/untilIdle/requests"), 0),
            without("untilIdle/total"),
            without("untilIdle/wasm"),
        ]
    });
}

fn servers_text(text: &mut String, servers: &[Row], wish: &Wish) {
    let _ = write!(
        text,
        "\n`wrk` with two threads and {} connections on loopback; server, Dodo and `wrk` share the cores. Dodo thinks {THINK_MS} ms for\n\
         every call: the harness's fake one for the peers, and for Aftercart the local Dodo, because the fake one knows no\n\
         webhooks, previews or payments. The peers keep customers in memory and check nothing; Aftercart has every purchase\n\
         from a signed webhook, claims every accept durably in SQLite before Dodo is asked, and reads the payment\n\
         back unless its webhook was faster: five or six calls to Dodo an accept against two. The webhooks of each payment,\n\
         and making ready what is offered after it, are in its figures too.\n\n",
        wish.connections
    );
    let titles = [
        "requests/s",
        "÷ Express",
        "p50 ms",
        "p99 ms",
        "÷ Express",
        "per core second",
        "÷ Express",
        "failed",
        "MB idle",
        "MB loaded",
    ];
    text.push_str("| server | request |");
    text.push_str(&titles.map(|title| format!(" {title} |")).concat());
    text.push_str("\n| :-- | :-- |");
    text.push_str(&" --: |".repeat(titles.len()));
    for row in servers {
        let kind = row.request.trim_end_matches(" as HTML");
        let express = servers.iter().find(|other| other.server == "Express" && other.request == kind);
        let ratio = |figure: fn(&Row) -> f64| cell(express.map(|express| figure(row) / figure(express)), 2);
        let cells = [
            cell(Some(row.load.per_second), 0),
            ratio(|row| row.load.per_second),
            cell(Some(row.load.p50_ms), 1),
            cell(Some(row.load.p99_ms), 1),
            ratio(|row| row.load.p99_ms),
            cell(Some(row.per_core_second), 0),
            ratio(|row| row.per_core_second),
            row.load.failed.to_string(),
            cell(Some(row.idle_mb), 0),
            cell(Some(row.loaded_mb), 0),
        ];
        let _ = write!(text, "\n| {} | {} | {} |", row.server, row.request, cells.join(" | "));
    }
    text.push('\n');
}

fn table(
    text: &mut String,
    first: &str,
    titles: &[&str],
    pages: &[String],
    cells: impl Fn(&str) -> Vec<String>,
) {
    let _ = writeln!(text, "| {first} | {} |", titles.join(" | "));
    let _ = writeln!(text, "| :-- |{}", " --: |".repeat(titles.len()));
    for page in pages {
        let _ = writeln!(text, "| {page} | {} |", cells(page).join(" | "));
    }
}

fn cell(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_section_that_is_not_measured_stays_as_it_was() {
        let document =
            "# Performance\n\nIntroduction\n\n## Pages\n\nfast\n\n### desktop\n\n1\n\n## Servers\n\nfaster\n";
        assert_eq!(section(document, "Pages"), "\n## Pages\n\nfast\n\n### desktop\n\n1\n");
        assert_eq!(section(document, "Servers"), "\n## Servers\n\nfaster\n");
        assert_eq!(section(document, "Page"), "");
    }
}
