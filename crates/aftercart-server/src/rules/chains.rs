//! How offers lead to each other: every edge names an offer, and every way ends soon.

use super::document::OfferEntry;
use crate::complaint::Checked;
use aftercart_contract::Offer;
use toml::Spanned;

/// True for an offer that another one leads to.
pub(super) fn is_named(offers: &[Spanned<OfferEntry>], id: &str) -> bool {
    let names = |entry: &Spanned<OfferEntry>| {
        let entry = entry.get_ref();
        let edges = entry.on_accept.iter().chain(&entry.on_decline).chain(&entry.beside);
        edges.into_iter().any(|next| next.get_ref() == id)
    };
    offers.iter().any(names)
}

/// Follows every edge from every offer: it must name one, and end within the allowed steps.
pub(super) fn check_chains(offers: &[Spanned<OfferEntry>], max_steps: u32, checked: &mut Checked<'_>) {
    for entry in offers.iter().map(Spanned::get_ref) {
        check_beside(entry, offers, checked);
        let edges: Vec<_> = entry.on_accept.iter().chain(&entry.on_decline).collect();
        for next in &edges {
            if find(offers, next.get_ref()).is_none() {
                checked.note(&next.span(), format!("there is no offer `{}`", next.get_ref()));
            }
        }
        let leads_far = |next: &&&Spanned<String>| {
            find(offers, next.get_ref()).is_some_and(|next| !ends_within(next, offers, max_steps - 1))
        };
        if let Some(next) = edges.iter().find(leads_far) {
            checked.note(&next.span(), format!("leads in a circle or to more than {max_steps} offers in a row: nobody wants to decline so often"));
        }
    }
}

/// True when no way from this offer, itself included, has more than so many steps.
fn ends_within(entry: &OfferEntry, offers: &[Spanned<OfferEntry>], steps: u32) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    // What is accepted beside an offer leads on as well; what is declined there does not.
    let beside = entry.beside.iter().filter_map(|id| find(offers, id.get_ref()));
    let edges = entry.on_decline.iter().chain(&entry.on_accept);
    let edges = edges.chain(beside.filter_map(|beside| beside.on_accept.as_ref()));
    edges.filter_map(|next| find(offers, next.get_ref())).all(|next| ends_within(next, offers, left))
}

fn check_beside(entry: &OfferEntry, offers: &[Spanned<OfferEntry>], checked: &mut Checked<'_>) {
    if let Some(third) = entry.beside.get(Offer::MAX_BESIDE) {
        checked.note(&third.span(), "at most two offers stand beside one");
    }
    for (at, id) in entry.beside.iter().enumerate() {
        let name = id.get_ref();
        let is_repeated = entry.beside.iter().take(at).any(|other| other.get_ref() == name);
        match find(offers, name) {
            None => checked.note(&id.span(), format!("there is no offer `{name}`")),
            Some(_) if name == entry.id.get_ref() => {
                checked.note(&id.span(), "an offer does not stand beside itself");
            }
            Some(_) if is_repeated => checked.note(&id.span(), format!("`{name}` stands there twice")),
            Some(other) if !other.beside.is_empty() => {
                checked.note(&id.span(), format!("`{name}` has offers beside it itself"));
            }
            Some(_) => {}
        }
    }
}

fn find<'a>(offers: &'a [Spanned<OfferEntry>], id: &str) -> Option<&'a OfferEntry> {
    offers.iter().map(Spanned::get_ref).find(|offer| offer.id.get_ref() == id)
}
