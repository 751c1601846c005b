//! One offer of `offers.toml`, read and checked.

use super::chains::is_named;
use super::change::change_rule;
use super::document::{Kind, OfferEntry, OffersFile};
use super::offer_book::{Rule, When};
use super::texts::texts;
use super::undo::undo_seconds;
use crate::complaint::Checked;
use crate::store::MOST_REPORTS;
use aftercart_contract::{AmountMinor, OfferId, OfferKind, ProductId, QuantityRange};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use toml::Spanned;

/// Dodo's own limit.
const MAX_TRIAL_DAYS: u32 = 10_000;

/// The offer, unless something about it is wrong enough that there is none.
pub(super) fn rule(
    entry: &Spanned<OfferEntry>,
    file: &OffersFile,
    checked: &mut Checked<'_>,
) -> Option<Rule> {
    let (span, entry) = (entry.span(), entry.get_ref());
    let id = checked.keep(&entry.id.span(), "id", OfferId::new(entry.id.get_ref().as_str()));
    let product = product_id(&entry.product, checked);
    let when = when(&span, entry, file, checked)?;
    if let Some(own) = when.purchased.iter().find(|bought| Some(*bought) == product.as_ref()) {
        checked.note(&entry.product.span(), format!("offers {own} to somebody who has just bought it"));
    }
    let default = file.default_locale.get_ref();
    if !entry.locale.contains_key(default) {
        checked.note(&span, format!("has no texts in the default locale: add `[offer.locale.{default}]`"));
    }
    let texts: BTreeMap<_, _> = entry
        .locale
        .iter()
        .map(|(tag, locale)| (tag.clone(), texts(tag, locale, entry.change.as_ref(), checked)))
        .collect();
    let on_accept = edge(entry.on_accept.as_ref(), "on_accept", checked)?;
    let on_decline = edge(entry.on_decline.as_ref(), "on_decline", checked)?;
    let beside = entry.beside.iter();
    let beside = beside
        .filter_map(|id| checked.keep(&id.span(), "beside", OfferId::new(id.get_ref().as_str())))
        .collect();
    let quantity = quantity(entry, checked);
    let change = change_rule(entry, &span, product.as_ref(), checked);
    let undo_seconds = undo_seconds(entry, file, change.as_ref(), checked);
    let mut limit = |value: &Option<Spanned<i64>>, name, range| {
        value.as_ref().and_then(|value| whole(value, name, range, checked))
    };
    let trial_days = limit(&entry.trial_days, "trial_days", 1..=MAX_TRIAL_DAYS);
    let lowest_price = limit(&entry.lowest_price_30_days, "lowest_price_30_days", 0..=u32::MAX);
    let show_at_most = limit(&entry.show_at_most, "show_at_most", 1..=MOST_REPORTS);
    let again_after_days = limit(&entry.again_after_days, "again_after_days", 1..=3_650);
    Some(Rule {
        id: id?,
        kind: kind(entry, &when, file),
        product: product?,
        when,
        on_accept,
        on_decline,
        beside,
        change,
        quantity,
        trial_days: trial_days.and_then(|days| u16::try_from(days).ok()),
        ends_at: ends_at(entry, checked),
        lowest_price_30_days: lowest_price.and_then(|price| AmountMinor::new(price.into()).ok()),
        show_at_most,
        again_after_days,
        undo_seconds,
        digital: entry.digital.unwrap_or(true),
        texts,
    })
}

/// What opens it; nothing for an offer that another one leads to.
fn when(
    span: &std::ops::Range<usize>,
    entry: &OfferEntry,
    file: &OffersFile,
    checked: &mut Checked<'_>,
) -> Option<When> {
    let is_reached = is_named(&file.offers, entry.id.get_ref());
    let Some(when) = &entry.when else {
        if is_reached {
            return Some(When::default());
        }
        checked.note(
            span,
            format!("offer `{}` is never shown: add `when.purchased` or another `when`, or name it in another offer's `on_accept`, `on_decline` or `beside`", entry.id.get_ref()),
        );
        return None;
    };
    if when.purchased.as_ref().is_some_and(Vec::is_empty) {
        checked.note(span, "`when.purchased` is empty: name the products whose purchase opens this offer");
        return None;
    }
    if when.milestone.as_ref().is_some_and(Vec::is_empty) {
        checked.note(span, "`when.milestone` is empty: name the milestones that open this offer");
        return None;
    }
    for name in when.milestone.iter().flatten() {
        if name.get_ref().trim().is_empty() || name.get_ref().len() > 100 {
            checked.note(&name.span(), "a milestone's name is 1 to 100 bytes of text");
        }
    }
    if let Some(done) = when.onboarding_done.as_ref().filter(|done| !*done.get_ref()) {
        checked.note(&done.span(), "`when.onboarding_done` is true, or left out");
    }
    let purchased = when.purchased.iter().flatten();
    let plan_limit = when.plan_limit.as_ref();
    let opens = When {
        purchased: purchased.filter_map(|id| product_id(id, checked)).collect(),
        milestones: when.milestone.iter().flatten().map(|name| name.get_ref().clone()).collect(),
        plan_limit: plan_limit.and_then(|limit| whole(limit, "when.plan_limit", 1..=100, checked)),
        onboarding_done: when.onboarding_done.as_ref().is_some_and(|done| *done.get_ref()),
    };
    let is_empty = when.purchased.is_none()
        && when.milestone.is_none()
        && when.plan_limit.is_none()
        && when.onboarding_done.is_none();
    if is_empty && !is_reached {
        checked.note(span, "`when` is empty: say what opens this offer");
    }
    Some(opens)
}

