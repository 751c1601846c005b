//! Whole journeys of a shopper, one file per part of the story.
//!
//! Every one of them starts a sandbox, a backend on SQLite and a browser of its own, so they run beside one another.

mod broken_backends;
mod cross_sell;
mod declining;
mod drawn;
mod early;
mod fallback;
mod guide_backends;
mod leptos_app;
mod leptos_ssr;
mod loader;
mod memory;
mod one_click;
mod page_manners;
mod plan_changes;
mod printed;
mod react;
mod second_thoughts;
mod sequence;
mod shops;
mod strict_page;
mod taking_over;
mod trial;
mod triggers;
mod uncertainty;
