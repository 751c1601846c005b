//! A browser that nobody sees: visits pages, runs scripts, presses real keys and buttons, and says what it saw when a
//! wait ends in vain.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::driver::Driver;
use crate::engine::Engine;

/// How long a journey waits for what it expects to see: longer than the half minute of doubt after a click.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(40);
/// How often a browser is started.
const STARTS: usize = 3;
/// A driver whose browser dies while it starts never answers.
const START_LIMIT: Duration = Duration::from_mins(1);
/// A browser that has not answered a command by then hangs. The longest are pages that wait for a slow backend.
const COMMAND_LIMIT: Duration = Duration::from_secs(90);

/// A browser with one window.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    client: Client,
    // Dropped last: closes the browser.
    _driver: Driver,
}

/// A screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 1280 by 900 CSS pixels.
    Desktop,
    /// 360 by 780 CSS pixels, touch, two device pixels each.
    Phone,
}

impl Browser {
    /// Starts driver and browser, again should they not come up: a neighbour that starts with them may have the
    /// driver's port by then.
    pub async fn start(screen: Screen) -> Result<Self> {
        let mut last = Self::start_once(screen).await;
        for _ in 1..STARTS {
            if last.is_ok() {
                break;
            }
            last = Self::start_once(screen).await;
        }
        last
    }

    async fn start_once(screen: Screen) -> Result<Self> {
        timeout(START_LIMIT, Self::come_up(screen)).await.context("the browser does not come up")?
    }

    async fn come_up(screen: Screen) -> Result<Self> {
        let engine = Engine::chosen()?;
        let mut driver = Driver::start(engine)?;
        let mut connector = TimeoutConnector::new(HttpConnector::new());
        connector.set_read_timeout(Some(COMMAND_LIMIT));
        // From the command on, not from the answer before.
        connector.set_reset_reader_on_write(true);
        let client = ClientBuilder::new(connector)
            .capabilities(engine.capabilities(screen))
            .connect(&driver.address())
            .await
            .context("no browser session")?;
        driver.serves(client.session_id().await?.context("a session has an id")?);
        let browser = Self { engine, client, _driver: driver };
        browser.show(screen).await?;
        Ok(browser)
    }

    /// Gives the window the size of a screen.
    async fn show(&self, screen: Screen) -> Result<()> {
        let width = if screen == Screen::Phone { 360 } else { 1280 };
        match (self.engine, screen) {
            (Engine::Chromium, Screen::Desktop) => return Ok(()),
            (Engine::Chromium, Screen::Phone) => {
                let metrics =
                    json!({ "width": width, "height": 780, "deviceScaleFactor": 2, "mobile": true });
                self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
                return Ok(());
            }
            (_, Screen::Desktop) => self.client.set_window_rect(0, 0, width, 900).await?,
            (Engine::WebKit, Screen::Phone) => self.client.set_window_rect(0, 0, width, 780).await?,
            // Other windows of it are never narrower than 500.
            (Engine::Firefox, Screen::Phone) => {
                self.script("window.open('about:blank', '_blank', 'popup,width=360,height=780')").await?;
                let popup = self.client.windows().await?.pop().context("no window opened")?;
                self.client.switch_to_window(popup).await?;
            }
        }
        self.wait_for(&format!("a window of {width} pixels"), &format!("return innerWidth === {width}"))
            .await?;
        Ok(())
    }

    /// Visits an address and waits for its `load` event.
    pub async fn open(&self, address: &str) -> Result<()> {
        self.client.goto(address).await.with_context(|| format!("could not open {address}"))
    }

