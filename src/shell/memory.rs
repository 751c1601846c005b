//! What this browser remembers of declines, for this backend and subject. Blocked storage remembers nothing.

use crate::config::Config;
use aftercart_contract::OfferId;
use web_sys::Storage;

/// The offers declined on this device; forgets the oldest beyond fifty.
const KEPT: usize = 50;

/// Every offer that was declined here before.
pub(super) fn declined(config: &Config) -> Vec<OfferId> {
    let noted = storage().and_then(|storage| storage.get_item(&name(config)).ok().flatten());
    noted.unwrap_or_default().split_ascii_whitespace().filter_map(|id| OfferId::new(id).ok()).collect()
}

/// Notes a decline.
pub(super) fn note(config: &Config, offer_id: &OfferId) {
    let mut ids = declined(config);
    ids.retain(|id| id != offer_id);
    ids.push(offer_id.clone());
    let from = ids.len().saturating_sub(KEPT);
    let text = ids.iter().skip(from).map(OfferId::as_str).collect::<Vec<_>>().join(" ");
    if let Some(storage) = storage() {
        let _ = storage.set_item(&name(config), &text);
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn name(config: &Config) -> String {
    ["aftercart:declined:", &config.endpoint, ":", config.subject.as_str()].concat()
}
