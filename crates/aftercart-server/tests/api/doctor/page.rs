//! What is seen of the page that shows offers.

use super::installation::Installation;
use super::proxy::{proxy, same};
use axum::http::HeaderName;

#[tokio::test]
async fn a_page_whose_origin_may_not_accept_is_told_what_to_add() {
    let installation = Installation::start_allowing(|_| "http://127.0.0.1:9".to_owned()).await;
    let line = format!("add \"{}\" to allowed_origins", installation.page.origin);
    installation.examine().await.only("fail", "page.origin", &[&line]);
}

#[tokio::test]
async fn a_policy_that_forbids_the_widget_is_answered_with_the_directive_to_write() {
    let installation = Installation::start().await;
    let server = installation.app.server.url();
    let images = installation.app.sandbox.url();
    let rest = "frame-ancestors 'self'; style-src 'none'; require-trusted-types-for 'script'";

    installation.page.show_policy(&format!("script-src {server}; {rest}"));
    let line = format!("write `script-src {server} 'wasm-unsafe-eval'`");
    installation.examine().await.only("fail", "page.csp", &["forbids WebAssembly", &line]);

    installation.page.show_policy(&format!(
        "default-src 'self'; script-src {server} 'wasm-unsafe-eval'; img-src *; {rest}"
    ));
    let line = format!("write `connect-src 'self' {server}`");
    installation.examine().await.only("fail", "page.csp", &["calls to the backend", &line]);

    let enough =
        "default-src 'none'; script-src S 'wasm-unsafe-eval'; connect-src S; form-action S; img-src I";
    let enough = enough.replace('S', &server).replace('I', &images);
    installation.page.show_policy(&format!("{enough}; {rest}"));
    let found = installation.examine().await;
    assert_eq!(found.names("ok").len(), found.checks.len(), "{}", found.text);

    installation.page.show_policy("sandbox allow-scripts; frame-ancestors 'self'");
    installation.examine().await.only("fail", "page.csp", &["sandbox", "allow-same-origin"]);
}

#[tokio::test]
async fn an_isolated_page_needs_files_that_say_whom_they_are_for() {
    let installation = Installation::start().await;
    installation.page.change(|shown| "require-corp".clone_into(&mut shown.embedder_policy));
    installation.examine().await.only(
        "warn",
        "page.pictures",
        &[&installation.app.sandbox.url(), "credentialless"],
    );

    let server = installation.app.server.url();
    let forgets = proxy(server, same, |headers| {
        headers.remove(HeaderName::from_static("cross-origin-resource-policy"));
    });
    let found = installation.behind(&forgets.await).await;
    assert_eq!(found.names("fail"), ["assets.loader"], "{}", found.text);
}

#[tokio::test]
async fn a_page_without_the_widget_or_open_to_every_frame_is_a_warning() {
    let installation = Installation::start().await;
    installation.page.change(|shown| {
        shown.policy.clear();
        "<!doctype html><p>Thank you</p>".clone_into(&mut shown.html);
    });
    let found = installation.examine().await;
    assert_eq!(found.names("warn"), ["page.loader", "page.element", "page.frames"], "{}", found.text);
    assert_eq!(found.code, Some(0), "{}", found.text);
}

#[tokio::test]
async fn another_page_can_be_named() {
    let installation = Installation::start().await;
    let found = installation.examine_with(|command| {
        command.args(["--page", "http://127.0.0.1:1/thanks"]);
    });
    found.await.only("fail", "page", &["http://127.0.0.1:1/thanks", "--page"]);
}
