//! Serves the gallery until it is stopped: `cargo xtask gallery --serve` starts it with the port as its only argument.

use aftercart_e2e::Stage;
use anyhow::Result;

#[tokio::main]
async fn main() -> Result<()> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let stage = Stage::start(port).await?;
    println!("gallery: {}/", stage.origin());
    std::future::pending().await
}
