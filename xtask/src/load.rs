//! What requests cost while the database grows: see `crates/aftercart-load/src/growth`.

use std::fs;

use anyhow::Result;

use crate::generator::{self, Wish};
use crate::project::{cargo, command, run, say, target};

/// PostgreSQL is filled to here: its bulk is slower, and every size before has shown the shape.
const ON_POSTGRES: &str = "1000,10000,100000,1000000";

/// Reads `--sizes N,N`, `--connections N`, `--seconds N`, `--fresh N`, `--think-ms N`, `--postgres`.
pub(crate) fn wish<'a>(words: &[&'a str]) -> Result<Wish<'a>> {
    generator::wish("load", &["--sizes", "--connections", "--seconds", "--fresh", "--think-ms"], words)
}

/// Builds server and generator, makes an empty database, and measures.
pub(crate) fn load(wish: &Wish<'_>) -> Result<()> {
    say("building server and load generator");
    let packages = ["--package=aftercart-server", "--package=aftercart-load"];
    run(cargo(&["build", "--quiet", "--release", "--bins"]).args(packages))?;
    let home = target().join("load");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home)?;
    let (_cluster, database) = generator::database(wish, &home)?;
    let release = target().join("release");
    let mut generator = command(release.join("aftercart-load"), &["growth", "--program"]);
    generator.arg(release.join("aftercart-server")).args(["--database-url", &database]);
    if wish.on_postgres && !wish.passed_on.contains(&"--sizes") {
        generator.args(["--sizes", ON_POSTGRES]);
    }
    let measured = run(generator.args(&wish.passed_on));
    // Gigabytes that nobody wants afterwards.
    let _ = fs::remove_dir_all(&home);
    measured
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_and_nonsense_is_refused() {
        let expected = Wish { passed_on: vec!["--sizes", "1000,10000"], on_postgres: true };
        assert_eq!(wish(&["--sizes", "1000,10000", "--postgres"]).unwrap(), expected);
        for bad in [&["--sizes"][..], &["--slow"], &["--postgres", "2"]] {
            assert!(wish(bad).is_err(), "{bad:?}");
        }
    }
}
