//! Another plan for the subscription that the customer has.

mod downgrade;
mod schedule;
mod upgrade;

/// An offer that changes the plan `from` to the plan `to` after a purchase of `bought`.
fn change(kind: &str, bought: &str, from: &str, to: &str, extra: &str) -> String {
    format!(
        "[[offer]]\nid = \"after-{bought}\"\nkind = \"{kind}\"\nproduct = \"{to}\"\nwhen.purchased = [\"{bought}\"]\n\
         [offer.change]\nfrom = [\"{from}\"]\n{extra}\n{{{{words}}}}\n"
    )
}
