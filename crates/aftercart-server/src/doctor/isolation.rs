//! Pages under `Cross-Origin-Embedder-Policy: require-corp`: the browser refuses every file of another origin that
//! does not say `Cross-Origin-Resource-Policy: cross-origin`.
//!
//! Scripts that are imported, and what is fetched, come with CORS and need no such word; a script tag and a picture do.

use super::patient::Patient;
use super::probe::{Answer, ask};
use super::report::Check;
use reqwest::{Method, Url};
use std::collections::HashSet;

/// True when the page asks its files whom they are for.
pub(super) fn is_isolated(page: &Answer) -> bool {
    page.headers("cross-origin-embedder-policy").any(|value| value.contains("require-corp"))
}

/// True when any page may show the file.
pub(super) fn is_for_all(file: &Answer) -> bool {
    file.header("cross-origin-resource-policy") == Some("cross-origin")
}

/// One product picture of every other origin, on an isolated page.
pub(super) async fn pictures(patient: &Patient, page: &Url, images: &[Url]) -> Vec<Check> {
    let mut seen = HashSet::from([page.origin()]);
    let mut checks = Vec::new();
    for image in images.iter().filter(|image| seen.insert(image.origin())) {
        let answer = ask(patient.probe.request(Method::GET, image.as_str())).await;
        if !answer.is_ok_and(|answer| is_for_all(&answer)) {
            let origin = image.origin().ascii_serialization();
            checks.push(Check::warn(
                "page.pictures",
                format!("pictures of {origin} lack `Cross-Origin-Resource-Policy: cross-origin`"),
                "the page's `Cross-Origin-Embedder-Policy` hides them: make it `credentialless`",
            ));
        }
    }
    checks
}
