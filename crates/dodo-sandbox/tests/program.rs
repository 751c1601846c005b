//! The binary: its one line, its answers, its end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking, its supporting functions too")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

fn serve(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_dodo-sandbox"))
        .arg("serve")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The first line, and the address in it.
fn ready(child: &mut Child) -> (String, String) {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let url = line.split_whitespace().nth(1).unwrap_or_default().trim_end_matches('/').to_owned();
    (line, url)
}

#[tokio::test]
async fn it_prints_its_addresses_answers_and_ends_on_sigterm() {
    let mut child = serve(&["--port", "0", "--time-scale", "60", "--api-key", "dodo_test_other"]);
    let (line, url) = ready(&mut child);
    assert_eq!(line, format!("dodo-sandbox: {url}/  panel: {url}/_sandbox\n"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let products = client.get(format!("{url}/products")).bearer_auth("dodo_test_other").send().await.unwrap();
    assert_eq!(products.status(), 200);
    let info = client.get(format!("{url}/_sandbox/info")).send().await.unwrap().text().await.unwrap();
    assert!(info.contains("\"time_scale\":60.0"), "{info}");
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_taken_port_ends_it_with_a_sentence() {
    let mut first = serve(&["--port", "0"]);
    let (_, url) = ready(&mut first);
    let port = url.rsplit(':').next().unwrap();
    let mut second = serve(&["--port", port]);
    assert!(!second.wait().unwrap().success());
    let mut said = String::new();
    second.stderr.as_mut().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("choose another port"), "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
}
