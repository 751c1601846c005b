//! The words of an offer: the language, the shop's own texts, what the law wants, in one place for
//! showing the offer and for checking what an accept agreed to.

use super::{Core, Refusal};
use crate::law::{Agreed, Agreement, Law, Sale, accept_words, agreed, country, legal};
use crate::occasion::Occasion;
use crate::rules::{Rule, Texts};
use crate::shopper::{spoken, words_of_offer};
use aftercart_contract::{AcceptRequest, CopyTexts, Legal};

/// Everything in words that an offer brings.
pub(super) struct Spoken<'a> {
    pub(super) locale: String,
    pub(super) texts: &'a Texts,
    pub(super) copy: CopyTexts,
    pub(super) legal: Legal,
}

impl Core {
    /// The words for this occasion's customer, who wishes for this locale. `renews`: it is billed again.
    pub(super) fn words<'a>(
        &'a self,
        occasion: &Occasion,
        rule: &'a Rule,
        renews: bool,
        wish: Option<&str>,
    ) -> Spoken<'a> {
        let (shops, texts) = self.book.texts(rule, wish);
        let locale = spoken(wish, &shops);
        let law = Law::of(&occasion.billing);
        let sale = Sale { renews, digital: rule.digital };
        let mut copy = words_of_offer(&locale, &shops, &texts.copy);
        copy.extend(accept_words(law, sale.renews, &locale));
        let legal = legal(law, sale, &locale, &copy);
        Spoken { locale, texts, copy, legal }
    }

    /// What this accept agreed to. `None`: it was shown other words than those of now.
    pub(super) fn agreed(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        renews: bool,
        locale: &str,
        request: &AcceptRequest,
    ) -> Result<Option<Agreed>, Refusal> {
        let words = self.words(occasion, rule, renews, Some(locale));
        match agreed(request, &words.legal, country(&occasion.billing)) {
            Agreement::Given(agreed) => Ok(Some(agreed)),
            Agreement::OtherWords => Ok(None),
            Agreement::Missing => Err(Refusal::ConsentMissing),
        }
    }
}
