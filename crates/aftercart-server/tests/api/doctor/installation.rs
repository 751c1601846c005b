//! An installation to examine, and what the doctor says of it.

use super::proxy::serve;
use crate::helpers::{TestApp, token_key};
use axum::Router;
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET};
use serde_json::Value;
use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};

const WIDGET: &str = "widget-0123456789abcdef.js";
const WASM: &str = "widget-fedcba9876543210.wasm";

/// A running installation, and a page that shows its offers.
pub(super) struct Installation {
    pub(super) app: TestApp,
    pub(super) page: Page,
}

/// What the doctor said.
pub(super) struct Diagnosis {
    pub(super) code: Option<i32>,
    pub(super) text: String,
    pub(super) checks: Vec<Value>,
}

impl Installation {
    pub(super) async fn start() -> Self {
        Self::start_allowing(ToOwned::to_owned).await
    }

    /// With one allowed origin, made from the page's.
    pub(super) async fn start_allowing(allowed: impl FnOnce(&str) -> String) -> Self {
        let page = Page::start().await;
        let origin = allowed(&page.origin);
        let app = TestApp::start_with(|config| config.allowed_origins = vec![origin.clone()]).await;
        let dist = app.directory.path().join("dist");
        fs::create_dir_all(&dist).unwrap();
        let loader = format!("const SCRIPT = \"{WIDGET}\", WASM = \"{WASM}\";");
        for (name, content) in [("aftercart.js", loader.as_str()), (WIDGET, "widget"), (WASM, "wasm")] {
            fs::write(dist.join(name), content).unwrap();
            fs::write(dist.join(format!("{name}.br")), "as if it were Brotli").unwrap();
        }
        let offers = include_str!("../../../../../examples/shop/offers.toml");
        fs::write(app.directory.path().join("offers.toml"), offers).unwrap();
        let server = app.server.url();
        page.change(|shown| {
            "frame-ancestors 'self'".clone_into(&mut shown.policy);
            shown.html = format!(
                "<!doctype html><script src=\"{server}/aftercart/aftercart.js\"></script>\
                 <aftercart-offer endpoint=\"{server}/api/upsell\"></aftercart-offer>"
            );
        });
        let installation = Self { app, page };
        installation.configure(&format!("allowed_origins = [\"{origin}\"]\npublic_url = \"{server}\"\n"));
        installation
    }

    fn configure(&self, lines: &str) {
        let success = format!("success_url = \"{}/thanks?payment_id=pay_of_somebody\"\n", self.page.origin);
        let text = format!("{lines}{success}[dodo]\nbase_url = \"{}\"\n", self.app.sandbox.url());
        fs::write(self.app.directory.path().join("aftercart.toml"), text).unwrap();
    }

    pub(super) async fn examine(&self) -> Diagnosis {
        self.examine_with(|_| {}).await
    }

    /// The examination while this address is the public one.
    pub(super) async fn behind(&self, address: &str) -> Diagnosis {
        let (server, before) = (self.app.server.url(), self.page.shown.lock().unwrap().clone());
        self.page.change(|shown| shown.html = shown.html.replace(&server, address));
        let found = self.examine_with(|command| {
            command.env("AFTERCART_PUBLIC_URL", address);
        });
        let found = found.await;
        self.page.change(|shown| *shown = before);
        found
    }

    pub(super) async fn examine_with(&self, change: impl FnOnce(&mut Command)) -> Diagnosis {
        let directory = self.app.directory.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_aftercart-server"));
        command
            .args(["doctor", "--json"])
            .current_dir(directory)
            .env_clear()
            .env("DODO_PAYMENTS_API_KEY", DEFAULT_API_KEY)
            .env("DODO_PAYMENTS_WEBHOOK_KEY", DEFAULT_WEBHOOK_SECRET)
            .env("AFTERCART_TOKEN_KEYS", token_key())
            .env("AFTERCART_DATABASE_URL", format!("sqlite://{}", directory.join("test.db").display()));
        change(&mut command);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        Diagnosis { code: output.status.code(), checks: report["checks"].as_array().unwrap().clone(), text }
    }
}

impl Diagnosis {
    pub(super) fn names(&self, verdict: &str) -> Vec<&str> {
        let found = self.checks.iter().filter(|check| check["verdict"] == verdict);
        found.map(|check| check["name"].as_str().unwrap()).collect()
    }

    /// This and nothing else is wrong, and these words are in what is said of it.
    #[track_caller]
    pub(super) fn only(&self, verdict: &str, name: &str, words: &[&str]) {
        let both = [self.names("fail"), self.names("warn")].concat();
        assert_eq!((both, self.names(verdict)), (vec![name], vec![name]), "{}", self.text);
        assert_eq!(self.code, Some(i32::from(verdict == "fail")), "{}", self.text);
        let check = self.checks.iter().find(|check| check["verdict"] == verdict).unwrap();
        let said = format!("{} {}", check["seen"].as_str().unwrap(), check["advice"].as_str().unwrap());
        for word in words {
            assert!(said.contains(word), "`{word}` is not in: {said}");
        }
    }
}

/// A page on a port of its own, whose policy and content tests change.
pub(super) struct Page {
    pub(super) origin: String,
    shown: Arc<Mutex<Shown>>,
}

#[derive(Clone, Default)]
pub(super) struct Shown {
    pub(super) policy: String,
    pub(super) embedder_policy: String,
    pub(super) html: String,
}

impl Page {
    pub(super) async fn start() -> Self {
        let shown = Arc::new(Mutex::new(Shown::default()));
        let state = shown.clone();
        let answer = move || {
            let Shown { policy, embedder_policy, html } = state.lock().unwrap().clone();
            let headers = [
                ("content-type", "text/html".to_owned()),
                ("content-security-policy", policy),
                ("cross-origin-embedder-policy", embedder_policy),
            ];
            async move { (headers, html) }
        };
        Self { origin: serve(Router::new().fallback(answer)).await, shown }
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.shown.lock().unwrap());
    }

    pub(super) fn show_policy(&self, policy: &str) {
        self.change(|shown| policy.clone_into(&mut shown.policy));
    }
}
