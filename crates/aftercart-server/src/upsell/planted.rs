//! Decisions in which the simulation plants a fault, to show that it sees it. Elsewhere there are none.

use super::Core;
use crate::attempt::Fact;
#[cfg(feature = "simulation")]
use crate::simulation::Planted;

#[cfg_attr(not(feature = "simulation"), allow(clippy::unused_self, reason = "the planted faults read it"))]
impl Core {
    /// A 200 answer to a charge means *initiated*.
    pub(super) fn fact_of_200(&self) -> Fact {
        #[cfg(feature = "simulation")]
        if self.planted == Some(Planted::Trust200) {
            let (status, as_of) = (crate::attempt::PaymentStatus::Succeeded, self.now());
            return Fact::Payment { status, as_of, code: None, link: None };
        }
        Fact::Initiated
    }

    /// So does one to a plan change.
    pub(super) fn fact_of_taken_change(&self) -> Fact {
        #[cfg(feature = "simulation")]
        if self.planted == Some(Planted::TrustChange) {
            return Fact::PlanChanged { as_of: self.now() };
        }
        Fact::Initiated
    }

    /// An accept that can be taken back waits for that.
    pub(super) fn waits_for_second_thoughts(&self) -> bool {
        #[cfg(feature = "simulation")]
        if self.planted == Some(Planted::NoWindow) {
            return false;
        }
        true
    }

    /// What is taken back is written down before it is said.
    pub(super) fn means_an_undo(&self) -> bool {
        #[cfg(feature = "simulation")]
        if self.planted == Some(Planted::EmptyUndo) {
            return false;
        }
        true
    }

    /// A price that moved is shown again.
    pub(super) fn minds_the_price(&self) -> bool {
        #[cfg(feature = "simulation")]
        if self.planted == Some(Planted::OldPrice) {
            return false;
        }
        true
    }
}
