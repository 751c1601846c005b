//! The plan that a history is about, as Dodo had it from moment to moment.

use dodo_sandbox::core::Core;
use jiff::{SignedDuration, Timestamp};

/// How it stands with the offered plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The customer has the old plan, and nothing is planned.
    Before,
    /// The new one is planned for the next renewal.
    Planned,
    /// The customer has the new one.
    After,
}

/// One subscription's past.
#[derive(Debug)]
pub(crate) struct Timeline {
    pub(crate) subscription: String,
    /// The plan that is offered.
    wanted: &'static str,
    /// Each change and its moment, the oldest first; never empty.
    seen: Vec<(Timestamp, Standing)>,
}

impl Timeline {
    /// The timeline of a subscription that begins on the old plan.
    pub(crate) fn begin(subscription: String, wanted: &'static str) -> Self {
        Self { subscription, wanted, seen: vec![(Timestamp::MIN, Standing::Before)] }
    }

    /// Looks at Dodo, which may just have changed it.
    pub(crate) fn look(&mut self, core: &Core, now: Timestamp) {
        let Ok(subscription) = core.ledger.subscription(&self.subscription) else { return };
        let standing = if subscription.product_id == self.wanted {
            Standing::After
        } else if subscription.scheduled_change.is_some() {
            Standing::Planned
        } else {
            Standing::Before
        };
        if standing != self.last() {
            self.seen.push((now, standing));
        }
    }

    pub(crate) fn last(&self) -> Standing {
        self.seen.last().map_or(Standing::Before, |(_, standing)| *standing)
    }

    /// True if it stood so at some moment up to `until`, or in the time `back` before it.
    pub(crate) fn stood(&self, standing: Standing, until: Timestamp, back: Option<SignedDuration>) -> bool {
        let from = back.map_or(Timestamp::MIN, |back| until.saturating_sub(back).unwrap_or(until));
        let ends = self.seen.iter().skip(1).map(|(at, _)| *at).chain([Timestamp::MAX]);
        let mut spans = self.seen.iter().zip(ends);
        spans.any(|((begun, seen), ended)| *seen == standing && *begun <= until && from <= ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_counts_from_its_beginning_to_the_next() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut timeline = Timeline::begin("sub_1".to_owned(), "pdt_pro");
        timeline.seen.extend([(at(100), Standing::Planned), (at(200), Standing::Before)]);
        assert!(!timeline.stood(Standing::Planned, at(99), None));
        assert!(timeline.stood(Standing::Planned, at(150), Some(SignedDuration::ZERO)));
        assert!(timeline.stood(Standing::Planned, at(300), None));
        let recent = Some(SignedDuration::from_secs(50));
        assert!(timeline.stood(Standing::Planned, at(240), recent));
        assert!(!timeline.stood(Standing::Planned, at(260), recent));
        assert!(!timeline.stood(Standing::After, at(999), None));
    }
}
