//! The doctor: examines an installation from the outside and says what is wrong and what to do about it.
//!
//! 1. It charges nothing, and changes nothing but two kept webhook events of type `aftercart.doctor`.
//! 2. It never prints a secret: not a key, not a database's password, not an address's query.
//! 3. What cannot be tried because something before it failed is skipped, not failed: one cause, one failure.
//!
//! Start at [`examine`]. Each room examines one thing and returns [`Check`]s; `csp` and `html` are pure.

mod assets;
mod clock;
mod cors;
mod csp;
mod database;
mod dodo;
mod html;
mod isolation;
mod page;
mod patient;
mod policies;
mod probe;
mod products;
mod public;
mod report;
mod settings;
mod webhook;

pub use report::{Check, Report, Verdict};

use aftercart_contract::WebUrl;
use patient::Patient;
use std::path::Path;

/// Examines the installation that this file and environment describe, while its server runs. `env` gives the value
/// of a variable; `page` is a page that shows offers, by default the configured `success_url`.
pub async fn examine(path: &Path, env: &dyn Fn(&str) -> Option<String>, page: Option<&WebUrl>) -> Report {
    let mut checks = Vec::new();
    if let Some((config, book)) = settings::read(path, env, &mut checks) {
        match Patient::new(config, book, page) {
            Ok(patient) => checks.extend(examine_all(&patient).await),
            Err(error) => {
                checks.push(Check::fail("settings", error, "look at the machine's TLS and proxy variables"));
            }
        }
    }
    Report::new(checks)
}

async fn examine_all(patient: &Patient) -> Vec<Check> {
    let mut checks = vec![database::examine(&patient.config.database_url).await];

    let dodo = dodo::examine(patient).await;
    let has_key = dodo.answer.is_some();
    checks.push(dodo.check);
    let products = products::examine(patient, has_key).await;
    checks.extend(products.checks);

    let public = public::examine(patient).await;
    let is_up = public.answer.is_some();
    checks.extend(public.checks);

    checks.extend(clock::examine(dodo.answer.as_ref(), public.answer.as_ref()));
    checks.extend(cors::examine(patient, is_up).await);
    checks.extend(webhook::examine(patient, is_up).await);

    let page = page::examine(patient, &products.images).await;
    checks.extend(assets::examine(patient, &page, is_up).await);
    checks.extend(page.checks);
    checks
}
