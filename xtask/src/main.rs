//! Every chore of the project, in Rust: `cargo xtask <verb>`.
//!
//! A fresh machine needs only rustup (and, on Debian as root, apt): each verb first installs what it is missing,
//! into a per-user cache that the next run finds again. The rooms: `tools` and `browser` find or install programs,
//! `postgres` runs a database for the tests, `dist` builds the files that a merchant serves out of `wasm`, `size` weighs them,
//! `preview` runs the whole system on this machine, `test` and `ci` are what a contributor and the build server run,
//! `tidy` keeps documents honest.

use std::process::ExitCode;

use anyhow::{Result, bail};

mod bench;
mod browser;
mod children;
mod ci;
mod crates;
mod dist;
mod fuzz;
mod gallery;
mod generator;
mod glue;
mod http;
mod leptos;
mod linker;
mod load;
mod ports;
mod postgres;
mod postgres_programs;
mod preview;
mod preview_config;
mod preview_process;
mod project;
mod screenshots;
mod shops;
mod simulate;
mod size;
mod soak;
mod test;
mod tidy;
mod tools;
mod twice;
mod wasm;
mod webhooks;

const HELP: &str = "\
cargo xtask <verb>

  setup         install every pinned tool that is missing (all other verbs do what they need of it)
  preview       start sandbox, backend and page; prints `preview: http://127.0.0.1:PORT/` when ready
                  --port N   prefer this port for the page (8080)
  test          run every test: native, browser, end to end, preview
                  --only STEP   run one step (see `cargo xtask test --help`)
  simulate      play seeded histories of purchases with faults at every hop, and count what must never happen
                  --histories N  --seed S  --break no-claim|resend|trust-200|resend-change|trust-change|old-price|no-window|empty-undo  --trace  --threads N
  soak          shop for minutes against the release server while Dodo misbehaves; then nobody may have paid twice,
                nothing may be lost, and nothing may have grown
                  --minutes 10  --connections 64  --rate 20  purchases a second
                  --faults 2    of 100 calls to Dodo     --postgres
  bench         measure our pages and server beside those of a harness; writes docs/performance.md
                  --harness DIR  --quick  --pages  --servers  --connections N   (see `cargo xtask bench --help`)
  load          what an offer, an accept and a webhook cost while the database grows from a thousand purchases to ten
                million (12 GB of disk, half an hour; --postgres goes to a million)
                  --sizes 1000,10000   --connections 64   --seconds 10   --fresh 4000   --think-ms 15   --postgres
  dist          build the release widget and loader into dist/
                  --twice       once more in another folder, and compare
  size          print raw, gzip and Brotli sizes of dist/ and the largest crates, and fail over a budget
  fuzz          damage documents and give them to every reader of foreign data
                  --minutes N   for each reader (1)   --only PARSER   whose name starts so
                  --jobs N      readers at once (1)   --seed N        the same inputs again
  webhooks      send signed webhooks to the release server at a steady rate; fails above p99 50 ms
                  --rate N      a second (200)        --seconds N     (30)
                  --database-url URL   another database than a new SQLite file
  gallery       show the widget in every situation, at every place, in every theme: pictures in target/gallery/
                  --serve   a living page to choose and press on   --docs   the pictures in docs/gallery/ anew
  screenshots   take the pictures in docs/screenshots/ anew
  postgres -- COMMAND…
                run a command with a throw-away PostgreSQL in AFTERCART_TEST_POSTGRES
  tidy          check that documents name real paths, rooms stay small, fixtures are used
  ci            tidy, fmt, test, clippy, doc, size, dist --twice: what the build server runs
";

fn main() -> ExitCode {
    if let Some(code) = linker::link() {
        return code;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", "--help"] => {
            test::print_steps();
            Ok(())
        }
        ["bench", "--help"] => {
            print!("{}", bench::HELP);
            Ok(())
        }
        [verb, "--help" | "-h"] => {
            print!("{}", help_with(verb));
            Ok(())
        }
        ["setup"] => tools::setup(),
        ["preview"] => preview::preview(None),
        ["preview", "--port", port] => preview::preview(Some(port.parse()?)),
        ["test"] => test::test(None),
        ["test", "--only", step] => test::test(Some(step)),
        ["simulate", arguments @ ..] => simulate::simulate(arguments),
        ["soak", arguments @ ..] => soak::soak(&soak::wish(arguments)?),
        ["bench", wishes @ ..] => bench::bench(&bench::wish(wishes)?),
        ["load", wishes @ ..] => load::load(&load::wish(wishes)?),
        ["dist"] => dist::dist(),
        ["dist", "--twice"] => twice::twice(),
        ["size"] => size::size(),
        ["fuzz", wishes @ ..] => fuzz::fuzz(&fuzz::wish(wishes)?),
        ["webhooks", wishes @ ..] => webhooks::webhooks(&webhooks::wish(wishes)?),
        ["gallery", wishes @ ..] => gallery::gallery(wishes),
        ["screenshots"] => screenshots::screenshots(),
        ["postgres", "--", command @ ..] if !command.is_empty() => postgres::with(command),
        ["tidy"] => tidy::tidy(),
        ["ci"] => ci::ci(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!("unknown: {}\n\n{HELP}", words.join(" ")),
    }
}

/// What the help says of one verb; all of it, if it does not know that one.
fn help_with(verb: &str) -> String {
    let mut lines = HELP
        .lines()
        .skip_while(|line| line.split_whitespace().next() != Some(verb) || line.starts_with("   "));
    let Some(first) = lines.next() else { return HELP.to_owned() };
    let rest = lines.take_while(|line| line.starts_with("   "));
    std::iter::once(first).chain(rest).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::{HELP, help_with};

    #[test]
    fn help_with_a_verb_is_its_lines_alone() {
        let load = help_with("load");
        assert!(load.starts_with("  load ") && load.contains("--sizes") && !load.contains("dist"), "{load}");
        assert_eq!(help_with("fly"), HELP);
    }
}
