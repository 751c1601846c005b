//! Turns `locales/*.json` into tables and `style/` into one small text at build time.
//!
//! `en.json` names the keys and their placeholders. Another language with a missing or unknown key, or
//! with other placeholders in a text, stops the build and says which.

#![allow(clippy::panic, clippy::expect_used, reason = "a build script speaks by failing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

type Texts = BTreeMap<String, String>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let mut languages: Vec<(String, Texts)> = fs::read_dir("locales")
        .expect("the locales directory is part of the package")
        .map(|entry| entry.expect("a directory that can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (stem(&path), read(&path)))
        .collect();
    languages.sort();
    let english =
        languages.iter().find(|(tag, _)| tag == "en").expect("locales/en.json is the reference").1.clone();
    for (tag, texts) in &languages {
        compare(&english, tag, texts);
    }
    println!("cargo::rerun-if-changed=style");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let styles =
        ["style/tokens.css", "style/widget.css"].map(|path| fs::read_to_string(path).expect("a stylesheet"));
    fs::write(Path::new(&out).join("widget.css"), shrink(&styles.concat())).expect("OUT_DIR can be written");
    fs::write(Path::new(&out).join("copy_table.rs"), table(&english, &languages))
        .expect("OUT_DIR can be written");
}

fn stem(path: &Path) -> String {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned()
}

fn read(path: &Path) -> Texts {
    let text = fs::read_to_string(path).expect("a locale file is UTF-8");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn compare(english: &Texts, tag: &str, texts: &Texts) {
    for (key, text) in english {
        let Some(translated) = texts.get(key) else { panic!("locales/{tag}.json lacks \"{key}\"") };
        let (wanted, found) = (placeholders(text), placeholders(translated));
        assert!(
            wanted == found,
            "locales/{tag}.json \"{key}\": placeholders {found:?}, but en.json has {wanted:?}"
        );
    }
    for key in texts.keys() {
        assert!(english.contains_key(key), "locales/{tag}.json has \"{key}\", which en.json does not know");
    }
}

fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name.to_owned())
        .collect();
    names.sort();
    names
}

fn table(english: &Texts, languages: &[(String, Texts)]) -> String {
    let mut code = String::from(
        "/// One text of the widget, named as in `locales/en.json`.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\n",
    );
    code.push_str(
        "#[allow(missing_docs, reason = \"the English text says what each is\")]\npub enum Key {\n",
    );
    for key in english.keys() {
        let _ = writeln!(code, "    {},", camel(key));
    }
    code.push_str("}\n\nimpl Key {\n    /// The name in the locale files and in an offer's `copy`.\n    pub fn name(self) -> &'static str {\n        NAMES.get(self as usize).copied().unwrap_or_default()\n    }\n}\n\n");
    let _ = writeln!(
        code,
        "const NAMES: [&str; {}] = {:?};\n",
        english.len(),
        english.keys().collect::<Vec<_>>()
    );
    let _ = writeln!(
        code,
        "/// Every language: its tag and its texts in the order of [`Key`].\npub(super) const LANGUAGES: &[(&str, &[&str])] = &["
    );
    for (tag, texts) in languages {
        let _ = writeln!(code, "    ({tag:?}, &{:?}),", texts.values().collect::<Vec<_>>());
    }
    code.push_str("];\n");
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
    small.replace(";}", "}")
}
