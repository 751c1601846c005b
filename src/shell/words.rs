//! Words for an answer that brought none.
//!
//! Our own backend sends a whole language with the offer, and then nothing happens here. A backend
//! written from Dodo's guide sends none: one small file is then fetched from beside the loader.
//! Without a loader, or when the file is late, the widget speaks English.

use super::http;
use crate::i18n::Words;
use crate::model::LoadError;
use aftercart_contract::{CopyTexts, Ineligible, OfferAnswer, texts_from_json};
use js_sys::Reflect;
use web_sys::Url;

/// How long an offer waits for its words.
const LIMIT_MS: u32 = 1500;

/// What an answer that will be shown says, and in which language.
type Speech<'a> = (&'a mut CopyTexts, Option<&'a mut Option<String>>);

fn speech(answer: &mut Result<OfferAnswer, LoadError>) -> Option<Speech<'_>> {
    match answer {
        Ok(OfferAnswer::Offer(offer)) => Some((&mut offer.copy, Some(&mut offer.locale))),
        Ok(OfferAnswer::Ineligible(Ineligible { outcome: Some(_), copy, .. })) => Some((copy, None)),
        _ => None,
    }
}

/// The words of an answer that brought them; `None`: English, or nothing is shown.
pub(super) fn of_answer(
    answer: &mut Result<OfferAnswer, LoadError>,
    wanted: Option<&'static str>,
) -> Option<Words> {
    let (copy, locale) = speech(answer)?;
    let locale = locale.and_then(|locale| locale.as_deref());
    Words::are_whole(copy).then(|| Words::of(copy, locale.or(wanted)))
}

/// True when an answer will be shown in a language that it brought no words of.
pub(super) fn are_missing(answer: &mut Result<OfferAnswer, LoadError>, wanted: Option<&'static str>) -> bool {
    wanted.is_some() && speech(answer).is_some_and(|(copy, _)| !Words::are_whole(copy))
}

/// Fetches the wanted language into an answer.
pub(super) async fn fetch_into(answer: &mut Result<OfferAnswer, LoadError>, wanted: Option<&'static str>) {
    let Some(tag) = wanted else { return };
    if let (Some(mut ours), Some((copy, locale))) = (fetched(tag).await, speech(answer)) {
        ours.extend(std::mem::take(copy));
        *copy = ours;
        if let Some(locale) = locale {
            *locale = Some(tag.to_owned());
        }
    }
}

/// One small file beside the loader, which says where that is; not waited for beyond the limit.
async fn fetched(tag: &str) -> Option<CopyTexts> {
    let loader = Reflect::get(&js_sys::global(), &"aftercart".into()).ok()?;
    let files = Reflect::get(&loader, &"files".into()).ok()?.as_string()?;
    let file = Url::new_with_base(&["aftercart-", tag, ".json"].concat(), &files).ok()?.href();
    let text = http::get_file(&file, LIMIT_MS).await?;
    texts_from_json(&text).ok()
}
