//! The routes. Each file is one of them, or one rule that holds for all.

mod assets;
mod bearer;
mod body;
mod form;
#[cfg(test)]
mod fuzz;
mod gate;
mod health;
mod locale;
mod merchant;
mod metrics;
mod offers;
mod operator;
mod page;
mod painted;
mod problem;
mod reply;
mod router;
mod subject;
mod tokens;
mod triggers;
mod webhooks;

pub(crate) use painted::printed;
pub(crate) use router::{Shared, router};
