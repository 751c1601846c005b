//! A message in place of the offer.

use super::Act;
use crate::model::{Notice, NoticeAction, Screen, Tone};
use crate::shell::Action;
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
    move || notice.get().map(|notice| message(notice, act))
}

fn message(notice: Notice, act: Act) -> impl IntoView {
    // Failure interrupts a screen reader, the rest waits for a pause.
    let (tone, icon, role) = match notice.tone {
        Tone::Calm => ("calm", "", "status"),
        Tone::Waiting => ("waiting", "", "status"),
        Tone::Good => ("good", "✓", "status"),
        Tone::Bad => ("bad", "!", "alert"),
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
                {notice.link.map(|link| view! { <a class="link" part="link" href=link.url.to_string()>{link.label}</a> })}
                {button}
            </div>
        </section>
    }
}
