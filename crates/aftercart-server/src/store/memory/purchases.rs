//! Purchases and what customers own; webhooks.
//! What says nothing here does what the port says of its name.

use super::attempts::holds;
use super::rows::Rows;
use crate::attempt::Attempt;
use crate::purchase::Purchase;
use crate::store::EventSeen;
use aftercart_contract::{CustomerId, ProductId};

impl Rows {
    pub(super) fn keep_event(&mut self, id: &str) -> EventSeen {
        let applied = self.events.entry(id.to_owned()).or_insert(false);
        if *applied { EventSeen::Applied } else { EventSeen::ToApply }
    }

    pub(super) fn put_purchase(&mut self, purchase: &Purchase) {
        match self.purchases.iter_mut().find(|known| known.payment == purchase.payment) {
            Some(known) if is_newer(known, purchase) => *known = purchase.clone(),
            Some(_) => return,
            None => self.purchases.push(purchase.clone()),
        }
        self.raise(&purchase.customer);
    }

    pub(super) fn purchases_of(&self, customer: &CustomerId) -> Vec<Purchase> {
        let own = self.purchases.iter().filter(|purchase| purchase.customer == *customer);
        let mut paid: Vec<_> = own.filter(|purchase| purchase.paid_at.is_some()).cloned().collect();
        paid.sort_by(|a, b| (b.paid_at, &b.payment).cmp(&(a.paid_at, &a.payment)));
        paid.truncate(10);
        paid
    }

    /// True when it was bought, or is accepted by an attempt that is seen, or is being paid in a checkout.
    pub(super) fn owns(
        &self,
        customer: &CustomerId,
        product: &ProductId,
        sees: impl Fn(&Attempt) -> bool,
    ) -> bool {
        let bought = self.purchases.iter().any(|purchase| {
            purchase.customer == *customer
                && purchase.paid_at.is_some()
                && purchase.products.contains(product)
        });
        let is_held = |attempt: &Attempt| sees(attempt) && holds(attempt, customer, product);
        let accepted = self.attempts.iter().any(|(attempt, _)| is_held(attempt));
        let at_checkout = self.checkouts.iter().any(|(checkout, _)| {
            let payable = &checkout.payable;
            payable.customer == *customer
                && payable.product == *product
                && matches!(checkout.state.kind(), "processing" | "action_required" | "succeeded")
        });
        bought || accepted || at_checkout
    }
}

/// True when what is learnt of a purchase outweighs what is known.
fn is_newer(known: &Purchase, learnt: &Purchase) -> bool {
    let is_over = |purchase: &Purchase| matches!(purchase.status.as_str(), "failed" | "cancelled");
    match (known.paid_at, learnt.paid_at) {
        (Some(known), Some(learnt)) => learnt < known,
        (Some(_), None) => false,
        (None, Some(_)) => true,
        (None, None) => is_over(learnt) || !is_over(known),
    }
}
