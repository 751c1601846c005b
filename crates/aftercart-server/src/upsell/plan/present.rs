//! A plan change as an offer.

use super::super::present::Promise;
use super::super::quote::moment;
use super::super::words::Spoken;
use super::super::{Core, Refusal};
use super::eligible::NoChange;
use super::quote::QuotedChange;
use crate::attempt::{Payable, Step};
use crate::occasion::Occasion;
use crate::rules::{ChangeRule, Rule};
use aftercart_contract::{CurrentProduct, Mode, Offer, Reason};

impl Core {
    /// The offer of a change, or why there is none.
    pub(in crate::upsell) async fn change_offer_at(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        change: &ChangeRule,
        step: &Step,
        locale: Option<&str>,
    ) -> Result<Result<Offer, Reason>, Refusal> {
        match self.quote_change(occasion, rule, change).await {
            Ok(quoted) => Ok(Ok(self.dress_change(occasion, rule, step, &quoted, locale)?)),
            Err(NoChange::Because(reason)) => Ok(Err(reason)),
            Err(NoChange::Refused(refusal)) => Err(refusal),
        }
    }

    /// The offer with its words, prices and token.
    pub(super) fn dress_change(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        quoted: &QuotedChange,
        locale: Option<&str>,
    ) -> Result<Offer, Refusal> {
        let Spoken { locale, texts, copy, legal } = self.words(occasion, rule, true, locale);
        let (to, from) = (&quoted.to, &quoted.from);
        let holds_until = self.quote_expiry(quoted.at, rule);
        let promise = Promise {
            quantity: quoted.body.quantity,
            due_now: quoted.due_now(),
            renewal: quoted.renewal(),
            method: quoted.method.as_ref().and_then(|method| self.method_ref(method)),
            change: Some(self.change_claims(quoted)),
            quoted_at: quoted.at,
            holds_until,
        };
        Ok(Offer {
            offer_id: rule.id.clone(),
            token: Some(self.offer_token(occasion, rule, step, &locale, promise)?),
            kind: rule.kind,
            mode: Mode::Confirm,
            product: to.shown(texts.features.clone()),
            current: Some(CurrentProduct {
                id: from.product_id.clone(),
                name: from.name(),
                price: from.price().amount_minor,
                interval: from.interval(),
                features: texts.has.get(&from.product_id).cloned().unwrap_or_default(),
            }),
            price_difference: quoted.price_difference().map(|money| money.amount_minor),
            quote: Some(quoted.shown(&locale, holds_until)),
            quantity: None,
            payment_methods: self.methods_shown(quoted.method.as_slice()),
            trial: None,
            lowest_price_30_days: None,
            ends_at: rule.ends_at.and_then(moment),
            legal: Some(legal),
            social_proof: texts.social_proof.clone(),
            checkout_url: None,
            copy,
            locale: Some(locale),
            after: None,
            beside: Vec::new(),
        })
    }
}

/// What is changed to when this offer is accepted.
pub(super) fn payable(occasion: &Occasion, step: &Step, quoted: &QuotedChange, locale: &str) -> Payable {
    Payable {
        step: step.clone(),
        customer: occasion.customer.clone(),
        product: quoted.body.product.clone(),
        product_name: quoted.to.name(),
        quantity: quoted.body.quantity,
        locale: locale.to_owned(),
    }
}
