//! The questions, each answered with its document.

use super::{AttemptLine, AttemptList, AttemptStory, OfferList, RefundLine, RefundList, Resolution, STATES};
use crate::attempt::{Attempt, Refund};
use crate::upsell::{Core, Refusal, Unresolved};
use jiff::SignedDuration;

/// At most so many rows in one answer.
const MOST: u32 = 1_000;

/// So many days are looked back on, if nobody says how many, and at most.
pub(crate) const DAYS: (u32, std::ops::RangeInclusive<u32>) = (30, 1..=3_650);

/// The states that these words name, as they are stored; the word that is none.
pub(crate) fn states<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'static str>, &'a str> {
    let mut found = Vec::new();
    for word in words {
        let state = STATES.iter().find(|state| **state == word).ok_or(word)?;
        if !found.contains(state) {
            found.push(*state);
        }
    }
    Ok(found)
}

/// The newest attempts in one of these states, or in any if none is named.
pub(crate) async fn attempts(core: &Core, states: &[&str], limit: u32) -> Result<AttemptList, Refusal> {
    let found = core.attempts(states, limit.min(MOST)).await?;
    let at = core.now();
    let line = |(attempt, refund): &(Attempt, Option<Refund>)| AttemptLine::of(attempt, refund.as_ref(), at);
    Ok(AttemptList { at, attempts: found.iter().map(line).collect() })
}

/// Everything about one attempt.
pub(crate) async fn story(core: &Core, id: &str) -> Result<AttemptStory, Unresolved> {
    Ok(AttemptStory::of(&core.story(id).await?, core.now()))
}

/// Takes the operator's word and answers the attempt as it is then.
pub(crate) async fn resolve(
    core: &Core,
    id: &str,
    resolution: &Resolution,
    reason: &str,
) -> Result<AttemptStory, Unresolved> {
    let resolved = core.resolve(id, resolution, reason).await?;
    story(core, &resolved.id).await
}

/// The newest refunds.
pub(crate) async fn refunds(core: &Core, limit: u32) -> Result<RefundList, Refusal> {
    let found = core.store.list_refunds(limit.min(MOST)).await?;
    let at = core.now();
    Ok(RefundList { at, refunds: found.iter().map(|refund| RefundLine::of(refund, at)).collect() })
}

/// What became of every offer in the last days.
pub(crate) async fn offers(core: &Core, days: u32) -> Result<OfferList, Refusal> {
    let at = core.now();
    let since = at - SignedDuration::from_hours(24 * i64::from(days));
    let kept_since = core.config.keep.map_or(since, |keep| at - keep);
    let figures = core.store.figures(since).await?;
    Ok(OfferList::of(&core.book, &figures, at, [since, since.max(kept_since)]))
}
