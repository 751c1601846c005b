//! Damaged `aftercart.toml` and environment: every mistake is told, and no secret with it.

use super::Config;
use crate::webhook_keys::WebhookKeys;
use aftercart_contract::WebUrl;
use aftercart_fuzz::{Corpus, fuzz};
use std::fs;
use std::time::Duration;

const WEEK: Duration = Duration::from_hours(7 * 24);
const API_KEY: &str = "dodo_live_never_to_be_seen";
const WEBHOOK_KEY: &str = "whsec_bmV3LXNlY3JldC1mb3ItdGVzdHMtb25seQ==";
const TOKEN_KEYS: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn secrets(name: &str) -> Option<String> {
    let value = match name {
        "DODO_PAYMENTS_API_KEY" => API_KEY,
        "DODO_PAYMENTS_WEBHOOK_KEY" => WEBHOOK_KEY,
        "AFTERCART_TOKEN_KEYS" => TOKEN_KEYS,
        _ => return None,
    };
    Some(value.to_owned())
}

fn is_sound(config: &Config) -> Result<(), String> {
    let limits = [config.purchase_fresh, config.quote, config.token, config.dodo.timeout];
    if limits.iter().any(|limit| limit.is_zero() || *limit > WEEK) {
        return Err(format!("a limit of none or too much: {limits:?}"));
    }
    let is_exact = |origin: &String| WebUrl::new(origin.as_str()).is_ok_and(|url| url.origin() == origin);
    if config.allowed_origins.iter().all(is_exact) {
        Ok(())
    } else {
        Err(format!("{:?}", config.allowed_origins))
    }
}

#[test]
fn aftercart_toml() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("aftercart.toml");
    let corpus = Corpus::of(&[
        include_str!("../../../../examples/shop/aftercart.toml"),
        "public_url = \"https://shop.example/\"\nredirect_hosts = [\"a.example:1\"]\npurchase_fresh_minutes = 30\nquote_seconds = 600\n\
         dodo_timeout_seconds = 20\ntoken_minutes = 60\nallowed_origins = [\"https://shop.example\", \"https://b.example:8443\"]\n\
         [dodo]\nenvironment = \"live\"\n",
    ]);
    let words = [
        "[dodo]",
        "environment = \"test\"",
        "base_url = \"https://x.example\"",
        "listen = \"[::1]:0\"",
        "= 0",
        "= 4294967295",
        "= -1",
        "\"\"\"",
        "'''",
        "a.b.c",
        "{",
        "}",
        "[",
        "]",
        "1979-05-27",
        "nan",
        "# ",
        "0x7f",
        "1_000",
    ];
    fuzz("aftercart_toml", &corpus.words(&words), |input| {
        fs::write(&path, input).map_err(|error| error.to_string())?;
        match Config::load(&path, &secrets) {
            Ok(config) => is_sound(&config),
            Err(complaints) if complaints.is_empty() => Err("refused without a word".to_owned()),
            Err(complaints) => complaints.iter().map(ToString::to_string).try_for_each(|line| {
                let is_silent =
                    [API_KEY, WEBHOOK_KEY, TOKEN_KEYS].iter().all(|secret| !line.contains(secret));
                if is_silent { Ok(()) } else { Err(format!("tells a secret: {line}")) }
            }),
        }
    });
}

#[test]
fn webhook_keys() {
    let corpus =
        Corpus::of(&[WEBHOOK_KEY, &format!("{WEBHOOK_KEY},whsec_b2xkLXNlY3JldC1mb3ItdGVzdHMtb25seQ==")]);
    fuzz("webhook_keys", &corpus.words(&["whsec_", ",", "=", " ", "AAAA"]), |input| {
        let text = String::from_utf8_lossy(input);
        let has_a_secret = text.split(',').any(|secret| secret.trim().len() >= 22);
        match WebhookKeys::parse(&text) {
            Ok(_) if !has_a_secret => Err("no secret, and good all the same".to_owned()),
            _ => Ok(()),
        }
    });
}

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    aftercart_fuzz::on_a_small_stack(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("aftercart.toml");
        for (open, close) in [("[", "]"), ("{a=", "}"), ("a.", "")] {
            let (open, close) = (open.repeat(aftercart_fuzz::DEEP), close.repeat(aftercart_fuzz::DEEP));
            for text in [format!("listen = {open}1{close}"), format!("{open}x = 1"), format!("[{open}x]\n")] {
                fs::write(&path, text).unwrap();
                assert!(Config::load(&path, &secrets).is_err());
            }
        }
    });
}

#[test]
fn a_hundred_thousand_mistakes_are_told_as_quickly_as_a_hundred() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("aftercart.toml");
    fs::write(
        &path,
        format!("allowed_origins = [{}]\n[dodo]\nenvironment = \"test\"\n", "\n\"x\",".repeat(100_000)),
    )
    .unwrap();
    let started = std::time::Instant::now();
    let complaints = Config::load(&path, &secrets).unwrap_err();
    assert_eq!(complaints.len(), 100);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
