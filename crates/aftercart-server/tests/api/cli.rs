//! The program: its help, its check, its refusals.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

const OFFERS: &str = "default_locale = \"en\"\n\n[[offer]]\nid = \"a\"\nproduct = \"pdt_a\"\n\
when.purchased = [\"pdt_b\"]\n[offer.locale.en]\n";

/// Where there is a loader.
const LOADER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../loader");

fn run(config: &str, offers: &str, change: impl FnOnce(&mut Command)) -> Output {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("aftercart.toml"), config).unwrap();
    fs::write(directory.path().join("offers.toml"), offers).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercart-server"));
    command
        .current_dir(directory.path())
        .env_clear()
        .env("DODO_PAYMENTS_API_KEY", "dodo_test_key")
        .env("DODO_PAYMENTS_WEBHOOK_KEY", "whsec_c2FuZGJveC1zZWNyZXQtZm9yLWxvY2FsLXRlc3Rz")
        .env("AFTERCART_TOKEN_KEYS", format!("k1:{}=", "A".repeat(43)))
        .env("AFTERCART_ASSETS", LOADER);
    change(&mut command);
    command.output().unwrap()
}

fn complaints(config: &str, offers: &str, change: impl FnOnce(&mut Command)) -> Vec<String> {
    let output = run(config, offers, |command| {
        command.arg("check");
        change(command);
    });
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap().lines().map(str::to_owned).collect()
}

const GOOD: &str = "[dodo]\nenvironment = \"test\"\n";

#[test]
fn a_good_configuration_passes() {
    let output = run(GOOD, OFFERS, |command| {
        command.arg("check");
    });
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8(output.stdout).unwrap().contains("1 offers"));
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = run(GOOD, OFFERS, |command| {
        command.arg("check").stdout(writer);
    });
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn every_mistake_of_both_files_is_named_with_its_line() {
    let config = "listen = \"nowhere\"\npublic_url = \"http://shop.example\"\nquote_seconds = 0\n\
                  allowed_origins = [\n  \"https://good.example\",\n  \"https://shop.example/path\",\n]\n\
                  [dodo]\nenvironment = \"test\"\n";
    let found =
        complaints(config, "default_locale = \"en\"\n[[offer]]\nid = \"a\"\nproduct = \"prod_a\"\n", |_| {});
    let expected = [
        "aftercart.toml:1: listen",
        "aftercart.toml:2: public_url",
        "aftercart.toml:6: allowed_origins",
        "aftercart.toml:3: quote_seconds",
        "offers.toml:2: offer `a` is never shown",
        "offers.toml:4: `prod_a` is not a Dodo product id",
    ];
    for line in expected {
        assert!(found.iter().any(|complaint| complaint.starts_with(line)), "{line}: {found:#?}");
    }
    assert_eq!(found.last().map(String::as_str), Some("6 things to correct"));
}

#[test]
fn a_database_of_no_kind_and_a_host_that_is_an_address_are_named() {
    let found = complaints(
        "database_url = \"shop.db\"\nredirect_hosts = [\"https://bank.example/3ds\"]\n[dodo]\nenvironment = \"test\"\n",
        OFFERS,
        |_| {},
    );
    assert!(
        found[0].starts_with("aftercart.toml:1: database_url: is neither SQLite nor PostgreSQL"),
        "{found:#?}"
    );
    assert!(
        found[1].starts_with("aftercart.toml:2: redirect_hosts: `https://bank.example/3ds`"),
        "{found:#?}"
    );
}

#[test]
fn the_database_of_a_file_is_beside_it_wherever_the_program_is_started() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("aftercart.toml");
    let secrets = |name: &str| match name {
        "DODO_PAYMENTS_API_KEY" => Some("dodo_test_key".to_owned()),
        "DODO_PAYMENTS_WEBHOOK_KEY" => Some("whsec_c2FuZGJveC1zZWNyZXQtZm9yLWxvY2FsLXRlc3Rz".to_owned()),
        "AFTERCART_TOKEN_KEYS" => Some(format!("k1:{}=", "A".repeat(43))),
        _ => None,
    };
    let opened = |line: &str, env: &dyn Fn(&str) -> Option<String>| {
        fs::write(&file, format!("{line}{GOOD}")).unwrap();
        aftercart_server::Config::load(&file, env).unwrap().database_url
    };
    let beside = |name: &str| format!("sqlite://{}", directory.path().join(name).display());
    assert_eq!(opened("", &secrets), beside("aftercart.db"));
    assert_eq!(opened("database_url = \"sqlite://data/shop.db\"\n", &secrets), beside("data/shop.db"));
    assert_eq!(opened("database_url = \"sqlite:///var/shop.db\"\n", &secrets), "sqlite:///var/shop.db");
    let set = |name: &str| {
        if name == "AFTERCART_DATABASE_URL" { Some("sqlite://here.db".into()) } else { secrets(name) }
    };
    assert_eq!(opened("", &set), "sqlite://here.db");
}

