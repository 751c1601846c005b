//! The words beside the button: the right of withdrawal, the tick, and the version of all words.
//!
//! - 14 days, without a reason: CRD Art. 6(1)(h) and 9(1); CCR 2013 reg. 13, 29. By a clear statement,
//!   and for contracts made online through a withdrawal function (CRD Art. 11a, since 19 June 2026): the
//!   shop's own page has it, not this widget.
//! - Digital content: the right ends when delivery begins with the consumer's prior express consent and
//!   acknowledgement (CRD Art. 16(m); CCR 2013 reg. 37). Without the tick nothing is delivered at once.
//! - Services, subscriptions among them: they begin within the 14 days only on express request, and
//!   what was used until a withdrawal is paid for (CRD Art. 8(8), 14(3); CCR 2013 reg. 36).

use super::{Law, accept_words};
use crate::shopper::language;
use aftercart_contract::{CopyTexts, Legal};
use sha2::{Digest, Sha256};

/// What is sold, as far as the law tells sales apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sale {
    /// Billed again and again: a service.
    pub(crate) renews: bool,
    /// Delivered by the click: digital content or a digital service.
    pub(crate) digital: bool,
}

/// What is said for this sale under this law; the version names the words of the buttons too.
///
/// `copy` is what the shopper sees on the buttons: the words that go with the offer.
pub(crate) fn legal(law: Law, sale: Sale, locale: &str, copy: &CopyTexts) -> Legal {
    let tag = language(locale);
    let say = |key: &str| aftercart_words::backend(tag, key).to_owned();
    let withdrawal = law.protects().then(|| say("law_withdrawal"));
    let consent = (law.protects() && sale.digital)
        .then(|| say(if sale.renews { "law_consent_service" } else { "law_consent_digital" }));
    let text_version = version(tag, copy, withdrawal.as_deref(), consent.as_deref());
    Legal { text_version, withdrawal, consent }
}

/// A short hash of everything that is shown.
fn version(tag: &str, copy: &CopyTexts, withdrawal: Option<&str>, consent: Option<&str>) -> String {
    let mut hash = Sha256::new();
    let keys = accept_words(Law::Union, false, "en");
    let shown = keys.keys().map(|key| copy.get(key).unwrap_or_else(|| aftercart_words::widget(tag, key)));
    for text in [tag].into_iter().chain(shown).chain([withdrawal.unwrap_or(""), consent.unwrap_or("")]) {
        hash.update(text);
        hash.update([0]);
    }
    let digest = hash.finalize();
    digest.iter().take(6).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: Sale = Sale { renews: false, digital: true };
    const SERVICE: Sale = Sale { renews: true, digital: true };
    const GOODS: Sale = Sale { renews: false, digital: false };

    #[test]
    fn a_tick_is_asked_for_only_where_delivery_at_once_needs_it() {
        let none = CopyTexts::default();
        for (law, sale, withdraws, ticks) in [
            (Law::Union, CONTENT, true, true),
            (Law::UnitedKingdom, SERVICE, true, true),
            (Law::Union, GOODS, true, false),
            (Law::Elsewhere, CONTENT, false, false),
        ] {
            let legal = legal(law, sale, "en", &none);
            assert_eq!((legal.withdrawal.is_some(), legal.consent.is_some()), (withdraws, ticks));
        }
        let [content, service] = [CONTENT, SERVICE].map(|sale| legal(Law::Union, sale, "de", &none).consent);
        assert_ne!(content, service);
    }

    #[test]
    fn the_version_changes_with_every_word_and_with_nothing_else() {
        let version = |law, sale, locale, accept: Option<&str>| {
            let copy = accept.map(|text| ("accept".to_owned(), text.to_owned())).into_iter().collect();
            legal(law, sale, locale, &copy).text_version
        };
        let first = version(Law::Union, CONTENT, "de", None);
        assert_eq!(first.len(), 12);
        assert_eq!(first, version(Law::Union, CONTENT, "de-AT", None));
        for other in [
            version(Law::Elsewhere, CONTENT, "de", None),
            version(Law::Union, SERVICE, "de", None),
            version(Law::Union, CONTENT, "fr", None),
            version(Law::Union, CONTENT, "de", Some("Kaufen")),
        ] {
            assert_ne!(first, other);
        }
    }
}
