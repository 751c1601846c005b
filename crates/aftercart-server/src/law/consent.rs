//! What the shopper agreed to: checked at the accept, kept with the attempt.

use aftercart_contract::{AcceptRequest, Legal};

/// What an accept says about the words, seen against the words of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// Go on, and keep this.
    Given(Agreed),
    /// Other words were shown, or none are named where they matter: show these and ask again.
    OtherWords,
    /// The tick that the law wants is missing.
    Missing,
}

/// The record of consent. Time, locale, amount and currency are the attempt's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agreed {
    /// Names every word that was shown; `None` where a page named none and none was needed.
    pub(crate) text_version: Option<String>,
    /// The billing address's country.
    pub(crate) country: Option<String>,
    /// True when the shopper ticked the box.
    pub(crate) consent: bool,
}

/// Compares an accept with the words that are shown now.
pub(crate) fn agreed(request: &AcceptRequest, legal: &Legal, country: Option<String>) -> Agreement {
    let shown = request.text_version.as_deref();
    if shown.is_some_and(|shown| shown != legal.text_version) {
        return Agreement::OtherWords;
    }
    if legal.consent.is_some() {
        match (request.consent, shown) {
            (false, _) => return Agreement::Missing,
            (true, None) => return Agreement::OtherWords,
            (true, Some(_)) => {}
        }
    }
    Agreement::Given(Agreed {
        text_version: shown.map(str::to_owned),
        country,
        consent: request.consent && legal.consent.is_some(),
    })
}
