//! Leptos components, one per thing seen. They read a [`Screen`] and send [`Action`]s; nothing else.
//!
//! Page-wide parts of Leptos (`Resource`, `Suspense`, `ErrorBoundary`, server functions, event
//! delegation) are absent on purpose: several widgets and a host app may share one page.

#![allow(unreachable_pub, reason = "#[component] writes public props")]

mod controls;
mod notice;
mod offer;

use crate::model::{Action, Screen, Tone};
use leptos::either::Either;
use leptos::prelude::*;
use notice::NoticeView;
use offer::OfferView;

/// Sends what the shopper did.
pub(crate) type Act = UnsyncCallback<Action>;

/// Which component a screen needs. A change inside one kind keeps its elements and their focus.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Skeleton,
    Offer,
    Notice,
}

/// The whole widget; in a `dialog` element where the host wants one. The shell opens and closes that.
#[component]
pub(crate) fn Widget(screen: RwSignal<Screen>, act: Act, is_dialog: bool) -> impl IntoView {
    let kind = Memo::new(move |_| {
        screen.with(|screen| match screen {
            Screen::Nothing => Kind::Nothing,
            Screen::Skeleton => Kind::Skeleton,
            Screen::Offer(_) => Kind::Offer,
            Screen::Notice(_) => Kind::Notice,
        })
    });
    let announcement = move || {
        screen.with(|screen| match screen {
            Screen::Offer(card) => card.announcement.clone().unwrap_or_default(),
            Screen::Notice(notice) if notice.tone != Tone::Bad => notice.title.clone(),
            _ => String::new(),
        })
    };
    let content = view! {
        {move || match kind.get() {
            Kind::Nothing => ().into_any(),
            Kind::Skeleton => view! { <div class="card skeleton" part="skeleton" tabindex="-1" data-focus></div> }.into_any(),
            Kind::Offer => view! { <OfferView screen act/> }.into_any(),
            Kind::Notice => view! { <NoticeView screen act/> }.into_any(),
        }}
        <p class="spoken" role="status">{announcement}</p>
    }
    .into_any();
    if !is_dialog {
        return Either::Left(content);
    }
    // The model decides whether it closes: while a charge runs it does not.
    let escape = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            act.run(Action::Close);
        }
    };
    let stay = |event: web_sys::Event| event.prevent_default();
    Either::Right(view! {
        <dialog part="dialog" aria-labelledby="name" closedby="none" on:keydown=escape on:cancel=stay>
            {content}
        </dialog>
    })
}

/// Turns over whenever `key` changes, to choose between the sides of an `Either`.
///
/// What changes sides is drawn with new elements. Written into the old ones, a longer text would move
/// its neighbours, and browsers count that as layout shift; new elements have not moved.
fn alternates<K: PartialEq + Send + Sync + 'static>(
    key: impl Fn() -> K + Send + Sync + 'static,
) -> Memo<bool> {
    let turn = Memo::new(move |last: Option<&(K, bool)>| {
        let key = key();
        let is_odd = last.is_some_and(|(before, is_odd)| if *before == key { *is_odd } else { !*is_odd });
        (key, is_odd)
    });
    Memo::new(move |_| turn.with(|(_, is_odd)| *is_odd))
}
