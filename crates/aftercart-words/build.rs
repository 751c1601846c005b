//! Checks `locales/` and turns it into tables.
//!
//! `en.json` names the keys and their placeholders, in `locales/` for the widget's words and in
//! `locales/server/` for the backend's own. A language that is missing, or has a missing or unknown
//! key, an empty text or other placeholders, stops the build and says which.

#![allow(clippy::panic, clippy::expect_used, reason = "a build script speaks by failing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[path = "src/placeholders.rs"]
#[allow(unreachable_pub, reason = "the library's own reading")]
mod placeholders;
#[path = "src/tags.rs"]
#[allow(unreachable_pub, reason = "the library's own list")]
mod tags;

use placeholders::placeholders;

type Texts = BTreeMap<String, String>;

fn main() {
    let locales = Path::new("../../locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    println!("cargo::rerun-if-changed=src/tags.rs");
    println!("cargo::rerun-if-changed=src/placeholders.rs");
    let mut code = String::new();
    for (name, folder) in [("WIDGET", locales.to_owned()), ("BACKEND", locales.join("server"))] {
        let languages: Vec<(&str, Texts)> = tags::TAGS.iter().map(|tag| (*tag, read(&folder, tag))).collect();
        let english = read(&folder, "en");
        for (tag, texts) in &languages {
            compare(&english, &folder.join(format!("{tag}.json")), texts);
        }
        refuse_others(&folder);
        let _ = writeln!(code, "pub(crate) static {name}: &[Table] = &[");
        for (tag, texts) in &languages {
            let _ = writeln!(code, "    ({tag:?}, &{:?}),", texts.iter().collect::<Vec<_>>());
        }
        code.push_str("];\n");
    }
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("tables.rs"), code).expect("OUT_DIR can be written");
}

fn read(folder: &Path, tag: &str) -> Texts {
    let path = folder.join(format!("{tag}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn compare(english: &Texts, path: &Path, texts: &Texts) {
    let path = path.display();
    for (key, text) in english {
        let Some(translated) = texts.get(key) else { panic!("{path} lacks \"{key}\"") };
        assert!(!translated.trim().is_empty(), "{path} \"{key}\" is empty");
        let (wanted, found) = (placeholders(text), placeholders(translated));
        assert!(wanted == found, "{path} \"{key}\": placeholders {found:?}, but en.json has {wanted:?}");
    }
    for key in texts.keys() {
        assert!(english.contains_key(key), "{path} has \"{key}\", which en.json does not know");
    }
}

/// A file of a language that is not in the list would never be read.
fn refuse_others(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the locales are part of the project") {
        let path = entry.expect("a directory that can be read").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        assert!(
            path.is_dir() || tags::TAGS.contains(&stem),
            "{} is of a language that src/tags.rs does not list",
            path.display()
        );
    }
}
