//! What must never happen.

use crate::shopper::Site;
use aftercart::model::{Phase, State};

/// What went wrong in a history.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) double: Vec<String>,
    pub(crate) lost: Vec<String>,
    pub(crate) untrue: Vec<String>,
    pub(crate) stuck: Vec<String>,
}

impl Verdict {
    pub(crate) fn is_good(&self) -> bool {
        [&self.double, &self.lost, &self.untrue, &self.stuck].iter().all(|list| list.is_empty())
    }
}

/// The pages, by number, that wait although there is nothing to wait for, long after the last fault.
pub(crate) fn stuck_pages(site: &Site) -> Vec<(usize, &'static str)> {
    let attempts = site.world.database.attempts();
    let is_over =
        attempts.iter().all(|attempt| attempt.is_settled || attempt.is_dead || attempt.state == "scheduled");
    let is_stuck = |state: &State| match state {
        State::Loading | State::Declining { .. } => true,
        State::Offered(sheet) => sheet.quoting().is_some(),
        State::Accepted(attempt) => match attempt.phase {
            Phase::Charging | Phase::Succeeded { calling_off: true, .. } => true,
            Phase::Unknown | Phase::Processing | Phase::Waiting { .. } => is_over,
            _ => false,
        },
        _ => false,
    };
    let stuck = site.open_pages().into_iter().filter(|(_, state)| is_stuck(state));
    stuck.map(|(number, state)| (number, state.name())).collect()
}
