//! A stage: the release widget in every situation that it knows, reached by real answers over real HTTP.
//!
//! One server is page and backend at once. A [`Situation`] says what the backend answers and what is pressed; the
//! documents are those of `fixtures/contract`. `stage.js` presses, on a page whose clock can stand still, so that
//! what is seen stays seen. The gallery, its pictures and the checks of accessibility all look at this stage.

mod backend;
mod documents;
mod pages;
mod products;
mod scene;
mod situations;
mod visit;

pub use backend::Stage;
pub use scene::{PLACEMENTS, SCHEMES, Scene, THEMES};
pub use situations::{SITUATIONS, Situation, situation};
