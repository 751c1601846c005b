//! The offer flow as a pure state machine: no DOM, clock, randomness or network.
//!
//! [`update()`] takes a [`State`] and an [`Event`] and answers the next state with the [`Effect`]s that
//! the shell shall perform. [`view_model()`] says what a state looks like. Time, keys and answers arrive
//! as events. Invariants, proved by `tests/model_walk.rs`:
//!
//! 1. For one offer token at most one [`Effect::PostAccept`] is ever asked for.
//! 2. A state that may have charged leads to no checkout until the attempt is known dead.
//! 3. Every state has a way out.

mod action;
mod attempt;
mod effect;
mod event;
mod memory;
mod offered;
mod recovery;
mod revocation;
mod screen;
mod sheet;
mod state;
mod update;
mod view_model;
mod words;

pub use action::{Action, DeclineReason};
pub use effect::{Effect, HostEvent, Timer};
pub use event::{AcceptError, Event, LoadError, StatusError};
pub use memory::{recall, recall_next};
pub use recovery::{read_accept, read_decline, read_offer, read_revoke, read_status};
pub use screen::{
    Button, Choice, Choices, Consent, Line, Link, Notice, OfferCard, Plan, Screen, Stepper, Tone,
};
pub use sheet::{Remark, Sheet};
pub use state::{Attempt, Hidden, Origin, Phase, State};
pub use update::update;
pub use view_model::view_model;
