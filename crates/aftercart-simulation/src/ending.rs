//! What a history came to, to see that the histories are about something.

use crate::shopper::Site;
use crate::subscription::Standing;
use jiff::Timestamp;

/// Something that a history can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// An offer was accepted and its claim stored.
    Claimed,
    /// The one-click charge was paid.
    Charged,
    /// The charge ended dead.
    Dead,
    /// It was given up on the way.
    GivenUp,
    /// A standard checkout was paid.
    CheckoutPaid,
    /// A step was paid twice and one payment given back.
    Refunded,
    /// A plan was changed, at once or at its renewal.
    PlanChanged,
    /// A change was planned for the renewal.
    PlanPlanned,
    /// A planned change was called off.
    CalledOff,
    /// An accept was taken back before it was charged.
    TakenBack,
    /// More than one offer was accepted.
    TwoAccepted,
    /// More than one of a product was agreed to.
    SeveralTaken,
}

/// All of them, in the order of the report.
pub(crate) const ENDINGS: [Ending; 12] = [
    Ending::Claimed,
    Ending::Charged,
    Ending::Dead,
    Ending::GivenUp,
    Ending::CheckoutPaid,
    Ending::Refunded,
    Ending::PlanChanged,
    Ending::PlanPlanned,
    Ending::CalledOff,
    Ending::TakenBack,
    Ending::TwoAccepted,
    Ending::SeveralTaken,
];

/// True if this history came to that.
pub(crate) fn came_to(site: &Site, ending: Ending) -> bool {
    let database = &site.world.database;
    let attempts = database.attempts();
    let was = |state: &str, is_change| {
        attempts.iter().any(|attempt| attempt.state == state && attempt.changes_plan == is_change)
    };
    let notes = site.world.notes();
    match ending {
        Ending::Claimed => !attempts.is_empty(),
        Ending::Charged => was("succeeded", false),
        Ending::Dead => attempts.iter().any(|attempt| attempt.is_dead),
        Ending::GivenUp => attempts.iter().any(|attempt| attempt.was_given_up),
        Ending::CheckoutPaid => database.checkouts().iter().any(|checkout| checkout.state == "succeeded"),
        Ending::Refunded => !database.refunds().is_empty(),
        Ending::PlanChanged => was("succeeded", true),
        Ending::PlanPlanned => {
            let planned = |timeline: &crate::subscription::Timeline| {
                timeline.stood(Standing::Planned, Timestamp::MAX, None)
            };
            notes.timeline.as_ref().is_some_and(planned)
        }
        Ending::CalledOff => was("called_off", true),
        Ending::TakenBack => attempts.iter().any(|attempt| attempt.state == "revoked"),
        Ending::TwoAccepted => attempts.len() > 1,
        Ending::SeveralTaken => notes.buttons.values().any(|button| button.quantity > 1),
    }
}
