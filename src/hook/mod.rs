//! `use_upsell`: the offer in a view of one's own, with the money logic of the widget behind it.
//!
//! The application gets finished words ([`Shown`]) and draws them. What it may ask for hangs on what is
//! shown: only a [`ShownOffer`] can be accepted, and while a charge runs there is none. Rules:
//!
//! 1. An action means what the shopper saw. On a card whose amounts or words have changed since it was
//!    drawn, [`ShownOffer::accept`] does nothing.
//! 2. Everything else is the model's: one accept per token, no retry, no accept while a price is awaited
//!    or the tick is missing, a status asked for until it is known.
//! 3. Events go out at the document under the names that `<aftercart-offer>` uses; `aftercart-accept` and
//!    `aftercart-redirect` can be prevented.

#[cfg(feature = "browser")]
mod visit;
#[cfg(not(feature = "browser"))]
#[path = "visit_on_server.rs"]
mod visit;

mod settings;
mod shown;

use crate::model::{Action, Screen};
use leptos::prelude::*;
pub use settings::UpsellSettings;
pub use shown::{Shown, ShownNotice, ShownOffer};
use visit::Visit;

/// One visit, as an own view sees it. Ends with the reactive owner that it was made under.
#[derive(Clone, Copy)]
pub struct Upsell {
    /// What to draw now; changes with every answer and every choice.
    pub shown: Signal<Shown>,
    /// The name of the state, as `data-state` of `<aftercart-offer>` has it: `succeeded`.
    pub state: Signal<&'static str>,
    /// The BCP 47 tag of the words, for the `lang` attribute of the view.
    pub lang: Signal<String>,
    /// Their direction, `ltr` or `rtl`, for its `dir` attribute.
    pub dir: Signal<&'static str>,
    visit: Visit,
}

/// Asks for an offer and follows it to its end; the application draws what is [`Shown`].
///
/// Settings are read once. On a server, and until the application is hydrated, [`Shown::Loading`].
///
/// ```no_run
/// use aftercart::{Shown, UpsellSettings, use_upsell};
/// use leptos::prelude::*;
///
/// #[component]
/// fn OneMoreThing() -> impl IntoView {
///     let upsell = use_upsell(UpsellSettings::default());
///     move || match upsell.shown.get() {
///         Shown::Loading | Shown::Nothing | Shown::Unavailable => ().into_any(),
///         Shown::Offer(offer) => {
///             let card = offer.card().clone();
///             let no = offer.clone();
///             view! {
///                 <h2>{card.name}</h2>
///                 <button on:click=move |_| offer.accept()>{card.accept}</button>
///                 <button on:click=move |_| no.decline()>{card.decline}</button>
///             }
///             .into_any()
///         }
///         Shown::Busy(card) => view! { <p role="status">{card.busy}</p> }.into_any(),
///         Shown::Notice(notice) => view! { <p role="status">{notice.notice().title.clone()}</p> }.into_any(),
///     }
/// }
/// ```
///
/// Accepting without an offer does not compile:
///
/// ```compile_fail,E0599
/// # use aftercart::{UpsellSettings, use_upsell};
/// use_upsell(UpsellSettings::default()).accept();
/// ```
///
/// Nor does accepting what is being charged already:
///
/// ```compile_fail,E0599
/// # use aftercart::{Shown, Upsell};
/// # use leptos::prelude::Get;
/// # fn twice(upsell: Upsell) {
/// if let Shown::Busy(card) = upsell.shown.get() {
///     card.accept();
/// }
/// # }
/// ```
pub fn use_upsell(settings: UpsellSettings) -> Upsell {
    let screen = RwSignal::new(Screen::Skeleton);
    let state = RwSignal::new("loading");
    let speech = RwSignal::new(("en".to_owned(), "ltr"));
    let visit = Visit::begin(settings, screen, state, speech);
    Upsell {
        shown: Signal::derive(move || Shown::of(screen.get(), state.get(), Hand { screen, visit })),
        state: state.into(),
        lang: Signal::derive(move || speech.with(|(lang, _)| lang.clone())),
        dir: Signal::derive(move || speech.with(|(_, dir)| *dir)),
        visit,
    }
}

impl Upsell {
    /// Asks for a fresh offer; does nothing once an accept was sent.
    pub fn refresh(&self) {
        self.visit.act(Action::Refresh);
    }
}

/// Acts on a visit as long as the screen is what was meant.
#[derive(Clone, Copy)]
struct Hand {
    screen: RwSignal<Screen>,
    visit: Visit,
}

impl Hand {
    /// Runs `action` if the screen still is what `is_meant` wants. After the visit's end it is nothing.
    fn act_if(self, is_meant: impl FnOnce(&Screen) -> bool, action: Action) {
        if self.screen.try_with_untracked(is_meant) == Some(true) {
            self.visit.act(action);
        }
    }
}
