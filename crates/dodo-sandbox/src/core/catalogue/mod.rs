//! The ready shop: "Lumen & Grain", digital goods for photographers, and one customer per scenario.

mod goods;
mod plans;
mod scenarios;

pub use scenarios::{SCENARIOS, Scenario};

use super::moment::Moment;
use super::state::Core;

/// Fills an empty core.
pub(crate) fn stock(core: &mut Core, now: Moment) {
    core.ledger.products.extend(goods::products(now));
    for scenario in &SCENARIOS {
        core.ledger.customers.push(scenarios::customer(scenario, now));
    }
    plans::begin(core, now);
}
