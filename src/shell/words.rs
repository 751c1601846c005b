//! Words for an answer that brought none.
//!
//! Our own backend sends a whole language with the offer, and then nothing happens here. A backend
//! written from Dodo's guide sends none: the loader then fetches one small file from beside itself.
//! Without a loader, or when the file is late, the widget speaks English.

use crate::i18n::Words;
use crate::model::LoadError;
use aftercart_contract::{Ineligible, OfferAnswer};
use js_sys::{Function, Promise, Reflect};
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The language of an answer that will be shown, fetched into it if it is not there. `None`: English.
pub(super) async fn of_answer(
    answer: &mut Result<OfferAnswer, LoadError>,
    wanted: Option<&'static str>,
) -> Option<Words> {
    let (copy, mut locale) = match answer {
        Ok(OfferAnswer::Offer(offer)) => (&mut offer.copy, offer.locale.clone()),
        Ok(OfferAnswer::Ineligible(Ineligible { outcome: Some(_), copy, .. })) => (copy, None),
        _ => return None,
    };
    if !Words::are_whole(copy)
        && let Some(tag) = wanted
        && let Some(ours) = fetched(tag).await
    {
        for (key, text) in ours {
            copy.entry(key).or_insert(text);
        }
        locale = Some(tag.to_owned());
    }
    Words::are_whole(copy).then(|| Words::of(copy, locale.as_deref().or(wanted)))
}

/// `aftercart.words(tag)`: the loader fetches the file and ends the wait in time.
async fn fetched(tag: &str) -> Option<BTreeMap<String, String>> {
    let loader = Reflect::get(&js_sys::global(), &"aftercart".into()).ok()?;
    let words: Function = Reflect::get(&loader, &"words".into()).ok()?.dyn_into().ok()?;
    let asked: Promise = words.call1(&JsValue::NULL, &tag.into()).ok()?.dyn_into().ok()?;
    let text = JsFuture::from(asked).await.ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}
