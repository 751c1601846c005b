//! The state of an attempt, and the one function that changes it.
//!
//! ```text
//! claimed ─► sent ─┬─► unknown ─────┐
//!                  ├─► processing ◄─┼─► action_required ─┬─► failed ─► succeeded
//!                  └────────────────┴────────────────────┘
//! ```
//!
//! 1. **Facts in, state out.** The answer to the charge, a read-back, a search and a webhook are all
//!    [`Fact`]s; [`AttemptState::after`] is the only code that turns them into a state.
//! 2. **Monotone.** Each fact implies a state; the new state is the *greater* of it and the old one.
//!    The order is: claimed < sent < unknown < pending (processing, `action_required`) < failed <
//!    succeeded. Nothing leaves `succeeded`.
//! 3. **Order does not matter.** Taking the greater is commutative, associative and idempotent, so
//!    facts may come late, twice or shuffled. Among equals of one class the newer `as_of` (Dodo's
//!    time) wins, then a fixed order of kind and text.
//! 4. **Failed is not the end**: an attempt believed dead may turn out paid, so `succeeded` outranks
//!    it. A fallback checkout is offered in `failed` only.
//! 5. **Sent is durable before the call.** Only the request that moves `claimed` to `sent` sends the
//!    charge; from `sent` on nothing sends it again. A claim that was never sent becomes `failed`.
//! 6. **200 is not paid.** [`Fact::Initiated`] implies no more than `processing`.
//!
//! Source of the statuses: Dodo API, `IntentStatus`.

use aftercart_contract::WebUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where an attempt is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum AttemptState {
    /// The row exists and nothing was sent.
    Claimed,
    /// The charge is being sent, or the process died while sending it.
    Sent,
    /// The charge was sent and its answer is lost.
    Unknown,
    /// Dodo has it and is working.
    Processing {
        /// Dodo's time of this status.
        as_of: Timestamp,
    },
    /// The bank wants the customer.
    ActionRequired {
        /// Dodo's time of this status.
        as_of: Timestamp,
        /// Where to send the customer, if Dodo said.
        url: Option<WebUrl>,
    },
    /// Not charged, as far as Dodo knows.
    Failed {
        /// Dodo's time of this status, or ours for a refusal.
        as_of: Timestamp,
        /// Dodo's code, in Dodo's spelling. Never shown as it is.
        code: String,
    },
    /// Paid.
    Succeeded {
        /// Dodo's time of this status.
        as_of: Timestamp,
    },
}

/// Something learnt about an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    /// The charge is about to be sent.
    SendingStarted,
    /// Dodo answered 200 to the charge.
    Initiated,
    /// Dodo refused the charge before doing anything (400, 401, 403, 404, 410, 413, 415, 422, 429),
    /// or it never left this machine.
    Refused {
        /// Our time.
        at: Timestamp,
        /// Dodo's code.
        code: String,
    },
    /// Time-out, reset, 409 or 5xx: anything may have happened.
    AnswerLost,
    /// What Dodo says about the payment itself.
    Payment {
        /// Its status.
        status: PaymentStatus,
        /// Dodo's `updated_at`, else `created_at`.
        as_of: Timestamp,
        /// `error_code`.
        code: Option<String>,
        /// `payment_link`, if we may send shoppers there.
        link: Option<WebUrl>,
    },
}

/// Dodo's payment statuses, as far as they differ for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentStatus {
    /// Paid.
    Succeeded,
    /// Refused by the issuer or gateway.
    Failed,
    /// Given up by customer or merchant.
    Cancelled,
    /// A method did not work and no other was given: off-session, nobody will give one.
    RequiresPaymentMethod,
    /// 3DS or another step of the customer.
    RequiresCustomerAction,
    /// Every other word: not final, wait.
    Pending,
}

impl PaymentStatus {
    /// Reads Dodo's word. An unknown or missing word is pending, so it never means success or failure.
    pub(crate) fn parse(word: Option<&str>) -> Self {
        match word {
            Some("succeeded") => Self::Succeeded,
            Some("failed") => Self::Failed,
            Some("cancelled") => Self::Cancelled,
            Some("requires_payment_method") => Self::RequiresPaymentMethod,
            Some("requires_customer_action") => Self::RequiresCustomerAction,
            _ => Self::Pending,
        }
    }
}

impl AttemptState {
    /// The state after learning `fact`.
    #[must_use]
    pub(crate) fn after(self, fact: &Fact) -> Self {
        let implied = Self::implied_by(fact);
        if implied.order() > self.order() { implied } else { self }
    }

