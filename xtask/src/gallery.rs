//! The gallery: the release widget in every situation, at every place, in every theme. Nothing in it is drawn: a
//! backend of the tests answers, and the widget shows what it always shows.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::children::Children;
use crate::ports::free_port;
use crate::project::{cargo, command, root, run, say, target};
use crate::{browser, dist, http};

/// What `cargo xtask gallery` is asked for.
pub(crate) fn gallery(wishes: &[&str]) -> Result<()> {
    match wishes {
        [] => {
            take("every_sheet", "AFTERCART_GALLERY", &target().join("gallery"))?;
            println!("gallery: {}", target().join("gallery/index.html").display());
            Ok(())
        }
        ["--serve"] => serve(),
        ["--docs"] => {
            take("a_chosen_few", "AFTERCART_PICTURES", &root().join("docs/gallery"))?;
            take("every_language", "AFTERCART_LANGUAGES", &root().join("docs/gallery/languages"))
        }
        _ => bail!("cargo xtask gallery [--serve | --docs]"),
    }
}

/// Runs one of the cameras in `tests/e2e/tests/gallery.rs`.
fn take(camera: &str, variable: &str, folder: &Path) -> Result<()> {
    let browser = browser::chromium()?;
    browser::fonts()?;
    dist::dist()?;
    run(browser.test("gallery").args(["--", "--exact", camera]).env(variable, folder))
}

/// A page where every scene can be chosen and every widget used, until Ctrl-C.
fn serve() -> Result<()> {
    dist::dist()?;
    run(&mut cargo(&["build", "--workspace", "--bin=gallery"]))?;
    let mut children = Children::new()?;
    let port = free_port(8090)?;
    children.start("gallery", &mut command(target().join("debug/gallery"), &[&port.to_string()]))?;
    children.wait_until("the gallery", Duration::from_secs(20), || http::status(port, "/") == Some(200))?;
    println!("gallery: http://127.0.0.1:{port}/");
    say("Ctrl-C ends it");
    children.watch()
}
