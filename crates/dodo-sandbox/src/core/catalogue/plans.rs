//! The plans that some customers of the catalogue have from the start.

use std::time::Duration;

use jiff::SignedDuration;

use crate::core::addon::{SubscribedAddon, price_of};
use crate::core::behaviour::Outcome;
use crate::core::cart::CartLine;
use crate::core::charging::Charge;
use crate::core::customer::Metadata;
use crate::core::moment::Moment;
use crate::core::quote::price_cart;
use crate::core::state::Core;

/// Plans that began ten days ago, without telling anybody.
pub(super) fn begin(core: &mut Core, now: Moment) {
    for (customer, plan) in [
        ("cus_upgrade", "pdt_basic"),
        ("cus_pro", "pdt_pro"),
        ("cus_addons", "pdt_basic"),
        ("cus_on_demand", "pdt_basic"),
        ("cus_cancelling", "pdt_basic"),
        ("cus_upgrade_fails", "pdt_basic"),
        ("cus_upgrade_no_method", "pdt_basic"),
    ] {
        begin_plan(core, now, customer, plan);
    }
    for subscription in &mut core.ledger.subscriptions {
        subscription.on_demand = subscription.customer_id == "cus_on_demand";
        subscription.cancel_at_next_billing_date = subscription.customer_id == "cus_cancelling";
        if subscription.customer_id == "cus_addons" {
            subscription.addons = vec![SubscribedAddon { addon_id: "adn_storage".to_owned(), quantity: 3 }];
            subscription.recurring_pre_tax_amount += price_of(&subscription.addons).unwrap_or_default();
        }
    }
    core.outbox.deliveries.clear();
}

fn begin_plan(core: &mut Core, now: Moment, customer_id: &str, plan: &str) {
    let begun = SignedDuration::from_hours(10 * 24);
    let then = Moment { at: now.at.checked_sub(begun).unwrap_or(now.at), elapsed: Duration::ZERO };
    let cart = vec![CartLine { product_id: plan.to_owned(), quantity: 1 }];
    let (Ok(quote), Ok(customer)) =
        (price_cart(&core.ledger, &cart, "US"), core.ledger.customer(customer_id))
    else {
        return;
    };
    let method = customer.methods.first().cloned();
    let charge = Charge {
        customer_id: customer.id.clone(),
        cart,
        quote,
        billing: customer.billing.clone(),
        metadata: Metadata::new(),
        session_id: None,
        payment_id: None,
        method_id: method.as_ref().map(|method| method.id.clone()),
        card: method.map(|method| method.card),
        method_to_save: None,
        kind: None,
    };
    core.commit_charge(then, charge, Outcome::Succeed);
}
