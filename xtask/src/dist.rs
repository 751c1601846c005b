//! The files a merchant serves: `dist/aftercart.js` (one stable name), the same as a module with its types, the widget
//! that it loads (names with a hash), and `aftercart-<tag>.json`: words of another language, for backends that send none
//! with an offer.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::project::{self, root, say, target};
use crate::wasm::{self, Built, minified};

/// Where the loader wants the names of the files that it loads.
const WIDGET: &str = "__AFTERCART_WIDGET__";
const WASM: &str = "__AFTERCART_WASM__";

/// How the loader learns where it is. A module is told otherwise.
const HERE: &str = "document.currentScript?.src || document.baseURI";

/// Lets a browser compile all of the script on another thread, not one function after the other while the offer is drawn.
const COMPILED_AHEAD: &[u8] = b"//# allFunctionsCalledOnLoad\n";

/// The files by their names.
type Files = BTreeMap<String, Vec<u8>>;

/// Builds the release widget and the loader into `dist/`.
pub(crate) fn dist() -> Result<()> {
    let files = named_files(wasm::build(&work())?)?;
    write(&files)?;
    say(&format!("dist/ holds {}", files.keys().cloned().collect::<Vec<_>>().join(", ")));
    Ok(())
}

/// Where the widget is built.
pub(crate) fn work() -> PathBuf {
    target().join("dist")
}

/// Every file under its final name. Content decides the hash, and so one name never has two contents.
fn named_files(built: Built) -> Result<Files> {
    let Built { wasm, script } = built;
    let wasm_name = format!("widget-{}.wasm", short_hash(&wasm));
    let script = [COMPILED_AHEAD, &minified(&script.replace("widget_bg.wasm", &wasm_name))?].concat();
    let script_name = format!("widget-{}.js", short_hash(&script));
    let loader = fs::read_to_string(root().join("loader/aftercart.js")).context("loader/aftercart.js")?;
    ensure!(
        [WIDGET, WASM, HERE].iter().all(|place| loader.contains(place)),
        "the loader has no place for the widget's names, or for its own address"
    );
    let loader = loader.replace(WIDGET, &script_name).replace(WASM, &wasm_name);
    let mut files = BTreeMap::from([
        ("aftercart.js".to_owned(), minified(&loader)?),
        ("aftercart.mjs".to_owned(), minified(&loader.replace(HERE, "import.meta.url"))?),
        ("aftercart.d.ts".to_owned(), fs::read(root().join("loader/aftercart.d.ts"))?),
        (script_name, script),
        (wasm_name, wasm),
    ]);
    for tag in aftercart_words::TAGS.iter().filter(|tag| **tag != "en") {
        files.insert(format!("aftercart-{tag}.json"), words(tag)?);
    }
    Ok(files)
}

/// One language's words without needless white space.
fn words(tag: &str) -> Result<Vec<u8>> {
    let path = root().join(format!("locales/{tag}.json"));
    let texts: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(path)?)?;
    Ok(serde_json::to_vec(&texts)?)
}

/// Writes the files, their compressed siblings and the manifest, and removes what an earlier run left.
fn write(files: &Files) -> Result<()> {
    let folder = project::dist();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut manifest = serde_json::Map::new();
    for (name, bytes) in files {
        let gzip = gzip(bytes)?;
        let brotli = brotli(bytes)?;
        fs::write(folder.join(name), bytes)?;
        fs::write(folder.join(format!("{name}.gz")), &gzip)?;
        fs::write(folder.join(format!("{name}.br")), &brotli)?;
        let entry = serde_json::json!({
            "bytes": bytes.len(),
            "gzip_bytes": gzip.len(),
            "brotli_bytes": brotli.len(),
            "integrity": integrity(bytes),
        });
        manifest.insert(name.clone(), entry);
    }
    let loader = files.get("aftercart.js").context("the loader is missing")?;
    let manifest = serde_json::json!({ "files": manifest, "snippet": snippet(loader) });
    let text = serde_json::to_string_pretty(&manifest)?;
    fs::write(folder.join("manifest.json"), text + "\n")?;
    Ok(())
}

/// What to paste, for a page that pins this version of the loader.
fn snippet(loader: &[u8]) -> String {
    format!(
        "<script src=\"https://shop.example/aftercart/aftercart.js\" integrity=\"{}\" crossorigin></script>\n\
         <aftercart-offer endpoint=\"https://shop.example/api/upsell\"></aftercart-offer>",
        integrity(loader)
    )
}

/// Every file of `dist/` that a browser may load.
pub(crate) fn served_files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project::dist()).context("dist/ is missing: run `cargo xtask dist`")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js" || extension == "wasm") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Gzip at its best level.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Brotli at its best level, as a static file server would send it.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    brotli::CompressorWriter::new(&mut compressed, 4096, 11, 22).write_all(bytes)?;
    Ok(compressed)
}

/// The value of an `integrity` attribute for these bytes.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(Sha384::digest(bytes)))
}

fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let start = digest.iter().take(5).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{start:010x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrity_is_what_browsers_compute() {
        // printf '' | openssl dgst -sha384 -binary | base64
        assert_eq!(integrity(b""), "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb");
    }
}
