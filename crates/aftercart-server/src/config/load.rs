//! From file and environment to a [`Config`], or every reason why not.

use super::environment::{self, secrets};
use super::file::ConfigFile;
use super::settings::{Config, Dodo, default_redirect_hosts};
use crate::complaint::{Checked, Complaint};
use aftercart_contract::WebUrl;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use toml::Spanned;

/// Gives the value of an environment variable.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads the file, then lets the environment override it. `env` is usually
    /// `&|name| std::env::var(name).ok()`. Does not read the offers: [`crate::load_offers`] does.
    pub fn load(path: &Path, env: Environment<'_>) -> Result<Self, Vec<Complaint>> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            vec![Complaint::file(path, format!("cannot be read: {error}; name the file with --config"))]
        })?;
        let mut checked = Checked::new(path, &text);
        let file = toml::from_str(&text).unwrap_or_else(|error| {
            checked.note_toml(&error);
            ConfigFile::default()
        });
        let readable = checked.complaints.is_empty();
        let config = read(path, &file, env, &mut checked);
        match config {
            Some(config) if checked.complaints.is_empty() => Ok(config),
            // What a broken file seems to lack is noise beside the reason why it is broken.
            _ if !readable => Err(checked.complaints.into_iter().take(1).collect()),
            _ => Err(checked.complaints),
        }
    }
}

fn read(path: &Path, file: &ConfigFile, env: Environment<'_>, checked: &mut Checked<'_>) -> Option<Config> {
    let mut source = Source { env, checked };
    let listen = source.parsed::<SocketAddr>("listen", environment::LISTEN, file.listen.as_ref());
    let public_url = source.url("public_url", environment::PUBLIC_URL, file.public_url.as_ref());
    let success_url = source.url("success_url", environment::SUCCESS_URL, file.success_url.as_ref());
    let base_url = base_url(&mut source, file);
    let origins = origins(&mut source, file);
    let base = path.parent().unwrap_or(Path::new(""));
    let relative = |value: Option<&Spanned<String>>, default: &str| {
        base.join(value.map_or(default, |value| value.get_ref().as_str()))
    };
    let assets =
        env(environment::ASSETS).map_or_else(|| relative(file.assets.as_ref(), "dist"), PathBuf::from);
    let database_url =
        source.checked("database_url", environment::DATABASE_URL, file.database_url.as_ref(), database);
    // What the file names is beside the file, wherever the program is started.
    let is_from_file = env(environment::DATABASE_URL).is_none_or(|url| url.is_empty());
    let database_url = database_url.map(|url| if is_from_file { beside(base, &url) } else { url });
    check_hosts(&mut source, file);
    let minutes =
        |checked: &mut Checked<'_>, name, value, default| duration(checked, name, value, default, 60);
    let seconds =
        |checked: &mut Checked<'_>, name, value, default| duration(checked, name, value, default, 1);
    let purchase_fresh =
        minutes(source.checked, "purchase_fresh_minutes", file.purchase_fresh_minutes.as_ref(), 30);
    let token = minutes(source.checked, "token_minutes", file.token_minutes.as_ref(), 60);
    let quote = seconds(source.checked, "quote_seconds", file.quote_seconds.as_ref(), 600);
    let unseen = seconds(source.checked, "unseen_seconds", file.unseen_seconds.as_ref(), 3600);
    let pending = duration(source.checked, "pending_hours", file.pending_hours.as_ref(), 96, 3600);
    let timeout_seconds = file.dodo_timeout_seconds.as_ref();
    let timeout = seconds(source.checked, "dodo_timeout_seconds", timeout_seconds, 20);
    let keep = file.keep_days.as_ref().map(|days| keep(source.checked, days));
    let limits = file.limits.read(source.checked);
    let secrets = secrets(env, &mut source.checked.complaints);
    let (base_url, secrets) = (base_url?, secrets?);

    let dodo = Dodo { base_url, api_key: secrets.api_key, webhook_key: secrets.webhook_key, timeout };
    let redirect_hosts = match &file.redirect_hosts {
        Some(hosts) => hosts.iter().map(|host| host.get_ref().clone()).collect(),
        None => default_redirect_hosts(&dodo.base_url),
    };
    let mut config = Config::new(relative(file.offers.as_ref(), "offers.toml"), dodo, secrets.token_keys);
    config.listen = listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 4020)));
    config.database_url = database_url.unwrap_or_else(|| beside(base, &config.database_url));
    config.public_url = public_url;
    config.success_url = success_url;
    config.assets = assets;
    config.allowed_origins = origins;
    config.redirect_hosts = redirect_hosts;
    config.purchase_fresh = purchase_fresh;
    config.quote = quote;
    config.token = token;
    config.unseen = unseen;
    config.pending = pending;
    if let Some(calls) = &file.dodo_requests_per_minute {
        config.dodo_requests_per_minute = *calls.get_ref();
    }
    config.keep = keep;
    config.limits = limits;
    config.merchant_key = secrets.merchant_key;
    config.metrics_key = secrets.metrics_key;
    Some(config)
}

