//! The sandbox over real HTTP.

mod bad_input;
mod control;
mod core;
mod faults;
mod fixtures;
mod hosted_page;
mod official_crate;
mod scenarios;
mod start;
mod support;
mod webhooks;
