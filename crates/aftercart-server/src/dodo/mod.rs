//! Dodo Payments as we need it: read payments, products and methods, quote, charge once, open a checkout.
//!
//! Requests go through the official `dodopayments` crate (address, key, time-out; see `wire.rs`). Answers are read
//! into our own small types: the crate's structs refuse a whole payment when one field of no
//! interest is missing, and a charge must not become "unknown" for that.

mod answer;
mod budget;
mod charge;
mod client;
mod documents;
#[cfg(test)]
pub(crate) mod fuzz;
mod methods;
mod refund;
mod subscription;
#[cfg_attr(
    not(feature = "simulation"),
    allow(unreachable_pub, reason = "the simulation puts its own network here")
)]
mod wire;

pub(crate) use charge::{ChargeError, Initiated};
pub(crate) use client::{Cart, Dodo, DodoError, Purpose};
pub(crate) use documents::{PayingCustomer, Payment, Preview, Product};
pub(crate) use methods::{SavedMethod, Wanted, brand_name, usable};
pub(crate) use refund::RefundError;
pub(crate) use subscription::{ChangeBody, ChangePreview, ChangeRefusal, Subscription};
pub(crate) use wire::SdkWire;
#[cfg(feature = "simulation")]
pub use wire::{Answer, Call, NoAnswer, Sends, Verb, Wire};
