//! What all parts of a history share: Dodo, the database, chance, time, and the notes of what happened.

use crate::notes::Notes;
use crate::plan::{Fault, Faults, Plan};
use aftercart_server::simulation::Database;
use dodo_sandbox::DeclineMode;
use dodo_sandbox::core::{Core, Dispatch, Moment, Settings};
use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The moment at which every history begins.
const BEGIN: i64 = 1_790_000_000;

/// One history's world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) database: Database,
    /// Wakes the sender of webhooks.
    pub(crate) dodo_moved: Notify,
    dodo: Mutex<Core>,
    chance: Mutex<Rng>,
    notes: Mutex<Notes>,
    began: Instant,
}

impl World {
    pub(crate) fn new(seed: u64, is_traced: bool) -> Arc<Self> {
        let mut rng = Rng::with_seed(seed);
        let plan = Plan::of(&mut rng);
        let settings = Settings {
            base_url: "http://127.0.0.1:4010".to_owned(),
            api_key: dodo_sandbox::DEFAULT_API_KEY.to_owned(),
            decline_mode: if rng.bool() { DeclineMode::Recorded } else { DeclineMode::PaymentRequired },
            require_billing_address_on_confirm: false,
            proration: dodo_sandbox::Proration::Current,
            strict_scheduled_modes: false,
            seed: rng.u64(..),
        };
        let mut core = Core::new(settings, Moment { at: begin(), elapsed: Duration::ZERO });
        core.outbox.endpoint = Some("http://127.0.0.1:4020/webhooks/dodo".to_owned());
        if plan.faults.has(Fault::WebhookStorm) {
            (core.outbox.duplicates, core.outbox.shuffles) = (true, true);
        }
        let notes = Notes { trace: is_traced.then(Vec::new), ..Notes::default() };
        Arc::new(Self {
            plan,
            database: Database::default(),
            dodo_moved: Notify::new(),
            dodo: Mutex::new(core),
            chance: Mutex::new(rng),
            notes: Mutex::new(notes),
            began: Instant::now(),
        })
    }

    /// True time: Dodo's clock.
    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.began.elapsed()).unwrap_or_default();
        begin().saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    /// Uses Dodo, and lets its webhooks go.
    pub(crate) fn dodo<T>(&self, call: impl FnOnce(&mut Core, Moment) -> T) -> T {
        let moment = Moment { at: self.now(), elapsed: self.began.elapsed() };
        let mut core = lock(&self.dodo);
        core.tick(moment);
        let answer = call(&mut core, moment);
        self.notes().see(&core, moment.at);
        drop(core);
        self.dodo_moved.notify_one();
        answer
    }

    /// What Dodo owes now, and how long until it owes something again.
    pub(crate) fn due_webhooks(&self) -> (Vec<Dispatch>, Option<Duration>) {
        let moment = Moment { at: self.now(), elapsed: self.began.elapsed() };
        let mut core = lock(&self.dodo);
        core.tick(moment);
        self.notes().see(&core, moment.at);
        let due = core.take_due(moment);
        let next = core.next_due().map(|due| due.saturating_sub(moment.elapsed));
        (due, next.map(|wait| wait.max(Duration::from_millis(1))))
    }

    /// Looks at Dodo without touching it.
    pub(crate) fn ledger<T>(&self, look: impl FnOnce(&Core) -> T) -> T {
        look(&lock(&self.dodo))
    }

    /// True, and counted, if this fault strikes now.
    pub(crate) fn strikes(&self, fault: Fault) -> bool {
        self.strikes_at(fault, false)
    }

    /// As [`World::strikes`], at a call that moves money or at any other.
    pub(crate) fn strikes_at(&self, fault: Fault, is_charge: bool) -> bool {
        if !self.plan.faults.has(fault) || self.notes().calm {
            return false;
        }
        let strikes = lock(&self.chance).u32(..1000) < fault.chance(is_charge);
        if strikes {
            self.hit(fault);
        }
        strikes
    }

    /// Counts a fault that struck.
    pub(crate) fn hit(&self, fault: Fault) {
        self.notes().hits.add(fault);
        self.note(|| format!("fault {fault:?}"));
    }

    /// A number below `limit`.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        lock(&self.chance).u64(..limit.max(1))
    }

    /// A time of up to `ms` milliseconds.
    pub(crate) fn up_to(&self, ms: u64) -> Duration {
        Duration::from_millis(self.below(ms))
    }

    /// From now on nothing goes wrong any more, except that webhooks that never come stay away.
    pub(crate) fn calm_down(&self) {
        self.notes().calm = true;
        self.note(|| "the faults end".to_owned());
    }

    pub(crate) fn note(&self, words: impl FnOnce() -> String) {
        let elapsed = self.began.elapsed();
        if let Some(trace) = &mut self.notes().trace {
            trace.push(format!("{:>10.3} {}", elapsed.as_secs_f64(), words()));
        }
    }

    /// A shopper was told something else than the ledger says.
    pub(crate) fn tell_untrue(&self, words: String) {
        self.note(|| format!("UNTRUE {words}"));
        self.notes().untrue.push(words);
    }

    /// What happened so far.
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        lock(&self.notes)
    }

    /// The number of a message that leaves now.
    pub(crate) fn departs(&self) -> u64 {
        let mut notes = self.notes();
        notes.sent += 1;
        notes.sent
    }

    /// The message of this number arrives: counted if a later one was faster.
    pub(crate) fn arrives(&self, number: u64) {
        let is_overtaken = {
            let mut notes = self.notes();
            let is_overtaken = number < notes.newest_arrival;
            notes.newest_arrival = notes.newest_arrival.max(number);
            is_overtaken
        };
        if is_overtaken {
            self.hit(Fault::Reorder);
        }
    }

    pub(crate) fn hits(&self) -> Faults {
        self.notes().hits
    }

    pub(crate) fn take_trace(&self) -> Vec<String> {
        self.notes().trace.take().unwrap_or_default()
    }
}

fn begin() -> Timestamp {
    Timestamp::from_second(BEGIN).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
