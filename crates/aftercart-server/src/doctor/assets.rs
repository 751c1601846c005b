//! The widget's files, as a browser on the shop's page gets them.

use super::isolation::is_for_all;
use super::page::Found;
use super::patient::Patient;
use super::probe::{Answer, ask};
use super::report::Check;
use reqwest::Method;

const LOADER: &str = "assets.loader";
const WIDGET: &str = "assets.widget";
const WASM: &str = "assets.wasm";
const RESOURCE_POLICY: &str = "Cross-Origin-Resource-Policy: cross-origin";
const PASS_ON: &str = "pass the headers of this server on, or send the same ones";

/// The loader that the page names, else ours; and the two files that it loads.
pub(super) async fn examine(patient: &Patient, page: &Found, is_up: bool) -> Vec<Check> {
    let ours = patient.public("/aftercart/aftercart.js");
    let url = page.loader.clone().map_or(ours, String::from);
    if !is_up && url.starts_with(&patient.public("/")) {
        return vec![Check::skip(LOADER, "not asked for: the public address does not answer")];
    }
    // As it is: no decoder here reads Brotli.
    let plain = match get(patient, &url, "identity").await {
        Ok(answer) => answer,
        Err(error) => return vec![Check::fail(LOADER, format!("{url}: {error}"), "serve dist/ there")],
    };
    let text = plain.text();
    let check = judge(LOADER, &url, &plain, "javascript", false);
    let is_refused = page.is_isolated && plain.status == 200 && !is_for_all(&plain);
    let mut checks = vec![if is_refused {
        let seen = format!(
            "{url} lacks `{RESOURCE_POLICY}`, which the page's Cross-Origin-Embedder-Policy asks for"
        );
        Check::fail(LOADER, seen, PASS_ON)
    } else {
        check
    }];
    if plain.status != 200 {
        return checks;
    }
    let (widget, wasm) = (named(&text, ".js"), named(&text, ".wasm"));
    let (Some(widget), Some(wasm)) = (widget, wasm) else {
        let seen = format!("{url} names no widget");
        return vec![Check::fail(
            LOADER,
            seen,
            "serve what `cargo xtask dist` builds, not loader/aftercart.js",
        )];
    };
    for (name, file, kind) in [(WIDGET, widget, "javascript"), (WASM, wasm, "application/wasm")] {
        let Ok(address) = plain.url.join(file) else { continue };
        checks.push(match get(patient, address.as_str(), "br, gzip").await {
            Ok(answer) => judge(name, address.as_str(), &answer, kind, true),
            Err(error) => Check::fail(name, format!("{address}: {error}"), "serve all of dist/"),
        });
    }
    checks
}

async fn get(patient: &Patient, url: &str, encodings: &str) -> Result<Answer, String> {
    let request = patient.probe.request(Method::GET, url);
    ask(request.header("accept-encoding", encodings).header("origin", "https://aftercart-doctor.invalid"))
        .await
}

/// The hashed name with this end that the loader holds in quotes.
fn named<'a>(loader: &'a str, end: &str) -> Option<&'a str> {
    loader.split('"').find(|word| word.starts_with("widget-") && word.ends_with(end))
}

fn judge(name: &'static str, url: &str, answer: &Answer, kind: &str, is_hashed: bool) -> Check {
    if answer.status != 200 {
        let advice = "set `assets` to what `cargo xtask dist` built, and pass /aftercart on to this server";
        return Check::fail(name, format!("{url} answers {}", answer.status), advice);
    }
    let header = |name| answer.header(name).unwrap_or_default();
    if !header("content-type").contains(kind) {
        let seen = format!("{url} comes as `{}`, not {kind}: browsers refuse it", header("content-type"));
        return Check::fail(name, seen, PASS_ON);
    }
    if header("access-control-allow-origin") != "*" {
        return Check::fail(name, format!("{url} lacks `Access-Control-Allow-Origin: *`"), PASS_ON);
    }
    if !is_for_all(answer) {
        return Check::warn(
            name,
            format!("{url} lacks `{RESOURCE_POLICY}`: isolated pages refuse it"),
            PASS_ON,
        );
    }
    if is_hashed && !matches!(header("content-encoding"), "br" | "gzip") {
        return Check::warn(
            name,
            format!("{url} comes uncompressed"),
            "serve the .br and .gz files beside it",
        );
    }
    if is_hashed && !header("cache-control").contains("immutable") {
        let seen = format!("{url} comes with `Cache-Control: {}`", header("cache-control"));
        return Check::warn(name, seen, "let browsers keep files with a hash in their name for a year");
    }
    if !is_hashed && header("cache-control").contains("immutable") {
        let seen = format!("{url} may be kept for ever");
        return Check::warn(
            name,
            seen,
            "its name never changes, so browsers must ask again: `Cache-Control: no-cache`",
        );
    }
    Check::ok(name, url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_loader_names_what_it_loads() {
        let loader =
            "const SCRIPT = \"widget-0123456789abcdef.js\";\nconst WASM = \"widget-fedcba9876543210.wasm\";";
        assert_eq!(named(loader, ".js"), Some("widget-0123456789abcdef.js"));
        assert_eq!(named(loader, ".wasm"), Some("widget-fedcba9876543210.wasm"));
        assert_eq!(named("const SCRIPT = \"__AFTERCART_WIDGET__\";", ".js"), None);
    }
}
