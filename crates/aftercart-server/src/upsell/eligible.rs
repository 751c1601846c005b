//! Whether one offer may be shown to one customer: a list of named checks.
//!
//! Showing stops at the first that fails and gives its reason; explaining shows them all. Whether there is a
//! price and a way to pay is asked of Dodo after these, and only for what is about to be shown.

use super::core::after;
use super::{Core, Refusal};
use crate::occasion::Occasion;
use crate::rules::Rule;
use aftercart_contract::Reason;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// One question about an offer and a customer, answered.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was asked.
    pub check: &'static str,
    /// What was found.
    pub seen: String,
    /// What has to be.
    pub wanted: String,
    /// Whether it is.
    pub passed: bool,
    /// What a failed one is called in the answer.
    pub reason: Reason,
    /// A decline on this very occasion leads on to the next offer.
    #[serde(skip)]
    pub(super) is_decline_here: bool,
}

impl Check {
    pub(super) fn of(
        check: &'static str,
        seen: impl Into<String>,
        wanted: impl Into<String>,
        passed: bool,
        reason: Reason,
    ) -> Self {
        Self { check, seen: seen.into(), wanted: wanted.into(), passed, reason, is_decline_here: false }
    }

    pub(super) fn has_failed(&self) -> bool {
        !self.passed
    }
}

impl Core {
    /// Everything that the store and the clock know about this offer and this customer.
    pub(super) async fn checks_of(&self, occasion: &Occasion, rule: &Rule) -> Result<Vec<Check>, Refusal> {
        let asked = [
            Some(self.not_declined(occasion, rule).await?),
            Some(self.not_ended(rule)),
            // Whether the shopper has a plan is a question to their subscription.
            match rule.change {
                Some(_) => None,
                None => Some(self.not_owned(occasion, rule).await?),
            },
            Some(self.not_shown_often(occasion, rule).await?),
        ];
        Ok(asked.into_iter().flatten().collect())
    }

    /// Declines up to this moment do not count any more; `None`: all of them count.
    pub(super) fn forgotten(&self, rule: &Rule) -> Option<Timestamp> {
        let days = SignedDuration::from_hours(24 * i64::from(rule.again_after_days?));
        self.now().checked_sub(days).ok()
    }

    async fn not_declined(&self, occasion: &Occasion, rule: &Rule) -> Result<Check, Refusal> {
        let wanted = match rule.again_after_days {
            Some(days) => format!("not declined in the last {days} days"),
            None => "never declined".to_owned(),
        };
        let Some(decline) = self.store.decline_of(&occasion.customer, &rule.id).await? else {
            return Ok(Check::of("not_declined", "never declined", wanted, true, Reason::Declined));
        };
        let is_forgotten = self.forgotten(rule).is_some_and(|forgotten| decline.declined_at <= forgotten);
        let seen = format!("declined at {} on {}", decline.declined_at, decline.occasion);
        let mut check = Check::of("not_declined", seen, wanted, is_forgotten, Reason::Declined);
        check.is_decline_here = !is_forgotten && decline.occasion == occasion.id;
        Ok(check)
    }

    fn not_ended(&self, rule: &Rule) -> Check {
        let now = self.now();
        let wanted = rule.ends_at.map_or_else(|| "no end".to_owned(), |end| format!("before {end}"));
        let passed = rule.ends_at.is_none_or(|end| now < end);
        Check::of("not_ended", now.to_string(), wanted, passed, Reason::Ended)
    }

    async fn not_owned(&self, occasion: &Occasion, rule: &Rule) -> Result<Check, Refusal> {
        let owns = self.store.owns(&occasion.customer, &rule.product).await?;
        let seen = if owns { "bought, or being bought" } else { "not bought" };
        let seen = format!("{} is {seen}", rule.product);
        Ok(Check::of("not_owned", seen, "not bought", !owns, Reason::AlreadyOwned))
    }

    async fn not_shown_often(&self, occasion: &Occasion, rule: &Rule) -> Result<Check, Refusal> {
        let times = self.store.times_shown(&occasion.customer, &rule.id).await?;
        let wanted = match rule.show_at_most {
            Some(most) => format!("shown fewer than {most} times"),
            None => "no limit".to_owned(),
        };
        let passed = rule.show_at_most.is_none_or(|most| times < u64::from(most));
        let seen = format!("shown {times} times");
        Ok(Check::of("not_shown_often", seen, wanted, passed, Reason::ShownOften))
    }

    /// Whether an id of this age still opens an offer.
    pub(super) fn fresh_check(&self, paid_at: Timestamp) -> Check {
        let until = after(paid_at, self.config.purchase_fresh);
        let seen = format!("paid at {paid_at}");
        Check::of("fresh", seen, format!("before {until}"), self.is_fresh(paid_at), Reason::TooLate)
    }
}
