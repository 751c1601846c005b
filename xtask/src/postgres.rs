//! A PostgreSQL for one run of the tests: its own cluster, port and directory, gone afterwards.
//!
//! 1. It is as durable as a real one (`fsync` stays on): tests kill the server and look at what is left.
//! 2. It listens on 127.0.0.1 alone, and needs no password there.
//! 3. It ends with us, however we end. A keeper process waits for the pipe from us to close, which also happens when we
//!    are killed, then stops the cluster and takes its directory away.
//! 4. As root, everything of it runs as somebody else: `postgres_programs` says whom.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::ports::free_port;
use crate::postgres_programs::{User, as_user, programs, user};
use crate::project::{output, say};

/// Where tests look for the cluster's address: `postgres://postgres@127.0.0.1:PORT/postgres`. They make databases of
/// their own in it.
pub(crate) const ADDRESS: &str = "AFTERCART_TEST_POSTGRES";

/// Runs the rest, which stops the cluster, once its input ends; then removes the directory `$1`.
const KEEPER: &str = "home=$1; shift; cat >/dev/null; \"$@\" >/dev/null 2>&1; rm -rf \"$home\"";

/// Enough for every test of a big machine at once, each with a pool.
const CONNECTIONS: u32 = 200;

/// How long a cluster may take to start on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(50);

/// A running cluster; dropping it stops it and removes its files.
pub(crate) struct Postgres {
    server: Child,
    keeper: Child,
    port: u16,
}

impl Postgres {
    /// Makes and starts a cluster; returns when it takes connections.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs()?;
        let user = user()?;
        let home = home(user.as_ref())?;
        let port = free_port(0)?;
        let data = home.path().join("data");
        let program = |name: &str| {
            let mut program = as_user(user.as_ref(), &programs.join(name));
            program.current_dir(home.path()).arg("--pgdata").arg(&data);
            program
        };
        // Not waiting for the disk here changes nothing about later: it is this new directory alone.
        let new = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
        output(program("initdb").args(new))?;
        configure(home.path(), port)?;
        let keeper = keeper(home.path(), program("pg_ctl").args(["--mode=immediate", "--silent", "stop"]))?;
        let log = home.path().join("log");
        let log_file = File::options().create(true).append(true).open(&log)?;
        let server = as_user(user.as_ref(), &programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(log_file.try_clone()?)
            .stderr(log_file)
            .process_group(0)
            .spawn()
            .context("could not start `postgres`")?;
        let mut cluster = Self { server, keeper, port };
        // From here on the files are the keeper's to remove.
        let home = home.keep();
        cluster.wait(&home).with_context(|| fs::read_to_string(log).unwrap_or_default())?;
        Ok(cluster)
    }

    /// Waits for the word with which the server says, in its own files, that it takes connections.
    fn wait(&mut self, home: &Path) -> Result<()> {
        let started = Instant::now();
        let is_ready =
            || fs::read_to_string(home.join("data/postmaster.pid")).is_ok_and(|text| text.contains("ready"));
        while !is_ready() {
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended with {status}");
            }
            if started.elapsed() > LIMIT {
                bail!("PostgreSQL did not start within {} s", LIMIT.as_secs());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// The database that every cluster has, for its administrator.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
        // The keeper stops a server that started; nothing else would stop one that never did.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Runs a command that finds a cluster's address in [`ADDRESS`].
pub(crate) fn with(words: &[&str]) -> Result<()> {
    let (program, arguments) = words.split_first().context("which command?")?;
    let cluster = Postgres::start()?;
    say(&format!("{ADDRESS}={}", cluster.url()));
    let status = Command::new(program)
        .args(arguments)
        .env(ADDRESS, cluster.url())
        .status()
        .with_context(|| format!("could not start `{program}`"))?;
    if !status.success() {
        bail!("`{}` ended with {status}", words.join(" "));
    }
    Ok(())
}

/// A new directory that only the user of the cluster (and root) can enter.
fn home(user: Option<&User>) -> Result<TempDir> {
    // Root's TMPDIR may be closed to others; /tmp never is.
    let parent = if user.is_some() { PathBuf::from("/tmp") } else { env::temp_dir() };
    let private = fs::Permissions::from_mode(0o700);
    let home =
        tempfile::Builder::new().prefix("aftercart-postgres-").permissions(private).tempdir_in(parent)?;
    if let Some(user) = user {
        chown(home.path(), Some(user.uid), Some(user.gid))?;
    }
    Ok(home)
}

fn configure(home: &Path, port: u16) -> Result<()> {
    let mut file = File::options().append(true).open(home.join("data/postgresql.conf"))?;
    let socket = home.display().to_string().replace('\'', "''");
    writeln!(
        file,
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{socket}'\nmax_connections = {CONNECTIONS}"
    )?;
    Ok(())
}

/// Starts the process that stops the cluster and removes its directory when we end.
fn keeper(home: &Path, stop: &Command) -> Result<Child> {
    Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(home)
        .arg(stop.get_program())
        .args(stop.get_args())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        // A Ctrl-C in the terminal goes to our group; the keeper outlives it.
        .process_group(0)
        .spawn()
        .context("could not start `sh`")
}
