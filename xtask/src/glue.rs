//! What wasm-bindgen writes into the widget's script and nobody needs there: long names, and classes of others.
//!
//! wasm-bindgen ends each name with a hash, which no compression makes smaller, and each stands in both files. wasm-opt
//! gives short ones and prints which; here the script gets the same. Classes go whose code `linker` has left out.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What wasm-opt prints: module, old and new name of each import, old and new name of each export.
#[derive(Deserialize)]
struct Renamed {
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

/// The module that the script hands its functions over as, and the name that wasm-opt gives it.
const MODULE: &str = "\"./widget_bg.js\":";
const SHORT_MODULE: &str = "\"a\":";

/// Where the script exports a start for those who have compiled the WebAssembly themselves: nobody here.
const SYNC: &str = "export { initSync, ";

/// How the names of classes begin whose code is not linked.
const UNUSED: &str = "IntoUnderlying";

/// Puts wasm-opt's names in place of wasm-bindgen's, and leaves out what nobody uses.
pub(crate) fn shortened(script: &str, printed: &str) -> Result<String> {
    let renamed: Renamed = serde_json::from_str(printed).context("what wasm-opt renamed")?;
    for known in [MODULE, SYNC] {
        ensure!(script.contains(known), "wasm-bindgen's script is not as before: it has no {known}");
    }
    let imports: HashMap<_, _> = renamed.imports.iter().map(|(_, old, new)| (old.as_str(), new)).collect();
    let exports: HashMap<_, _> = renamed.exports.iter().map(|(old, new)| (old.as_str(), new)).collect();
    let mut put = 0;
    let lines = without_unused(script).map(|line| {
        match import_of(line).and_then(|name| Some((name, imports.get(name)?))) {
            Some((name, short)) => {
                put += 1;
                line.replacen(name, &format!("\"{short}\""), 1)
            }
            None => with_exports(line, &exports),
        }
    });
    let script =
        lines.collect::<Vec<_>>().join("\n").replace(MODULE, SHORT_MODULE).replace(SYNC, "export { ");
    ensure!(put == imports.len(), "the script has {put} of {} functions", imports.len());
    Ok(script)
}

/// The lines of the script but those of unused classes.
fn without_unused(script: &str) -> impl Iterator<Item = &str> {
    // Behind the last line of the class, or of the statement about it.
    let mut end: Option<fn(&str) -> bool> = None;
    script.lines().filter(move |line| {
        let begins = |with| line.strip_prefix(with).is_some_and(|rest: &str| rest.starts_with(UNUSED));
        if begins("export class ") {
            end = Some(|line| line == "}");
        } else if begins("const ") || begins("if (Symbol.dispose) ") {
            end = Some(|line| line.ends_with(';'));
        }
        let is_unused = end.is_some();
        end = end.filter(|is_end| !is_end(line));
        !is_unused
    })
}

/// The function that a line of the script hands over: `        __wbg_now_1a2b: function() {`.
fn import_of(line: &str) -> Option<&str> {
    let (name, _) = line.trim_start().split_once(':')?;
    name.starts_with("__wb").then_some(name)
}

/// The line with short names behind each `wasm.`.
fn with_exports(line: &str, exports: &HashMap<&str, &String>) -> String {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut parts = line.split("wasm.");
    let mut renamed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let name = part.split(|letter| !is_name(letter)).next().unwrap_or_default();
        let rest = part.strip_prefix(name).unwrap_or(part);
        let short = exports.get(name).map_or(name, |short| short.as_str());
        renamed.extend(["wasm.", short, rest]);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
        "imports": [["./widget_bg.js", "__wbg_now_12ab", "$"]],
        "exports": [["memory", "b"], ["widget_new", "c"]]
    }"#;

    #[test]
    fn both_sides_get_the_names_that_wasm_opt_printed() {
        let script = "const ret = wasm.widget_new(wasm.memory.buffer);\n\
                      import0 = {\n        __wbg_now_12ab: function() {\n            return Date.now();\n\
                      },\n\"./widget_bg.js\": import0,\nexport { initSync, __wbg_init as default };";
        let expected = "const ret = wasm.c(wasm.b.buffer);\n\
                        import0 = {\n        \"$\": function() {\n            return Date.now();\n\
                        },\n\"a\": import0,\nexport { __wbg_init as default };";
        assert_eq!(shortened(script, PRINTED).unwrap(), expected);
    }

    #[test]
    fn unused_classes_go_and_others_stay() {
        let class = |name| {
            format!(
                "export class {name} {{\n    free() {{\n        f();\n    }}\n}}\nif (Symbol.dispose) {name}.d();\n\
                 const {name}Finalization = (x)\n    ? y\n    : z;"
            )
        };
        let script = ["A", "IntoUnderlyingSink", "B"].map(class).join("\n");
        assert_eq!(without_unused(&script).collect::<Vec<_>>().join("\n"), ["A", "B"].map(class).join("\n"));
    }

    #[test]
    fn a_script_without_a_function_that_is_wanted_is_refused() {
        let refused = shortened("\"./widget_bg.js\": import0,\nexport { initSync, a };", PRINTED)
            .unwrap_err()
            .to_string();
        assert_eq!(refused, "the script has 0 of 1 functions");
    }
}
