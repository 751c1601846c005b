//! The browsers that journeys run in. `AFTERCART_BROWSER` names one; Chromium where it is not set.
//!
//! What a journey asks of a browser is in the WebDriver standard; where one of them shows less, `other-browsers.txt` says
//! so. What needs [`Browser::devtools`](crate::Browser::devtools) belongs to checks that Chromium alone runs.

use std::process::Command;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::browser::Screen;

/// A browser with its WebDriver server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium with `ChromeDriver`: the programs in `CHROME` and `CHROMEDRIVER`.
    Chromium,
    /// Firefox with geckodriver: the programs in `FIREFOX` and `GECKODRIVER`.
    Firefox,
    /// `WebKitGTK`'s `MiniBrowser` with `WebKitWebDriver`: the programs in `MINIBROWSER` and `WEBKITWEBDRIVER`. It needs a
    /// display.
    WebKit,
}

/// What Chromium needs to run as root, in a container, on a machine without a way out.
/// One a line; `cargo xtask test` starts the component tests' browser with the same.
const CHROMIUM_FLAGS: &str = include_str!("chromium-flags.txt");

impl Engine {
    /// The browser that `AFTERCART_BROWSER` names.
    pub fn chosen() -> Result<Self> {
        match std::env::var("AFTERCART_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Ok(Self::Chromium),
            Ok("firefox") => Ok(Self::Firefox),
            Ok("webkit") => Ok(Self::WebKit),
            Ok(other) => bail!("AFTERCART_BROWSER is {other}: chromium, firefox or webkit"),
        }
    }

    /// Its WebDriver server, which will listen on this port.
    pub(crate) fn driver(self, port: u16) -> Command {
        let (variable, program) = match self {
            Self::Chromium => ("CHROMEDRIVER", "chromedriver"),
            Self::Firefox => ("GECKODRIVER", "geckodriver"),
            Self::WebKit => ("WEBKITWEBDRIVER", "WebKitWebDriver"),
        };
        let mut command = Command::new(std::env::var(variable).unwrap_or_else(|_| program.to_owned()));
        command.arg(format!("--port={port}"));
        command
    }

    /// What a session is asked for: no window on a desktop, none of the browser's own bars on a phone.
    pub(crate) fn capabilities(self, screen: Screen) -> Map<String, Value> {
        let (variable, key, mut options) = match self {
            Self::Chromium => {
                let mut arguments: Vec<&str> = CHROMIUM_FLAGS.lines().collect();
                arguments.push("--window-size=1280,900");
                ("CHROME", "goog:chromeOptions", json!({ "args": arguments }))
            }
            Self::Firefox => ("FIREFOX", "moz:firefoxOptions", firefox_options(screen)),
            Self::WebKit => (
                "MINIBROWSER",
                "webkitgtk:browserOptions",
                json!({ "args": ["--automation", "--full-screen"] }),
            ),
        };
        if let (Ok(program), Some(options)) = (std::env::var(variable), options.as_object_mut()) {
            options.insert("binary".to_owned(), json!(program));
        }
        let mut capabilities = Map::from_iter([(key.to_owned(), options)]);
        if self == Self::Chromium {
            capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        }
        capabilities
    }
}

fn firefox_options(screen: Screen) -> Value {
    let pixels = if screen == Screen::Phone { "2.0" } else { "1.0" };
    json!({
        "args": ["-headless", "-kiosk"],
        "prefs": {
            "layout.css.devPixelsPerPx": pixels,
            "ui.useOverlayScrollbars": 1,
            "dom.disable_open_during_load": false,
        },
    })
}
