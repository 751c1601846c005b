//! Every language fits: nothing sticks out, nothing is cut off, on narrow screens and with large text.

use aftercart_e2e::{Browser, LANGUAGES, Scene, Screen, Stage, situation};
use anyhow::{Context, Result};

use crate::checks::Check;

/// Those with the most words: ordinary cards, plan changes, everything to choose, messages with several ways out.
const WORDY: [(&str, &str); 9] = [
    ("card", "offer"),
    ("card", "choice"),
    ("card", "trial"),
    ("card", "upgrade"),
    ("card", "downgrade"),
    ("card", "scheduled"),
    ("card", "retry"),
    ("card", "declined"),
    ("banner", "offer"),
];

/// A stage, and a browser in front of it.
struct Look {
    stage: Stage,
    browser: Browser,
}

impl Look {
    async fn start() -> Result<Self> {
        Ok(Self { stage: Stage::start(0).await?, browser: Browser::start(Screen::Desktop).await? })
    }

    /// What does not fit in a window of this width, with text so many percent as large.
    async fn misfits(&self, language: &str, width: u32, percent: u32) -> Result<Vec<String>> {
        self.browser.resize(width).await?;
        let mut found = Vec::new();
        for (placement, name) in WORDY {
            let scene =
                Scene { language: language.to_owned(), placement: placement.to_owned(), ..Scene::default() };
            self.browser.watch(&self.stage, situation(name).context(name)?, &scene).await?;
            let larger = format!("document.documentElement.style.fontSize = '{percent}%'");
            self.browser.script(&larger).await?;
            let seen = Check::own("overflow").run(&self.browser).await?;
            found.extend(seen.iter().map(|line| format!("{language} {width}px {percent}% {name}: {line}")));
        }
        Ok(found)
    }
}

async fn all_fit_a_phone(languages: &[&str]) -> Result<()> {
    let look = Look::start().await?;
    let mut found = Vec::new();
    for language in languages {
        found.extend(look.misfits(language, 360, 100).await?);
    }
    assert!(found.is_empty(), "{} misfits\n{}", found.len(), found.join("\n"));
    Ok(())
}

#[tokio::test]
async fn the_first_eight_languages_fit_360_pixels() -> Result<()> {
    all_fit_a_phone(LANGUAGES.split_at(8).0).await
}

#[tokio::test]
async fn the_other_eight_languages_fit_360_pixels() -> Result<()> {
    all_fit_a_phone(LANGUAGES.split_at(8).1).await
}

#[tokio::test]
async fn german_and_arabic_fit_320_pixels_and_text_of_twice_the_size() -> Result<()> {
    let look = Look::start().await?;
    let mut found = Vec::new();
    for language in ["de", "ar"] {
        found.extend(look.misfits(language, 320, 100).await?);
        // Zoomed to 200 %, a window of 1280 pixels is one of 640; some enlarge the text alone.
        found.extend(look.misfits(language, 640, 100).await?);
        found.extend(look.misfits(language, 640, 200).await?);
    }
    assert!(found.is_empty(), "{} misfits\n{}", found.len(), found.join("\n"));
    Ok(())
}
