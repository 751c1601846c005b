//! A plan change as an offer.

use super::super::core::after;
use super::super::words::Spoken;
use super::super::{Core, Refusal};
use super::eligible::NoChange;
use super::quote::QuotedChange;
use crate::attempt::{Payable, Step};
use crate::occasion::Occasion;
use crate::rules::{ChangeRule, Rule};
use crate::token::OfferClaims;
use aftercart_contract::{CurrentProduct, Mode, Offer, OfferToken, Product, Reason};

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
        Ok(Offer {
            offer_id: rule.id.clone(),
            token: Some(self.change_token(occasion, rule, step, quoted, &locale)?),
            kind: rule.kind,
            mode: Mode::Confirm,
            product: Product {
                id: to.product_id.clone(),
                name: to.name(),
                description: to.description.clone().filter(|text| !text.trim().is_empty()),
                image_url: to.image(),
                price: to.price().amount_minor,
                currency: to.price().currency,
                interval: to.interval(),
                features: texts.features.clone(),
            },
            current: Some(CurrentProduct {
                id: from.product_id.clone(),
                name: from.name(),
                price: from.price().amount_minor,
                interval: from.interval(),
                features: Vec::new(),
            }),
            price_difference: quoted.price_difference().map(|money| money.amount_minor),
            quote: Some(self.change_quote_shown(quoted, &locale)),
            quantity: None,
            payment_methods: self.methods_shown(quoted.method.as_slice()),
            trial: None,
            lowest_price_30_days: None,
            ends_at: None,
            legal: Some(legal),
            social_proof: texts.social_proof.clone(),
            checkout_url: None,
            copy,
            locale: Some(locale),
            after: None,
            beside: Vec::new(),
        })
    }

    fn change_token(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        quoted: &QuotedChange,
        locale: &str,
    ) -> Result<OfferToken, Refusal> {
        let due_now = quoted.due_now();
        let token = self.config.token_keys.sign_offer(&OfferClaims {
            customer: occasion.customer.clone(),
            occasion: occasion.id.clone(),
            offer: rule.id.clone(),
            step: step.number,
            product: rule.product.clone(),
            quantity: quoted.body.quantity,
            amount: due_now.amount_minor,
            currency: due_now.currency,
            locale: locale.to_owned(),
            change: Some(self.change_claims(quoted)),
            quote_exp: after(quoted.at, self.config.quote).as_second(),
            exp: after(quoted.at, self.config.token).as_second(),
        });
        OfferToken::new(token).map_err(|_| Refusal::NoQuote)
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