    /// Loads the page again, as the shopper's reload button does.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.client.refresh().await?)
    }

    /// Where the top-level page is.
    pub async fn address(&self) -> Result<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// Runs the body of a function in the page and returns its value.
    pub async fn script(&self, body: &str) -> Result<Value> {
        Ok(self.client.execute(body, vec![]).await?)
    }

    /// Runs a script that returns an element, and gives a handle for real clicks and keys.
    pub async fn element(&self, body: &str) -> Result<Element> {
        let value = self.client.execute(body, vec![]).await?;
        let id = value
            .as_object()
            .and_then(|object| object.values().next())
            .and_then(Value::as_str)
            .with_context(|| format!("no element from `{body}` but {value}"))?;
        Ok(Element::from_element_id(self.client.clone(), id.to_owned().into()))
    }

    /// The WebDriver session itself, for what has no word here.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until a script's value is neither null nor false nor empty, and returns it.
    ///
    /// A script that throws counts as "not yet": pages come and go while a journey waits.
    pub async fn wait_for(&self, what: &str, body: &str) -> Result<Value> {
        let started = Instant::now();
        loop {
            let last = self.client.execute(body, vec![]).await;
            if let Ok(value) = &last
                && is_yes(value)
            {
                return Ok(value.clone());
            }
            if started.elapsed() > PATIENCE {
                bail!("waited in vain for {what}; last answer {last:?}\n{}", self.scene().await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until the top-level address contains these words.
    pub async fn wait_for_address(&self, part: &str) -> Result<String> {
        let quoted = Value::from(part).to_string();
        let body = format!("return location.href.includes({quoted}) && location.href");
        let address = self.wait_for(&format!("an address with {part}"), &body).await?;
        Ok(address.as_str().unwrap_or_default().to_owned())
    }

    /// Chooses the colour scheme that pages are told the shopper prefers.
    pub async fn prefer_dark(&self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Writes a picture of the whole page, not only of what fits the window.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        self.captured(json!({ "format": "png", "captureBeyondViewport": true }), file).await
    }

    /// Writes a picture of the page's `main`, a third of the bytes: WebP, as Chromium makes it.
    pub async fn small_picture(&self, file: &Path) -> Result<()> {
        let size = "const rect = document.querySelector('main').getBoundingClientRect(); \
            return { x: 0, y: 0, width: rect.right + 16, height: rect.bottom + 16, scale: 1 }";
        let clip = self.script(size).await?;
        let options = json!({ "format": "webp", "quality": 80, "captureBeyondViewport": true, "clip": clip });
        self.captured(options, file).await
    }

    async fn captured(&self, options: Value, file: &Path) -> Result<()> {
        let answer = self.devtools("Page.captureScreenshot", options).await?;
        let data = answer.get("data").and_then(Value::as_str).context("no picture")?;
        std::fs::write(file, base64::engine::general_purpose::STANDARD.decode(data)?)?;
        Ok(())
    }

    /// True for a browser whose pictures of one and the same page differ in the edges of letters once it is painted anew.
    pub fn paints_anew_differently(&self) -> bool {
        self.engine == Engine::WebKit
    }

    /// Writes a picture of what fits the window.
    pub async fn picture_of_the_window(&self, file: &Path) -> Result<()> {
        std::fs::write(file, self.client.screenshot().await?)?;
        Ok(())
    }

    /// What was written to the console, one line each; in Chromium since the last call, elsewhere by the page.
    pub async fn console(&self) -> Result<Vec<String>> {
        if self.engine != Engine::Chromium {
            let written = self.script("return JSON.parse(sessionStorage.getItem('written') ?? '[]')").await?;
            return Ok(serde_json::from_value(written)?);
        }
        let log = self
            .client
            .issue_cmd(Extension { path: "se/log", body: json!({ "type": "browser" }) })
            .await
            .context("the browser's log")?;
        let lines = log.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(lines
            .iter()
            .filter_map(|line| {
                Some(format!("{} {}", line.get("level")?.as_str()?, line.get("message")?.as_str()?))
            })
            .collect())
    }

    /// One command of Chromium's development protocol; other browsers refuse it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value, CmdError> {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Extension { path: "goog/cdp/execute", body }).await
    }

    /// What a person would look at after a failure.
    async fn scene(&self) -> String {
        let page = "return [location.href, document.body.innerText.slice(0, 1500), \
             ...[...document.querySelectorAll('aftercart-offer')].map(offer => \
                offer.outerHTML.slice(0, 600) + ' -> ' + (offer.shadowRoot?.textContent ?? 'no shadow root').slice(0, 1500)), \
             'events: ' + sessionStorage.getItem('recorded')].join('\\n')";
        let seen = match self.script(page).await {
            Ok(value) => value.as_str().unwrap_or_default().to_owned(),
            Err(error) => format!("no page: {error:#}"),
        };
        let console = self.console().await.unwrap_or_default().join("\n");
        format!("--- page\n{seen}\n--- console\n{console}")
    }
}

fn is_yes(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// A command of ChromeDriver that the WebDriver standard does not have.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.body.to_string()))
    }
}
