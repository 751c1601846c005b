//! Offers made ready, and the revisions that say whether they still hold.
//! What says nothing here does what the port says of its name.

use super::rows::Rows;
use crate::store::PreparedOffer;
use aftercart_contract::{CustomerId, Subject};
use jiff::Timestamp;

impl Rows {
    /// Something changed that this customer's offers depend on. In a database the tables themselves do this.
    pub(super) fn raise(&mut self, customer: &CustomerId) {
        *self.revisions.entry(customer.clone()).or_default() += 1;
    }

    pub(super) fn revision_of(&self, customer: &CustomerId) -> i64 {
        self.revisions.get(customer).copied().unwrap_or_default()
    }

    pub(super) fn prepared_for(&self, subject: &Subject) -> Option<PreparedOffer> {
        let is_for = |made: &&PreparedOffer| match subject {
            Subject::Customer(customer) => made.is_newest && made.customer == *customer,
            Subject::Payment(payment) => made.occasion.purchase() == Some(payment),
        };
        let holds = |made: &&PreparedOffer| made.revision == self.revision_of(&made.customer);
        self.prepared.iter().filter(is_for).find(holds).cloned()
    }

    pub(super) fn put_prepared(&mut self, made: &PreparedOffer) {
        match self.prepared.iter_mut().find(|known| known.occasion == made.occasion) {
            Some(known) if known.revision <= made.revision => *known = made.clone(),
            Some(_) => {}
            None => self.prepared.push(made.clone()),
        }
    }

    pub(super) fn lease_prepared(&mut self, now: Timestamp, until: Timestamp) -> Vec<PreparedOffer> {
        let is_due = |made: &&mut PreparedOffer| made.look_at.is_some_and(|at| at <= now);
        let due = self.prepared.iter_mut().filter(is_due);
        due.map(|made| {
            made.look_at = Some(until);
            made.clone()
        })
        .collect()
    }
}