    /// True when no further fact is expected, so nobody needs to ask Dodo again.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self, Self::Succeeded { .. } | Self::Failed { .. })
    }

    /// Dodo's time of this status, where it has one.
    pub(crate) fn as_of(&self) -> Option<Timestamp> {
        match self {
            Self::Claimed | Self::Sent | Self::Unknown => None,
            Self::Processing { as_of }
            | Self::ActionRequired { as_of, .. }
            | Self::Failed { as_of, .. }
            | Self::Succeeded { as_of } => Some(*as_of),
        }
    }

    fn implied_by(fact: &Fact) -> Self {
        match fact {
            Fact::SendingStarted => Self::Sent,
            Fact::Initiated => Self::Processing { as_of: Timestamp::UNIX_EPOCH },
            Fact::Refused { at, code } => Self::Failed { as_of: *at, code: code.clone() },
            Fact::AnswerLost => Self::Unknown,
            Fact::Payment { status, as_of, code, link } => {
                let as_of = *as_of;
                let failed = |default: &str| {
                    let code = code.as_deref().filter(|code| !code.is_empty()).unwrap_or(default);
                    Self::Failed { as_of, code: code.to_owned() }
                };
                match status {
                    PaymentStatus::Succeeded => Self::Succeeded { as_of },
                    PaymentStatus::Failed => failed("UNKNOWN_ERROR"),
                    PaymentStatus::Cancelled => failed("CANCELLED"),
                    PaymentStatus::RequiresPaymentMethod => failed("REQUIRES_PAYMENT_METHOD"),
                    PaymentStatus::RequiresCustomerAction => {
                        Self::ActionRequired { as_of, url: link.clone() }
                    }
                    PaymentStatus::Pending => Self::Processing { as_of },
                }
            }
        }
    }

    fn order(&self) -> (u8, Timestamp, u8, &str) {
        let start = Timestamp::UNIX_EPOCH;
        match self {
            Self::Claimed => (0, start, 0, ""),
            Self::Sent => (1, start, 0, ""),
            Self::Unknown => (2, start, 0, ""),
            Self::Processing { as_of } => (3, *as_of, 0, ""),
            Self::ActionRequired { as_of, url } => (3, *as_of, 1, url.as_ref().map_or("", WebUrl::as_str)),
            Self::Failed { as_of, code } => (4, *as_of, 0, code),
            Self::Succeeded { as_of } => (5, *as_of, 0, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn payment(status: &str, second: i64) -> Fact {
        Fact::Payment {
            status: PaymentStatus::parse(Some(status)),
            as_of: at(second),
            code: (status == "failed").then(|| "INSUFFICIENT_FUNDS".to_owned()),
            link: None,
        }
    }

    fn run(facts: &[Fact]) -> AttemptState {
        facts.iter().fold(AttemptState::Claimed, AttemptState::after)
    }

    #[test]
    fn a_200_answer_is_not_success() {
        assert!(matches!(run(&[Fact::SendingStarted, Fact::Initiated]), AttemptState::Processing { .. }));
    }

    #[test]
    fn a_lost_answer_is_unknown_until_the_payment_is_seen() {
        let lost = run(&[Fact::SendingStarted, Fact::AnswerLost]);
        assert_eq!(lost, AttemptState::Unknown);
        assert!(matches!(lost.after(&payment("succeeded", 5)), AttemptState::Succeeded { .. }));
    }

    #[test]
    fn the_newer_of_two_pending_statuses_wins() {
        let asked = payment("requires_customer_action", 5);
        let working = payment("processing", 9);
        assert!(matches!(run(&[asked.clone(), working.clone()]), AttemptState::Processing { .. }));
        assert!(matches!(run(&[working, asked]), AttemptState::Processing { .. }));
    }

    #[test]
    fn every_word_of_dodo_that_is_not_final_is_waited_for() {
        for word in [
            "processing",
            "requires_confirmation",
            "requires_merchant_action",
            "requires_capture",
            "partially_captured",
            "partially_captured_and_capturable",
            "a_word_of_next_year",
        ] {
            assert!(matches!(run(&[payment(word, 1)]), AttemptState::Processing { .. }), "{word}");
        }
    }

    #[test]
    fn any_order_and_repetition_of_the_same_facts_ends_in_the_same_state() {
        let facts = [
            Fact::SendingStarted,
            Fact::AnswerLost,
            Fact::Initiated,
            payment("processing", 3),
            payment("requires_customer_action", 4),
            payment("failed", 6),
            payment("succeeded", 5),
        ];
        for count in 1..=facts.len() {
            let facts = &facts[..count];
            let expected = run(facts);
            for order in permutations(facts) {
                let doubled: Vec<_> = order.iter().chain(order.iter().rev()).cloned().collect();
                assert_eq!(run(&order), expected);
                assert_eq!(run(&doubled), expected);
            }
        }
    }

    #[test]
    fn no_fact_ever_lowers_a_state() {
        let facts = [payment("succeeded", 9), payment("failed", 20), Fact::AnswerLost, Fact::Initiated];
        assert!(matches!(run(&facts), AttemptState::Succeeded { .. }));
    }

    fn permutations(facts: &[Fact]) -> Vec<Vec<Fact>> {
        let Some((first, rest)) = facts.split_first() else { return vec![vec![]] };
        let mut all = Vec::new();
        for order in permutations(rest) {
            for at in 0..=order.len() {
                let mut longer = order.clone();
                longer.insert(at, first.clone());
                all.push(longer);
            }
        }
        all
    }
}
