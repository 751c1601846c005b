//! A message in place of the offer.

use super::{Act, alternates};
use crate::model::{Notice, NoticeAction, Screen, Tone};
use crate::shell::Action;
use leptos::either::Either;
use leptos::prelude::*;

/// A message: under way, paid, not paid, declined, run out.
#[component]
pub(super) fn NoticeView(screen: RwSignal<Screen>, act: Act) -> impl IntoView {
    let notice = Memo::new(move |last: Option<&Option<Notice>>| {
        screen.with(|screen| match screen {
            Screen::Notice(notice) => Some(notice.clone()),
            _ => last.cloned().flatten(),
        })
    });
    let is_odd = alternates(move || notice.with(|notice| notice.as_ref().map(|notice| notice.title.clone())));
    move || {
        let message = notice.get().map(|notice| message(notice, act));
        if is_odd.get() { Either::Left(message) } else { Either::Right(message) }
    }
}

fn message(notice: Notice, act: Act) -> impl IntoView {
    // A failure interrupts a screen reader; the rest is said by the widget's own live region.
    let (tone, icon, role) = match notice.tone {
        Tone::Calm => ("calm", "", None),
        Tone::Waiting => ("waiting", "", None),
        Tone::Good => ("good", "✓", None),
        Tone::Bad => ("bad", "!", Some("alert")),
    };
    let button = notice.action.map(|action| {
        let (label, action) = match action {
            NoticeAction::Stay(label) => (label, Action::Stay),
            NoticeAction::Refresh(label) => (label, Action::Refresh),
            NoticeAction::Close(label) => (label, Action::Close),
        };
        view! { <button type="button" class="action" part="action" on:click=move |_| act.run(action)>{label}</button> }
    });
    view! {
        <section class=format!("card notice {tone}") part="notice" role=role>
            <span class="icon" part="icon" aria-hidden="true">{icon}</span>
            <h2 part="title" tabindex="-1" data-focus>{notice.title}</h2>
            {notice.paragraphs.into_iter().map(|text| view! { <p part="message">{text}</p> }).collect_view()}
            <div class="ways">
                {notice.link.map(|link| view! { <a class="link" part="link" target="_top" href=link.url.to_string()>{link.label}</a> })}
                {button}
            </div>
        </section>
    }
}
