//! Turns `locales/en.json` into a table and `style/` into one small text at build time.
//!
//! Only English goes into the WebAssembly: other words come with the offer (ADR 0013). That every
//! language has every key is checked by `crates/aftercart-words/build.rs`.

#![allow(clippy::panic, clippy::expect_used, reason = "a build script speaks by failing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

type Texts = BTreeMap<String, String>;

fn main() {
    println!("cargo::rerun-if-changed=locales/en.json");
    let english = read(Path::new("locales/en.json"));
    println!("cargo::rerun-if-changed=style");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let styles =
        ["style/tokens.css", "style/widget.css"].map(|path| fs::read_to_string(path).expect("a stylesheet"));
    fs::write(Path::new(&out).join("widget.css"), shrink(&styles.concat())).expect("OUT_DIR can be written");
    fs::write(Path::new(&out).join("copy_table.rs"), table(&english)).expect("OUT_DIR can be written");
}

fn read(path: &Path) -> Texts {
    let text = fs::read_to_string(path).expect("a locale file is UTF-8");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn table(english: &Texts) -> String {
    let mut code = String::from(
        "/// One text of the widget, named as in `locales/en.json`.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n",
    );
    code.push_str(
        "#[allow(missing_docs, reason = \"the English text says what each is\")]\npub enum Key {\n",
    );
    for key in english.keys() {
        let _ = writeln!(code, "    {},", camel(key));
    }
    code.push_str("}\n");
    let lines: Vec<&str> = english.iter().flat_map(|(name, text)| [&**name, &**text]).collect();
    assert!(lines.iter().all(|line| !line.contains('\n')), "a text is one line");
    let _ = writeln!(code, "\nconst LINES: &str = {:?};", lines.join("\n"));
    code
}

fn camel(key: &str) -> String {
    key.split('_')
        .map(|word| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default())
        .collect()
}

/// Takes comments and needless white space out of a stylesheet. Our own has no strings with either.
fn shrink(css: &str) -> String {
    let without_comments: String =
        css.split("*/").map(|part| part.split_once("/*").map_or(part, |(code, _)| code)).collect();
    let mut small = without_comments.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["{", "}", ";", ":", ","] {
        for (wide, narrow) in [(format!(" {mark}"), mark), (format!("{mark} "), mark)] {
            // A space in front of a colon separates a selector from its pseudo-class.
            if wide != " :" {
                small = small.replace(&wide, narrow);
            }
        }
    }
    for before in [":", " ", ",", "("] {
        small = small.replace(&format!("{before}0."), &format!("{before}."));
    }
    small.replace(" > ", ">").replace(";}", "}")
}
