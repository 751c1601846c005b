//! Every test, cheapest first, with a heading and a time per step.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::children::Children;
use crate::ports::free_port;
use crate::postgres::{self, Postgres};
use crate::preview_config::Ports;
use crate::project::{cargo, run};
use crate::{browser, dist, leptos, preview, preview_process, shops, simulate, tools};

/// A part of the suite that can run alone.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

const STEPS: [Step; 13] = [
    Step { name: "native", what: "unit and integration tests of the whole workspace", run: native },
    Step { name: "simulate", what: "20,000 histories of purchases, with every fault", run: simulate::check },
    Step { name: "web", what: "components in a headless browser", run: web },
    Step { name: "dist", what: "the release widget", run: dist::dist },
    Step { name: "leptos-app", what: "the widget as a component of another application", run: leptos::app },
    Step {
        name: "leptos-ssr",
        what: "the same rendered on a server; the examples in its documentation",
        run: leptos::ssr,
    },
    Step {
        name: "shops",
        what: "the examples in Express, Flask and axum, built; the widget's types in a page",
        run: shops::prepare,
    },
    Step { name: "e2e", what: "whole journeys over WebDriver", run: e2e },
    Step { name: "firefox", what: "the same journeys in Firefox", run: firefox },
    Step { name: "webkit", what: "the same journeys in WebKitGTK", run: webkit },
    Step {
        name: "accessibility",
        what: "every situation for everybody: axe-core, keys, languages",
        run: accessibility,
    },
    Step { name: "preview", what: "`cargo xtask preview` as a stranger uses it", run: whole_preview },
    Step { name: "page-alone", what: "`trunk serve` without anything behind it", run: page_alone },
];

/// Lists the steps.
pub(crate) fn print_steps() {
    for step in &STEPS {
        println!("  {:<13} {}", step.name, step.what);
    }
}

/// Runs every step, or the named one; stops at the first failure.
pub(crate) fn test(only: Option<&str>) -> Result<()> {
    tools::rust_target()?;
    let chosen: Vec<&Step> = STEPS.iter().filter(|step| only.is_none_or(|name| name == step.name)).collect();
    if chosen.is_empty() {
        print_steps();
        bail!("no such step: {}", only.unwrap_or_default());
    }
    let mut summary = Vec::new();
    for step in chosen {
        println!("\n==== {}: {}", step.name, step.what);
        let started = Instant::now();
        let result = (step.run)();
        let seconds = started.elapsed().as_secs();
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("  {:<13} {word:<7} {seconds:>4} s", step.name));
        println!("==== {} {word} after {seconds} s", step.name);
        if let Err(error) = result {
            println!("\n{}", summary.join("\n"));
            return Err(error.context(format!("step {} failed", step.name)));
        }
    }
    println!("\n{}", summary.join("\n"));
    Ok(())
}

fn native() -> Result<()> {
    // The official SDKs are run against the sandbox by one of these tests.
    tools::node()?;
    tools::python()?;
    let postgres = Postgres::start()?;
    run(cargo(&["test", "--workspace"]).env(postgres::ADDRESS, postgres.url()))
}

fn web() -> Result<()> {
    let runner = tools::wasm_bindgen()?.join("wasm-bindgen-test-runner");
    let browser = browser::chromium()?;
    run(cargo(&[
        "test",
        "--package=aftercart",
        "--target=wasm32-unknown-unknown",
        "--features=element",
        "--test=web",
    ])
    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
    .env("CHROMEDRIVER", &browser.driver)
    .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.write_webdriver_json()?)
    .env("WASM_BINDGEN_TEST_TIMEOUT", "120"))
}

fn e2e() -> Result<()> {
    run(&mut browser::chromium()?.test("end_to_end"))
}

fn firefox() -> Result<()> {
    run(&mut browser::firefox()?.test("end_to_end"))
}

fn webkit() -> Result<()> {
    run(&mut browser::webkit()?.test("end_to_end"))
}

fn accessibility() -> Result<()> {
    let browser = browser::chromium()?;
    browser::fonts()?;
    run(browser.test("accessibility").env("AFTERCART_AXE", tools::axe_core()?))
}

/// The page of the preview while nothing listens where backend and sandbox would.
fn page_alone() -> Result<()> {
    let browser = browser::chromium()?;
    let mut children = Children::new()?;
    let ports = Ports { sandbox: free_port(0)?, server: free_port(0)?, page: free_port(0)? };
    preview::start_page(&mut children, &ports)?;
    run(browser.test("page_alone").env("AFTERCART_PREVIEW", format!("http://127.0.0.1:{}/", ports.page)))
}

fn whole_preview() -> Result<()> {
    let browser = browser::chromium()?;
    preview_process::visit(|address| run(browser.test("preview").env("AFTERCART_PREVIEW", address)))
}
