//! The report as a whole.

use super::installation::Installation;
use crate::helpers::token_key;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use std::process::Command;

#[tokio::test]
async fn a_good_installation_is_well_and_no_secret_is_shown() {
    let installation = Installation::start().await;
    let found = installation.examine().await;
    assert_eq!(found.code, Some(0), "{}", found.text);
    assert_eq!(found.names("ok").len(), found.checks.len(), "{}", found.text);
    for name in
        ["dodo.quote", "webhook.delivery", "webhook.forgery", "cors.stranger", "assets.wasm", "page.csp"]
    {
        assert!(found.names("ok").contains(&name), "{name}: {}", found.text);
    }
    for secret in [DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET, &token_key(), "pay_of_somebody"] {
        assert!(!found.text.contains(secret), "{secret}: {}", found.text);
    }
}

#[tokio::test]
async fn for_people_it_prints_one_line_a_check() {
    let installation = Installation::start().await;
    let directory = installation.app.directory.path().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercart-server"));
    command.arg("doctor").current_dir(directory).env_clear();
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.starts_with("FAIL  settings           DODO_PAYMENTS_API_KEY: is not set"), "{text}");
    assert!(text.contains("→ correct it"), "{text}");
    assert!(text.trim_end().ends_with("1 ok, 0 skipped, 0 to think about, 3 failed"), "{text}");
}