/// The kind said, or what its place in the file makes it.
fn kind(entry: &OfferEntry, when: &When, file: &OffersFile) -> OfferKind {
    let is_opened = !when.purchased.is_empty()
        || !when.milestones.is_empty()
        || when.plan_limit.is_some()
        || when.onboarding_done;
    let own = entry.id.get_ref();
    let follows_decline = || {
        let names = |other: &Spanned<OfferEntry>| {
            other.get_ref().on_decline.as_ref().is_some_and(|next| next.get_ref() == own)
        };
        file.offers.iter().any(names)
    };
    match entry.kind.as_ref().map(|kind| *kind.get_ref()) {
        Some(Kind::CrossSell) => OfferKind::CrossSell,
        Some(Kind::Upgrade) => OfferKind::Upgrade,
        Some(Kind::Downgrade) => OfferKind::Downgrade,
        Some(Kind::Downsell) => OfferKind::Downsell,
        None if !is_opened && follows_decline() => OfferKind::Downsell,
        Some(Kind::Upsell) | None => OfferKind::Upsell,
    }
}

/// An edge to another offer. `None`: its name is no id.
#[allow(clippy::option_option, reason = "the inner one is an edge that is not there")]
fn edge(next: Option<&Spanned<String>>, name: &str, checked: &mut Checked<'_>) -> Option<Option<OfferId>> {
    match next {
        Some(next) => checked.keep(&next.span(), name, OfferId::new(next.get_ref().as_str())).map(Some),
        None => Some(None),
    }
}

fn quantity(entry: &OfferEntry, checked: &mut Checked<'_>) -> Option<QuantityRange> {
    let range = entry.quantity.as_ref()?;
    let (span, range) = (range.span(), range.get_ref());
    let is_sound = (1..=1_000).contains(&range.max)
        && 1 <= range.min
        && range.min <= range.default
        && range.default <= range.max;
    if !is_sound {
        checked.note(&span, "a quantity is 1 ≤ min ≤ default ≤ max ≤ 1000");
        return None;
    }
    Some(QuantityRange { default: range.default, min: range.min, max: range.max })
}

fn ends_at(entry: &OfferEntry, checked: &mut Checked<'_>) -> Option<Timestamp> {
    let end = entry.ends_at.as_ref()?;
    let text = match end.get_ref() {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let read = text.parse::<Timestamp>();
    let read = read.map_err(|_| "a time with its offset, such as 2026-12-31T23:59:59Z");
    checked.keep(&end.span(), "ends_at", read)
}

/// A whole number within a range, or a complaint.
pub(super) fn whole(
    value: &Spanned<i64>,
    name: &str,
    range: RangeInclusive<u32>,
    checked: &mut Checked<'_>,
) -> Option<u32> {
    let found = u32::try_from(*value.get_ref()).ok().filter(|number| range.contains(number));
    if found.is_none() {
        let (least, most) = range.into_inner();
        checked.note(&value.span(), format!("`{name}` is a whole number from {least} to {most}"));
    }
    found
}

pub(super) fn product_id(id: &Spanned<String>, checked: &mut Checked<'_>) -> Option<ProductId> {
    if !id.get_ref().starts_with("pdt_") {
        checked
            .note(&id.span(), format!("`{}` is not a Dodo product id: they start with `pdt_`", id.get_ref()));
        return None;
    }
    checked.keep(&id.span(), "product", ProductId::new(id.get_ref().as_str()))
}