fn base_url(source: &mut Source<'_, '_>, file: &ConfigFile) -> Option<WebUrl> {
    if let (Some(url), Some(_)) = (&file.dodo.base_url, &file.dodo.environment) {
        source
            .checked
            .note(&url.span(), "dodo.base_url and dodo.environment say the same thing twice: keep one");
    }
    let named = file.dodo.environment.as_ref().and_then(|name| WebUrl::new(name.get_ref().base_url()).ok());
    let url = source.url("dodo.base_url", environment::BASE_URL, file.dodo.base_url.as_ref()).or(named);
    if url.is_none() && file.dodo.base_url.is_none() {
        source.checked.note(
            &(0..0),
            "says nothing about Dodo: add `[dodo]` with `environment = \"test\"` (or \"live\"), or with `base_url` for a local sandbox",
        );
    }
    url
}

fn origins(source: &mut Source<'_, '_>, file: &ConfigFile) -> Vec<String> {
    let from_env = (source.env)(environment::ALLOWED_ORIGINS);
    let listed: Vec<(Option<Range<usize>>, String)> = match (&from_env, &file.allowed_origins) {
        (Some(text), _) => text
            .split(',')
            .map(str::trim)
            .filter(|origin| !origin.is_empty())
            .map(|o| (None, o.to_owned()))
            .collect(),
        (None, Some(list)) => {
            list.iter().map(|origin| (Some(origin.span()), origin.get_ref().clone())).collect()
        }
        (None, None) => Vec::new(),
    };
    for (span, origin) in &listed {
        let exact = WebUrl::new(origin.as_str()).is_ok_and(|url| url.origin() == origin);
        if !exact {
            let message = format!(
                "`{origin}` is not an origin: write scheme and host only, such as https://shop.example"
            );
            source.complain("allowed_origins", environment::ALLOWED_ORIGINS, span.as_ref(), message);
        }
    }
    listed.into_iter().map(|(_, origin)| origin).collect()
}

fn database(url: &str) -> Result<String, String> {
    let is_known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    let message =
        "is neither SQLite nor PostgreSQL: write sqlite://path/to/file.db or postgres://user@host/name";
    if is_known { Ok(url.to_owned()) } else { Err(message.to_owned()) }
}

/// The address of a database; the path of an SQLite file is relative to this folder.
fn beside(folder: &Path, url: &str) -> String {
    match url.strip_prefix("sqlite://") {
        Some(path) if !path.starts_with(':') => format!("sqlite://{}", folder.join(path).display()),
        _ => url.to_owned(),
    }
}

fn check_hosts(source: &mut Source<'_, '_>, file: &ConfigFile) {
    for host in file.redirect_hosts.iter().flatten() {
        if host.get_ref().is_empty() || host.get_ref().contains('/') {
            let message =
                format!("redirect_hosts: `{}`: write a host only, such as checkout.example", host.get_ref());
            source.checked.note(&host.span(), message);
        }
    }
}

/// So many days; not fewer than every window together (ADR 0019).
fn keep(checked: &mut Checked<'_>, days: &Spanned<u32>) -> Duration {
    if !(60..=3_650).contains(days.get_ref()) {
        checked
            .note(&days.span(), "keep_days is at least 60 and at most 3650; leave it out to keep everything");
    }
    Duration::from_hours(24 * u64::from(*days.get_ref()))
}

fn duration(
    checked: &mut Checked<'_>,
    name: &str,
    value: Option<&Spanned<u32>>,
    default: u32,
    seconds: u64,
) -> Duration {
    if let Some(value) = value
        && (*value.get_ref() == 0 || u64::from(*value.get_ref()) * seconds > 7 * 24 * 3600)
    {
        checked.note(&value.span(), format!("{name} is at least 1 and at most a week"));
    }
    let count = value.map_or(default, |value| *value.get_ref());
    Duration::from_secs(u64::from(count) * seconds)
}

/// Where a text comes from: the environment wins over the file.
struct Source<'a, 'b> {
    env: Environment<'a>,
    checked: &'a mut Checked<'b>,
}

impl Source<'_, '_> {
    fn url(&mut self, name: &str, variable: &'static str, value: Option<&Spanned<String>>) -> Option<WebUrl> {
        self.checked(name, variable, value, |text| WebUrl::new(text))
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        name: &str,
        variable: &'static str,
        value: Option<&Spanned<String>>,
    ) -> Option<T> {
        self.checked(name, variable, value, |text| text.parse().map_err(|error: T::Err| error.to_string()))
    }

    fn checked<T>(
        &mut self,
        name: &str,
        variable: &'static str,
        value: Option<&Spanned<String>>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let from_env = (self.env)(variable).filter(|text| !text.is_empty());
        let (text, span) = match (&from_env, value) {
            (Some(text), _) => (text.as_str(), None),
            (None, Some(value)) => (value.get_ref().as_str(), Some(value.span())),
            (None, None) => return None,
        };
        parse(text).map_err(|error| self.complain(name, variable, span.as_ref(), error)).ok()
    }

    fn complain(&mut self, name: &str, variable: &'static str, span: Option<&Range<usize>>, message: String) {
        match span {
            Some(span) => self.checked.note(span, format!("{name}: {message}")),
            None => self.checked.complaints.push(Complaint::variable(variable, message)),
        }
    }
}