#[test]
fn unknown_keys_wrong_types_and_a_missing_dodo_are_named() {
    let check = |config: &str, start: &str| {
        let found = complaints(config, OFFERS, |_| {});
        assert!(found[0].starts_with(start), "{found:#?}");
    };
    check("listen = \"127.0.0.1:1\"\nlissten = 1\n", "aftercart.toml:2: unknown field `lissten`");
    check("quote_seconds = \"ten\"\n", "aftercart.toml:1: invalid type");
    check("[dodo]\nenvironment = \"prod\"\n", "aftercart.toml:2: unknown variant `prod`");
    check("", "aftercart.toml:1: says nothing about Dodo");
    check("[dodo\n", "aftercart.toml:1:");
}

#[test]
fn secrets_are_missed_and_refused_without_being_shown() {
    let found = complaints(GOOD, OFFERS, |command| {
        command
            .env_remove("DODO_PAYMENTS_API_KEY")
            .env("DODO_PAYMENTS_WEBHOOK_KEY", "whsec_not base64")
            .env("AFTERCART_TOKEN_KEYS", "k1:c2hvcnQ=")
            .env("AFTERCART_MERCHANT_KEY", "too-short");
    });
    for start in [
        "DODO_PAYMENTS_API_KEY: is not set",
        "DODO_PAYMENTS_WEBHOOK_KEY: is not base64",
        "AFTERCART_TOKEN_KEYS: key `k1` is shorter than 32 bytes",
        "AFTERCART_MERCHANT_KEY: is shorter than 16",
    ] {
        assert!(found.iter().any(|line| line.starts_with(start)), "{start}: {found:#?}");
    }
    let all = found.join("\n");
    assert!(!all.contains("not base64 after") || !all.contains("whsec_not"), "{all}");
    assert!(!all.contains("c2hvcnQ") && !all.contains("too-short"), "{all}");
}

#[test]
fn a_database_or_address_that_cannot_be_used_is_a_clear_error() {
    let serve = |name: &'static str, value: &'static str| {
        let output = run(GOOD, OFFERS, |command| {
            command.arg("serve").env("AFTERCART_LISTEN", "127.0.0.1:0").env(name, value);
        });
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(serve("AFTERCART_DATABASE_URL", "sqlite:///nowhere/at/all.db").contains("check database_url"));
    let foreign = serve("AFTERCART_DATABASE_URL", "mysql://user:hunter2@db/x");
    assert!(
        foreign.contains("is neither SQLite nor PostgreSQL") && !foreign.contains("hunter2"),
        "{foreign}"
    );
    assert!(serve("AFTERCART_LISTEN", "203.0.113.1:80").contains("cannot listen on 203.0.113.1:80"));
}

#[test]
fn help_names_every_command_and_token_needs_a_customer() {
    let help = run(GOOD, OFFERS, |command| {
        command.arg("--help");
    });
    let help = String::from_utf8(help.stdout).unwrap();
    for word in ["serve", "check", "doctor", "token", "--config", "AFTERCART_TOKEN_KEYS"] {
        assert!(help.contains(word), "{word}: {help}");
    }
    let token = |customer: &'static str| {
        run(GOOD, OFFERS, |command| {
            command.args(["token", customer]);
        })
    };
    assert!(token("cus_paid").stdout.starts_with(b"a1.k1."));
    assert_eq!(token("pay_1").status.code(), Some(1));
}

#[tokio::test]
async fn serve_says_where_it_is_and_stops_when_told() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("aftercart.toml"), GOOD).unwrap();
    fs::write(directory.path().join("offers.toml"), OFFERS).unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_aftercart-server"))
        .args(["serve", "--log", "json"])
        .env("RUST_LOG", "aftercart_server=debug")
        .current_dir(directory.path())
        .env("AFTERCART_LISTEN", "127.0.0.1:0")
        .env("DODO_PAYMENTS_API_KEY", "dodo_test_key")
        .env("DODO_PAYMENTS_WEBHOOK_KEY", "whsec_c2FuZGJveC1zZWNyZXQtZm9yLWxvY2FsLXRlc3Rz")
        .env("AFTERCART_TOKEN_KEYS", format!("k1:{}=", "A".repeat(43)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.strip_prefix("aftercart-server: ").unwrap().trim();
    assert_eq!(reqwest::get(format!("{url}healthz")).await.unwrap().status(), 200);
    let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(told.success());
    let output = server.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let logs = String::from_utf8(output.stderr).unwrap();
    let log = logs.lines().find(|line| line.contains("request answered")).unwrap();
    let log: serde_json::Value = serde_json::from_str(log).unwrap();
    assert_eq!((&log["route"], &log["status"]), (&"/healthz".into(), &200.into()));
    assert!(directory.path().join("aftercart.db").exists());
}

#[test]
fn doubtful_words_are_warned_of_and_do_not_fail_the_check() {
    let offers = format!("{OFFERS}copy.decline = \"No, I hate saving\"\n");
    let output = run(GOOD, &offers, |command| {
        command.arg("check");
    });
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("warning: offers.toml:8: \"i hate\""), "{told}");
}

#[test]
fn a_check_misses_the_widgets_files() {
    let check = |assets: &str| {
        let output = run(GOOD, OFFERS, |command| {
            command.arg("check").env("AFTERCART_ASSETS", assets);
        });
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let told = check("nowhere");
    assert!(
        told.starts_with("warning: aftercart.toml: `assets`: there is no nowhere/aftercart.js"),
        "{told}"
    );
    assert_eq!(check(LOADER), "");
}
