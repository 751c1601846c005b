//! Faults that somebody asked for, waiting for the call they match.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

use super::behaviour::Behaviour;

/// What goes wrong.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Answer with a status; when `commit` is true the call has its effect first.
    Status {
        /// HTTP status, 100-599.
        status: u16,
        /// Dodo's code; the status gives one when absent.
        #[serde(default)]
        code: Option<String>,
        /// Seconds for the `Retry-After` header.
        #[serde(default)]
        retry_after: Option<u64>,
        /// Whether the call has its effect.
        #[serde(default)]
        commit: bool,
    },
    /// Cut the connection without an answer; when `commit` is true the call has its effect first.
    Drop {
        /// Whether the call has its effect.
        #[serde(default)]
        commit: bool,
    },
    /// Answer rightly, but late.
    Slow {
        /// Real milliseconds.
        ms: u64,
    },
    /// Answer rightly: the head at once, then a byte now and then.
    Trickle {
        /// Real milliseconds before each byte.
        ms: u64,
    },
    /// Answer `{"items":[]}`.
    EmptyList,
    /// Do the work, then answer 200 with JSON that ends too early.
    Malformed,
    /// The charge this call makes (a checkout, a payment, a plan change) ends like this, whatever the method's own script says.
    Outcome {
        /// The script to follow once.
        behaviour: Behaviour,
    },
}

/// A fault and the calls it is for. An absent condition matches everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultRule {
    /// Given when the rule is set.
    #[serde(default)]
    pub id: String,
    /// HTTP method, upper case.
    #[serde(default)]
    pub method: Option<String>,
    /// Exactly this path: `/checkouts` is the charge and not its preview.
    #[serde(default)]
    pub path: Option<String>,
    /// For example `/checkouts`.
    #[serde(default)]
    pub path_prefix: Option<String>,
    /// In the path, the query or the body's `customer`, or the subscriber of a subscription in the path.
    #[serde(default)]
    pub customer_id: Option<String>,
    /// How many more calls it is for; not counted beside a chance.
    #[serde(default = "once")]
    pub times: u32,
    /// Of so many in a thousand matching calls, drawn from the seed; the rule then stays until it is taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<u16>,
    /// What goes wrong.
    pub fault: Fault,
}

fn once() -> u32 {
    1
}

/// What of a call decides which rule it meets.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) customer_id: Option<&'a str>,
}

/// The rules that are set, oldest first; the first that matches, and whose chance comes up, is used.
#[derive(Debug)]
pub struct Faults {
    /// Rules with at least one use left.
    pub rules: Vec<FaultRule>,
    /// Apart from the source of ids, which chances therefore do not change.
    chances: Rng,
}

impl Faults {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { rules: Vec::new(), chances: Rng::with_seed(seed) }
    }

    /// Uses up one turn of the first rule that matches.
    pub(crate) fn take(&mut self, call: &Call<'_>) -> Option<Fault> {
        let Self { rules, chances } = self;
        let comes_up = |rule: &FaultRule, chances: &mut Rng| {
            rule.chance.is_none_or(|per_mille| chances.u16(..1000) < per_mille)
        };
        let index = rules.iter().position(|rule| rule.matches(call) && comes_up(rule, chances))?;
        let rule = rules.get_mut(index)?;
        if rule.chance.is_none() {
            rule.times = rule.times.saturating_sub(1);
        }
        let fault = rule.fault.clone();
        self.rules.retain(|rule| rule.times > 0 || rule.chance.is_some());
        Some(fault)
    }
}

impl FaultRule {
    fn matches(&self, call: &Call<'_>) -> bool {
        let is_charge =
            matches!(call.path, "/checkouts" | "/payments") || call.path.ends_with("/change-plan");
        let charges = call.method == "POST" && is_charge;
        self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(call.method))
            && self.path.as_deref().is_none_or(|path| path == call.path)
            && self.path_prefix.as_deref().is_none_or(|prefix| call.path.starts_with(prefix))
            && (self.customer_id.is_none() || self.customer_id.as_deref() == call.customer_id)
            && (charges || !matches!(self.fault, Fault::Outcome { .. }))
    }
}

impl Fault {
    /// The fault in words, for the panel and the log.
    pub fn words(&self) -> String {
        let effect = |commit: &bool| if *commit { " after the effect" } else { ", no effect" };
        match self {
            Self::Status { status, commit, .. } => format!("answer {status}{}", effect(commit)),
            Self::Drop { commit } => format!("cut the connection{}", effect(commit)),
            Self::Slow { ms } => format!("answer after {ms} ms"),
            Self::Trickle { ms } => format!("answer a byte every {ms} ms"),
            Self::EmptyList => "answer an empty list".into(),
            Self::Malformed => "answer broken JSON".into(),
            Self::Outcome { behaviour } => format!("the charge {}", behaviour.words()),
        }
    }
}
