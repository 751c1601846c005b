//! `dodo-sandbox`: the sandbox as a program.

use std::net::{Ipv4Addr, SocketAddr};

use clap::{Parser, Subcommand};
use dodo_sandbox::{DEFAULT_API_KEY, DEFAULT_WEBHOOK_SECRET, Sandbox, SandboxConfig};

/// A local Dodo Payments: API, hosted checkout page, signed webhooks, failures on demand.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the sandbox on 127.0.0.1 until it is interrupted.
    Serve(Serve),
}

#[derive(clap::Args)]
struct Serve {
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, env = "DODO_SANDBOX_PORT", default_value_t = 4010)]
    port: u16,
    /// The key the API accepts.
    #[arg(long, env = "DODO_SANDBOX_API_KEY", default_value = DEFAULT_API_KEY)]
    api_key: String,
    /// Where events are sent; without it they are recorded only.
    #[arg(long, env = "DODO_SANDBOX_WEBHOOK_URL")]
    webhook_url: Option<String>,
    /// `whsec_` and Base64: what events are signed with.
    #[arg(long, env = "DODO_SANDBOX_WEBHOOK_SECRET", default_value = DEFAULT_WEBHOOK_SECRET)]
    webhook_secret: String,
    /// Sandbox seconds in a real second, for retries and processing delays.
    #[arg(long, env = "DODO_SANDBOX_TIME_SCALE", default_value_t = 1.0)]
    time_scale: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Command::Serve(serve) = Cli::parse().command;
    let sandbox = Sandbox::start(SandboxConfig {
        addr: SocketAddr::from((Ipv4Addr::LOCALHOST, serve.port)),
        api_key: serve.api_key,
        webhook_secret: serve.webhook_secret,
        webhook_url: serve.webhook_url.filter(|url| !url.is_empty()),
        time_scale: serve.time_scale,
        ..SandboxConfig::default()
    })
    .await?;
    let url = sandbox.url();
    println!("dodo-sandbox: {url}/  panel: {url}/_sandbox");
    interrupted().await?;
    sandbox.stop().await;
    Ok(())
}

/// Returns on SIGINT, and on Unix on SIGTERM.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
