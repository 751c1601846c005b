//! What a shopper downloads, and the most it may be.

use std::fs;

use anyhow::{Result, bail};

use crate::crates::by_crate;
use crate::dist::{brotli, gzip, served_files, work};
use crate::wasm::named;

/// The most that the widget, script and WebAssembly together, may take over the wire: Brotli bytes.
const WIDGET_BUDGET: usize = 61_000;
/// The most that the loader may take: Brotli bytes.
const LOADER_BUDGET: usize = 2_048;

/// How many crates are listed.
const CRATES: usize = 15;

/// Prints every size and fails over a budget.
pub(crate) fn size() -> Result<()> {
    let (mut widget, mut loader) = (0, 0);
    println!("{:<36} {:>9} {:>9} {:>9}", "dist/", "raw", "gzip", "Brotli");
    for file in served_files()? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&file)?;
        let over_the_wire = brotli(&bytes)?.len();
        println!("{name:<36} {:>9} {:>9} {over_the_wire:>9}", bytes.len(), gzip(&bytes)?.len());
        match name.as_str() {
            "aftercart.js" => loader += over_the_wire,
            _ => widget += over_the_wire,
        }
    }
    largest_crates()?;
    println!("widget {widget} of {WIDGET_BUDGET}, loader {loader} of {LOADER_BUDGET} Brotli bytes");
    if widget > WIDGET_BUDGET || loader > LOADER_BUDGET {
        bail!("over the size budget (xtask/src/size.rs)");
    }
    Ok(())
}

/// Prints where the code comes from, before compression.
fn largest_crates() -> Result<()> {
    let Ok(wasm) = fs::read(named(&work())) else { return Ok(()) };
    println!("\n{:<36} {:>9}", "code by crate", "raw");
    for (name, bytes) in by_crate(&wasm)?.into_iter().take(CRATES) {
        println!("{name:<36} {bytes:>9}");
    }
    println!();
    Ok(())
}
