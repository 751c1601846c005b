//! What the build server runs: everything a change must pass.

use anyhow::Result;

use crate::project::{cargo, run};
use crate::{size, test, tidy, tools, twice};

/// Runs the quick complaints first, then every test, then what needs its results.
pub(crate) fn ci() -> Result<()> {
    tools::setup()?;
    println!("\n==== tidy");
    tidy::tidy()?;
    println!("\n==== fmt");
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    test::test(None)?;
    println!("\n==== clippy");
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny=warnings"]))?;
    for features in ["--features=element", "--features=csr", "--features=hydrate"] {
        run(&mut cargo(&[
            "clippy",
            "--package=aftercart",
            "--target=wasm32-unknown-unknown",
            features,
            "--",
            "--deny=warnings",
        ]))?;
    }
    run(&mut cargo(&["clippy", "--package=aftercart", "--features=ssr", "--", "--deny=warnings"]))?;
    println!("\n==== doc");
    run(cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "--deny=warnings"))?;
    println!("\n==== size");
    size::size()?;
    println!("\n==== dist, once more in another folder");
    twice::twice()
}
