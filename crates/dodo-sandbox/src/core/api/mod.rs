//! Dodo's REST API as a function from a request to an answer.

mod answer;
mod checkouts;
mod customers;
mod payments;
mod products;
mod query;
mod refunds;
mod request;
mod route;
mod subscriptions;

pub use answer::Answer;
pub use request::ApiRequest;
