//! Not tests: they take the pictures of the gallery. See `cargo xtask gallery`.

use std::fmt::Write as _;
use std::path::PathBuf;

use aftercart_e2e::{Browser, LANGUAGES, PLACEMENTS, SCHEMES, Scene, Screen, Stage, THEMES};
use anyhow::{Context, Result};

/// Two columns of desktop frames, and four of phones.
const DESKTOP: Frames = Frames { width: 736, columns: 2, window: 1520 };
const PHONE: Frames = Frames { width: 360, columns: 4, window: 1520 };

#[derive(Clone, Copy)]
struct Frames {
    width: u32,
    columns: u32,
    window: u32,
}

struct Camera {
    stage: Stage,
    browser: Browser,
    folder: PathBuf,
}

impl Camera {
    /// One that writes into the folder that this variable names.
    async fn start(variable: &str) -> Result<Self> {
        let folder =
            PathBuf::from(std::env::var(variable).with_context(|| format!("{variable} names a folder"))?);
        std::fs::create_dir_all(&folder)?;
        let (stage, browser) = (Stage::start(0).await?, Browser::start(Screen::Desktop).await?);
        browser.prefer(&[("prefers-reduced-motion", "reduce")]).await?;
        Ok(Self { stage, browser, folder })
    }

    /// A sheet of these situations, of all where none is named.
    async fn take(&self, name: &str, only: &str, scene: &Scene, frames: Frames) -> Result<()> {
        let Frames { width, columns, window } = frames;
        self.browser.resize(window).await?;
        let only = if only.is_empty() { String::new() } else { format!("&only={only}") };
        let query = format!("?{scene}&sheet=1&width={width}&columns={columns}{only}");
        self.browser.open(&format!("{}/{query}", self.stage.origin())).await?;
        self.browser.wait_for_the_stage(name).await?;
        self.browser.small_picture(&self.folder.join(format!("{name}.webp"))).await
    }
}

fn scene(placement: &str, theme: &str, scheme: &str) -> Scene {
    let [placement, theme, scheme] = [placement, theme, scheme].map(str::to_owned);
    Scene { placement, theme, scheme, ..Scene::default() }
}

/// Every situation at every place in every theme, in light and dark, and a page that shows them.
#[tokio::test]
async fn every_sheet() -> Result<()> {
    let camera = Camera::start("AFTERCART_GALLERY").await?;
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Aftercart: every situation</title><style>body{font:1rem/1.5 system-ui;margin:2rem}img{max-width:100%}</style>\
         <h1>Every situation, at every place, in every theme</h1>",
    );
    for placement in PLACEMENTS {
        for theme in THEMES {
            for scheme in SCHEMES {
                for (size, frames) in [("desktop", DESKTOP), ("phone", PHONE)] {
                    let name = format!("{placement}-{theme}-{scheme}-{size}");
                    camera.take(&name, "", &scene(placement, theme, scheme), frames).await?;
                    let _ = write!(
                        page,
                        "<details><summary>{placement}, {theme}, {scheme}, {size}</summary><img src=\"{name}.webp\" alt=\"{name}\" loading=\"lazy\"></details>"
                    );
                }
            }
        }
    }
    std::fs::write(camera.folder.join("index.html"), page)?;
    Ok(())
}

const OFFERS: &str = "offer,choice,methods,reduced,trial,upgrade,downgrade,scheduled,checkout,after";
const MESSAGES: &str =
    "charging,processing,action,waiting,succeeded,planned,failed,retry,requote,unknown,declined,expired";
const FEW: &str = "offer,methods,upgrade,trial,retry,succeeded";

/// The sheets in `docs/gallery`.
#[tokio::test]
async fn a_chosen_few() -> Result<()> {
    let camera = Camera::start("AFTERCART_PICTURES").await?;
    for scheme in SCHEMES {
        for (size, frames) in [("desktop", DESKTOP), ("phone", PHONE)] {
            let card = scene("card", "default", scheme);
            camera.take(&format!("offers-{size}-{scheme}"), OFFERS, &card, frames).await?;
            camera.take(&format!("messages-{size}-{scheme}"), MESSAGES, &card, frames).await?;
        }
        for theme in ["paper", "signal"] {
            camera.take(&format!("{theme}-{scheme}"), FEW, &scene("card", theme, scheme), DESKTOP).await?;
        }
    }
    camera.take("banner-light", FEW, &scene("banner", "default", "light"), DESKTOP).await?;
    camera
        .take("dialog-dark", "offer,upgrade,choice,failed", &scene("dialog", "default", "dark"), DESKTOP)
        .await?;
    let compact = Scene { density: "compact".to_owned(), ..Scene::default() };
    camera.take("compact-light", FEW, &compact, DESKTOP).await?;
    let arabic = Scene { language: "ar".to_owned(), ..Scene::default() };
    camera.take("arabic-desktop-light", FEW, &arabic, DESKTOP).await?;
    let arabic = Scene { scheme: "dark".to_owned(), ..arabic };
    camera.take("arabic-phone-dark", "offer,choice,upgrade,retry", &arabic, PHONE).await
}

/// One picture a language: an offer and a plan change, 360 pixels wide each.
#[tokio::test]
async fn every_language() -> Result<()> {
    let camera = Camera::start("AFTERCART_LANGUAGES").await?;
    let frames = Frames { width: 360, columns: 2, window: 768 };
    for language in LANGUAGES {
        let scene = Scene { language: language.to_owned(), ..Scene::default() };
        camera.take(language, "offer,upgrade", &scene, frames).await?;
    }
    Ok(())
}
