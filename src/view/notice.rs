//! A message in place of the offer.

use super::{Act, alternates};
use crate::model::{Notice, Screen, Tone};
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
    let is_off = notice.is_locked.then_some("true");
    let buttons = notice.buttons.into_iter().map(|button| {
        let click = move |_| {
            if is_off.is_none() {
                act.run(button.action);
            }
        };
        view! { <button type="button" class="action" part="action" aria-disabled=is_off on:click=click>{button.label}</button> }
    });
    let links = notice.links.into_iter().map(|link| {
        view! { <a class="link" part="link" target="_top" href=link.url.to_string()>{link.label}</a> }
    });
    view! {
        <section class=format!("card notice {tone}") part="notice" role=role>
            <span class="icon" part="icon" aria-hidden="true">{icon}</span>
            <h2 id="name" part="title" tabindex="-1" data-focus>{notice.title}</h2>
            {notice.paragraphs.into_iter().map(|text| view! { <p part="message">{text}</p> }).collect_view()}
            <div class="ways">
                {links.collect_view()}
                {buttons.collect_view()}
            </div>
        </section>
    }
}
