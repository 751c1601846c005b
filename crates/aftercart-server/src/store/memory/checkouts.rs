//! Standard checkouts beside attempts, and refunds of steps that were paid twice.
//! What says nothing here does what the port says of its name.

use super::rows::{Rows, replace, take};
use crate::attempt::{Checkout, Refund};
use jiff::{SignedDuration, Timestamp};

impl Rows {
    pub(super) fn claim_checkout(&mut self, checkout: &Checkout) -> bool {
        let is_free = !self.checkouts.iter().any(|(known, _)| known.payable.step == checkout.payable.step);
        if is_free {
            self.checkouts.push((checkout.clone(), Timestamp::UNIX_EPOCH));
            self.raise(&checkout.payable.customer);
        }
        is_free
    }

    pub(super) fn drop_unopened_checkout(&mut self, id: &str) {
        let is_it = |checkout: &Checkout| checkout.id == id && checkout.url.is_none();
        if let Some(checkout) = self.checkout_where(is_it) {
            self.checkouts.retain(|(checkout, _)| !is_it(checkout));
            self.raise(&checkout.payable.customer);
        }
    }

    pub(super) fn replace_checkout(&mut self, checkout: &Checkout) -> bool {
        let is_replaced = replace(self.checkouts_mut(), checkout);
        if is_replaced {
            self.raise(&checkout.payable.customer);
        }
        is_replaced
    }

    /// The first checkout that is wanted.
    pub(super) fn checkout_where(&self, wanted: impl Fn(&Checkout) -> bool) -> Option<Checkout> {
        self.checkouts.iter().map(|(checkout, _)| checkout).find(|checkout| wanted(checkout)).cloned()
    }

    /// Every checkout, to be changed.
    pub(super) fn checkouts_mut(&mut self) -> impl Iterator<Item = &mut Checkout> {
        self.checkouts.iter_mut().map(|(checkout, _)| checkout)
    }

    pub(super) fn take_checkout_read(&mut self, id: &str, now: Timestamp, every: SignedDuration) -> bool {
        let found = self.checkouts.iter_mut().find(|(checkout, _)| checkout.id == id);
        found.is_some_and(|(_, read_at)| take(read_at, now, every))
    }

    pub(super) fn claim_refund(&mut self, refund: &Refund) -> bool {
        let is_free = !self.refunds.iter().any(|known| known.step == refund.step);
        if is_free {
            self.refunds.push(refund.clone());
        }
        is_free
    }
}
