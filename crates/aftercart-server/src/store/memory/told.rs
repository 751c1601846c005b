//! What others told: the merchant's triggers, shoppers' declines, pages' reports.
//! What says nothing here does what the port says of its name.

use super::rows::{Rows, Shown};
use crate::attempt::Step;
use crate::occasion::Trigger;
use crate::store::port::{Decline, MOST_REPORTS};
use aftercart_contract::{CustomerId, EventBatch, EventName, OfferId};
use jiff::Timestamp;

impl Rows {
    pub(super) fn put_trigger(&mut self, trigger: &Trigger) -> (Trigger, bool) {
        let known = self.triggers.iter().find(|known| known.key.is_some() && known.key == trigger.key);
        if let Some(known) = known {
            return (known.clone(), false);
        }
        self.triggers.push(trigger.clone());
        self.raise(&trigger.customer);
        (trigger.clone(), true)
    }

    pub(super) fn triggers_of(&self, customer: &CustomerId) -> Vec<Trigger> {
        let own = self.triggers.iter().filter(|trigger| trigger.customer == *customer);
        let mut own: Vec<_> = own.cloned().collect();
        own.sort_by(|a, b| (b.told_at, b.id.as_str()).cmp(&(a.told_at, a.id.as_str())));
        own.truncate(10);
        own
    }

    pub(super) fn put_decline(
        &mut self,
        customer: &CustomerId,
        step: &Step,
        reason: Option<&str>,
        now: Timestamp,
        forgotten: Option<Timestamp>,
    ) {
        let reason = reason.map(str::to_owned);
        let new = Decline { occasion: step.occasion.clone(), reason, declined_at: now };
        let found = self.declines.iter_mut().find(|(of, offer, _)| of == customer && *offer == step.offer);
        match found {
            None => self.declines.push((customer.clone(), step.offer.clone(), new)),
            Some((_, _, known)) if forgotten.is_some_and(|forgotten| known.declined_at <= forgotten) => {
                *known = new;
            }
            Some((_, _, known)) => known.reason = known.reason.take().or(new.reason),
        }
        self.raise(customer);
    }

    pub(super) fn decline_of(&self, customer: &CustomerId, offer: &OfferId) -> Option<Decline> {
        let found = self.declines.iter().find(|(known, declined, _)| known == customer && declined == offer);
        found.map(|(_, _, decline)| decline.clone())
    }

    pub(super) fn put_events(
        &mut self,
        subject: &str,
        customer: Option<&CustomerId>,
        batch: &EventBatch,
        counts: bool,
        now: Timestamp,
    ) {
        let known = customer.map_or(0, |customer| self.times_shown(customer, &batch.offer_id));
        let room = usize::try_from(u64::from(MOST_REPORTS).saturating_sub(known)).unwrap_or_default();
        let shown = batch.events.iter().filter(|event| event.name == EventName::Shown).take(room);
        let row = Shown {
            offer: batch.offer_id.clone(),
            subject: subject.to_owned(),
            customer: customer.cloned(),
            at: now,
        };
        self.shown.extend(std::iter::repeat_n(row, shown.count()));
        if let Some(customer) = customer.filter(|_| counts) {
            self.raise(customer);
        }
    }

    pub(super) fn times_shown(&self, customer: &CustomerId, offer: &OfferId) -> u64 {
        let shown = self.shown.iter().filter(|shown| shown.customer.as_ref() == Some(customer));
        shown.filter(|shown| shown.offer == *offer).count() as u64
    }
}
