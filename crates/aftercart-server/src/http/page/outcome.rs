//! `GET {endpoint}/{pay_…}/outcome?offer_id=`: how an accepted offer went, as a page.
//!
//! Reached from a form post. Knows what `status` knows and needs what `status` needs: the purchase is
//! fresh, or the form left a token in a cookie; none is in the address. While nothing is final, the browser asks
//! again by itself.

use super::frame::{Told, page};
use super::words::Language;
use crate::config::Config;
use crate::http::form::left_token;
use crate::http::locale::wish;
use crate::http::problem::malformed;
use crate::http::router::Shared;
use crate::http::subject::ForSubject;
use crate::shopper::{money_text, sentence, sentences};
use crate::upsell::Refusal;
use aftercart_contract::{Money, OfferId, Outcome, PlanChange, Receipt, Subject, WebUrl};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// The keys of `locales/` that are said here.
#[cfg(test)]
pub(super) const BORROWED: [&str; 25] = [
    "declined_title",
    "declined_text",
    "revoked_title",
    "revoked_text",
    "card",
    "succeeded_title",
    "succeeded_title_plain",
    "succeeded_text",
    "succeeded_text_method",
    "succeeded_text_plain",
    "changed_title",
    "changed_text",
    "changed_later_title",
    "changed_later_text",
    "changed_credit",
    "processing_title",
    "processing_text",
    "unknown_title",
    "unknown_text",
    "action_title",
    "action_text_stay",
    "action_link",
    "failed_title",
    "failed_checkout",
    "failed_link",
];

#[derive(Deserialize)]
pub(in crate::http) struct OutcomeQuery {
    offer_id: OfferId,
    locale: Option<String>,
}

/// The page, or a problem that [`super::for_people`] turns into one.
pub(in crate::http) async fn outcome(
    State(shared): State<Shared>,
    ForSubject(subject): ForSubject,
    query: Result<Query<OutcomeQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let Query(query) = query.map_err(|_| malformed("`offer_id` is needed: which offer's outcome?"))?;
    let locale = wish(query.locale.as_deref()).unwrap_or_else(|| "en".to_owned());
    let config = &shared.core.config;
    let told = match shared.core.status(&subject, &query.offer_id, left_token(&headers)).await {
        Ok(outcome) => told(&outcome.settled(), &locale, config),
        Err(Refusal::NotAccepted) if has_declined(&shared, &subject, &query.offer_id).await? => {
            say(&locale, config, "declined_title", "declined_text")
        }
        Err(refusal) => return Err(refusal.into_response()),
    };
    Ok(page(&told, Language::of(Some(&locale))))
}

async fn has_declined(shared: &Shared, subject: &Subject, offer: &OfferId) -> Result<bool, Response> {
    shared.core.has_declined(subject, offer).await.map_err(IntoResponse::into_response)
}

fn say(locale: &str, config: &Config, title: &str, text: &str) -> Told {
    let language = Language::of(Some(locale));
    Told {
        status: StatusCode::OK,
        title: language.words(title).to_owned(),
        text: language.words(text).to_owned(),
        link: None,
        shop: config.success_url.as_ref().map(ToString::to_string),
        again_in: None,
    }
}

fn told(outcome: &Outcome, locale: &str, config: &Config) -> Told {
    let language = Language::of(Some(locale));
    let say = |title: &str, text: &str| say(locale, config, title, text);
    let way = |url: &WebUrl, words: &str| {
        config.may_send_to(url).then(|| (url.to_string(), language.words(words).to_owned()))
    };
    match outcome {
        Outcome::Succeeded { receipt: None, change: Some(change), .. } => {
            let (title, text) = changed(change, language);
            Told { title, text, ..say("changed_title", "changed_text") }
        }
        Outcome::Succeeded { receipt: None, .. } => say("succeeded_title_plain", "succeeded_text_plain"),
        Outcome::Succeeded { receipt: Some(receipt), .. } => {
            let (title, text) = thanks(receipt, locale);
            Told { title, text, ..say("succeeded_title", "succeeded_text") }
        }
        Outcome::ActionRequired { url } => {
            Told { link: way(url, "action_link"), ..say("action_title", "action_text_stay") }
        }
        Outcome::Failed(failure) => {
            let link = failure.checkout_url.as_ref().and_then(|url| way(url, "failed_link"));
            let mut text = sentence(&failure.code, locale);
            if link.is_some() {
                text = sentences(locale, [text.as_str(), language.words("failed_checkout")]);
            }
            Told { text, link, ..say("failed_title", "failed_checkout") }
        }
        Outcome::Unknown { poll_after_ms } => {
            Told { again_in: Some(seconds(*poll_after_ms)), ..say("unknown_title", "unknown_text") }
        }
        Outcome::Processing { poll_after_ms } | Outcome::Waiting { poll_after_ms, .. } => {
            Told { again_in: Some(seconds(*poll_after_ms)), ..say("processing_title", "processing_text") }
        }
        Outcome::Revoked => say("revoked_title", "revoked_text"),
        // Neither is ever a status: the one is settled, the other is an answer to a click.
        Outcome::AlreadyAccepted { .. } | Outcome::Requote { .. } => {
            Told { again_in: Some(seconds(0)), ..say("unknown_title", "unknown_text") }
        }
    }
}

/// A page that loads anew asks less often than a script.
fn seconds(poll_after_ms: u32) -> u32 {
    poll_after_ms.div_ceil(1000).max(3)
}

/// A plan change that charged nothing: made, or planned for a day.
fn changed(change: &PlanChange, language: Language) -> (String, String) {
    let day = change.effective_at.as_ref().and_then(|at| at.as_str().get(..10)).unwrap_or_default();
    let day = change.effective_on.as_deref().unwrap_or(day);
    let (title, text) = if change.is_scheduled {
        (language.words("changed_later_title"), language.words("changed_later_text"))
    } else {
        (language.words("changed_title"), language.words("changed_text"))
    };
    let filled = |words: &str| words.replace("{plan}", &change.product_name).replace("{date}", day);
    let credit = change.credit_granted.as_ref();
    let credit = credit.map(|amount| language.words("changed_credit").replace("{amount}", amount));
    let text = [Some(filled(text)), credit].into_iter().flatten().collect::<Vec<_>>().join(" ");
    (filled(title), text)
}

fn thanks(receipt: &Receipt, locale: &str) -> (String, String) {
    let language = Language::of(Some(locale));
    let money = Money { amount_minor: receipt.amount, currency: receipt.currency };
    let amount = money_text(money, locale).or_else(|| receipt.display.clone());
    // Without CLDR's text, figure and code are still the truth.
    let amount = amount.unwrap_or_else(|| format!("{} {}", money.to_decimal(), money.currency.code()));
    let method = receipt
        .brand
        .as_ref()
        .zip(receipt.last4.as_ref())
        .map(|(brand, last4)| language.words("card").replace("{brand}", brand).replace("{last4}", last4));
    let text = match method {
        Some(method) => language.words("succeeded_text_method").replace("{method}", &method),
        None => language.words("succeeded_text").to_owned(),
    };
    let title = language.words("succeeded_title").replace("{product}", &receipt.product_name);
    (title, text.replace("{amount}", &amount))
}
