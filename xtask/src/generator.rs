//! What is wished of a run of `aftercart-load`: options that it checks itself, and the database that it runs on.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::postgres::Postgres;

/// What to run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Wish<'a> {
    /// Passed on to the generator, which checks them.
    pub(crate) passed_on: Vec<&'a str>,
    pub(crate) on_postgres: bool,
}

/// Reads `--postgres` and these options, each with a value; `verb` is whose they are.
pub(crate) fn wish<'a>(verb: &str, options: &[&str], words: &[&'a str]) -> Result<Wish<'a>> {
    let mut wish = Wish::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--postgres" {
            wish.on_postgres = true;
        } else if options.contains(word) {
            let value = words.next().with_context(|| format!("{word} needs a number"))?;
            wish.passed_on.extend([*word, *value]);
        } else {
            bail!("unknown: {verb} {word}");
        }
    }
    Ok(wish)
}

/// An empty database for the run; PostgreSQL ends with the first value.
pub(crate) fn database(wish: &Wish<'_>, home: &Path) -> Result<(Option<Postgres>, String)> {
    let cluster = if wish.on_postgres { Some(Postgres::start()?) } else { None };
    let url = match &cluster {
        Some(cluster) => cluster.url(),
        None => format!("sqlite://{}", home.join("aftercart.db").display()),
    };
    Ok((cluster, url))
}
