//! `aftercart-server doctor` on a running server: everything well, then one broken thing at a time.

mod dodo;
mod installation;
mod page;
mod proxy;
mod public;
mod whole;
