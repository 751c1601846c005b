//! The widget's files come with the right type, caching and encoding.

use crate::helpers::{TestApp, problem};
use std::fs;

async fn app() -> TestApp {
    let app = TestApp::start().await;
    let dist = app.directory.path().join("dist");
    fs::create_dir_all(dist.join("locales")).unwrap();
    for (name, content) in [
        ("aftercart.js", "plain"),
        ("aftercart.js.br", "brotli"),
        ("aftercart.js.gz", "gzip"),
        ("aftercart-0123456789abcdef.js", "hashed"),
        ("aftercart-0123456789abcdef_bg.wasm", "wasm"),
        ("aftercart-de.json", "{}"),
        ("locales/fr.json", "{}"),
        ("secret.pem", "key"),
    ] {
        fs::write(dist.join(name), content).unwrap();
    }
    fs::write(app.directory.path().join("outside.js"), "outside").unwrap();
    app
}

#[tokio::test]
async fn types_and_caching_follow_the_name() {
    let app = app().await;
    let immutable = "public, max-age=31536000, immutable";
    for (name, kind, caching) in [
        ("aftercart.js", "text/javascript; charset=utf-8", "no-cache"),
        ("aftercart-0123456789abcdef.js", "text/javascript; charset=utf-8", immutable),
        ("aftercart-0123456789abcdef_bg.wasm", "application/wasm", immutable),
        ("aftercart-de.json", "application/json", "no-cache"),
        ("locales/fr.json", "application/json", "no-cache"),
    ] {
        let file = app.get(&format!("/aftercart/{name}")).send().await.unwrap();
        assert_eq!(file.status(), 200, "{name}");
        let header = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("content-type").as_str(), header("cache-control").as_str()),
            (kind, caching),
            "{name}"
        );
        assert_eq!(header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(header("access-control-allow-origin"), "*");
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn the_best_encoding_that_the_browser_takes_is_sent() {
    let app = app().await;
    for (accepted, encoding, content) in [
        ("gzip, deflate, br, zstd", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, gzip;q=0", None, "plain"),
        ("identity", None, "plain"),
    ] {
        let file =
            app.get("/aftercart/aftercart.js").header("accept-encoding", accepted).send().await.unwrap();
        let sent = file.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(sent.as_deref(), encoding, "{accepted}");
        assert_eq!(file.headers()["vary"], "accept-encoding");
        assert_eq!(file.text().await.unwrap(), content, "{accepted}");
    }
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let app = app().await;
    let first = app.get("/aftercart/aftercart.js").send().await.unwrap();
    let etag = first.headers()["etag"].clone();
    let again = app.get("/aftercart/aftercart.js").header("if-none-match", etag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.text().await.unwrap()), (304, String::new()));
}

#[tokio::test]
async fn nothing_else_is_served() {
    let app = app().await;
    for name in [
        "missing.js",
        "secret.pem",
        "..%2foutside.js",
        "%2e%2e/outside.js",
        "locales",
        "locales/",
        ".hidden.js",
    ] {
        let file = app.get(&format!("/aftercart/{name}")).send().await.unwrap();
        assert_eq!(problem(file).await, (404, "not_found".into()), "{name}");
    }
}
