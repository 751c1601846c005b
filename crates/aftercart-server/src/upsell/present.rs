//! Which offer a subject gets, or why none.

use super::chain::{Look, Trail};
use super::core::after;
use super::quote::{Quoted, moment};
use super::recognise::Recognised;
use super::words::Spoken;
use super::{Core, Refusal};
use crate::attempt::{Payable, Step};
use crate::occasion::Occasion;
use crate::rules::Rule;
use crate::shopper::words_in;
use crate::token::{CLOCK_SKEW, ChangeClaims, OfferClaims};
use aftercart_contract::{
    AmountMinor, CustomerId, Ineligible, MethodRef, Mode, Money, Offer, OfferAnswer, OfferId, OfferToken,
    Outcome, PaymentId, Reason, Subject, Trial,
};
use jiff::Timestamp;

/// What a token binds beside the offer and the customer.
pub(super) struct Promise {
    pub(super) quantity: u32,
    pub(super) due_now: Money,
    /// What each later cycle costs, of what renews.
    pub(super) renewal: Option<AmountMinor>,
    /// The saved method that pays unless the shopper chooses another; `None`: a checkout does.
    pub(super) method: Option<MethodRef>,
    /// The plan change, if it is one.
    pub(super) change: Option<ChangeClaims>,
    pub(super) quoted_at: Timestamp,
    /// From here on the price is quoted anew.
    pub(super) holds_until: Timestamp,
}

impl Core {
    /// The answer to "is there something for this subject?".
    pub(crate) async fn offer(
        &self,
        subject: &Subject,
        token: Option<&str>,
        locale: Option<&str>,
    ) -> Result<OfferAnswer, Refusal> {
        if let Subject::Customer(customer) = subject {
            self.check_subject_token(token, customer)?;
        }
        self.arrivals.settled(subject.as_str()).await;
        if let Some(offer) = self.offer_ready(subject, locale).await? {
            self.metrics.answered("prepared");
            return Ok(OfferAnswer::Offer(Box::new(offer)));
        }
        // On the heap: the long way is a large future, and most requests do not go it.
        let answer = match subject {
            Subject::Payment(payment) => Box::pin(self.offer_after(payment, locale)).await?,
            Subject::Customer(customer) => Box::pin(self.offer_to(customer, locale)).await?,
        };
        self.metrics.answered(if matches!(answer, OfferAnswer::Offer(_)) { "asked" } else { "none" });
        Ok(with_words(answer, locale))
    }

    async fn offer_after(&self, payment: &PaymentId, locale: Option<&str>) -> Result<OfferAnswer, Refusal> {
        match self.recognise(payment).await? {
            Recognised::Nothing => Ok(none(Reason::UnknownSubject)),
            Recognised::Ours(step) if !self.is_recent(&step).await? => Ok(none(Reason::TooLate)),
            Recognised::Ours(step) => self.own_payment(&step).await,
            Recognised::Purchase(purchase) => match purchase.paid_at {
                None => Ok(none(Reason::NotPaid)),
                Some(paid_at) if !self.is_fresh(paid_at) => Ok(none(Reason::TooLate)),
                Some(_) => self.offer_on(&Occasion::of(purchase), locale).await,
            },
        }
    }

    /// The newest purchase or trigger that has an offer or an accepted one; else the newest one's reason.
    async fn offer_to(&self, customer: &CustomerId, locale: Option<&str>) -> Result<OfferAnswer, Refusal> {
        let mut reason = None;
        for occasion in self.occasions_of(customer).await? {
            match self.offer_on(&occasion, locale).await? {
                OfferAnswer::Ineligible(nothing) if nothing.outcome.is_none() => {
                    reason.get_or_insert(nothing);
                }
                found => return Ok(found),
            }
        }
        Ok(reason.map_or_else(|| none(Reason::NoRule), OfferAnswer::Ineligible))
    }

    /// The offer of one occasion; the next time it is asked for it is ready, if it can be.
    async fn offer_on(&self, occasion: &Occasion, locale: Option<&str>) -> Result<OfferAnswer, Refusal> {
        let is_kept = self.wishes.is_some() && self.book.opened_by(&occasion.cause).next().is_some();
        let beginning = if is_kept { self.beginning(&occasion.id, &occasion.customer).await? } else { None };
        let Some(beginning) = beginning else { return self.offer_for(occasion, locale).await };
        let occasion = Occasion { vouched: occasion.vouched, ..beginning.occasion.clone() };
        let mut trail = Trail::default();
        let answer = self.walk(&occasion, locale, Look::ToShow, &mut trail).await?;
        self.keep_ready(beginning, &answer, trail).await;
        Ok(answer)
    }

    /// The outcome of the accepted offer that this payment belongs to.
    async fn own_payment(&self, step: &Step) -> Result<OfferAnswer, Refusal> {
        let outcome = match self.outcome_at(step).await? {
            Some(outcome) => Some(self.with_remedy(outcome, step, false).await),
            None => None,
        };
        Ok(OfferAnswer::Ineligible(with_outcome(Reason::OwnPayment, &step.offer, outcome)))
    }

    /// The offer with its words, price, methods and token. `None`: nothing can pay it, not even a checkout.
    pub(super) async fn dress(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        quoted: &Quoted,
        locale: Option<&str>,
        look: Look,
    ) -> Result<Option<Offer>, Refusal> {
        let at_checkout = self.quoted_at_checkout(occasion, rule, step, quoted).await?;
        let quoted = at_checkout.as_ref().unwrap_or(quoted);
        let Spoken { locale, texts, copy, legal } =
            self.words(occasion, rule, quoted.product.is_recurring, locale);
        let mut mode = Mode::OneClick;
        let mut checkout_url = None;
        if quoted.methods.is_empty() {
            mode = Mode::Checkout;
            let payable = payable(occasion, step, quoted, &locale);
            let opened = match look {
                Look::ToShow => self.open_checkout(&payable, None).await?,
                Look::ToExplain => self.store.checkout_at(&step.place()).await?,
            };
            let opened = opened.filter(|checkout| checkout.is_for(&payable));
            checkout_url = opened.and_then(|checkout| checkout.url);
            // Explaining opens none, but knows of some that none could be.
            if checkout_url.is_none() && (look == Look::ToShow || self.config.redirect_hosts.is_empty()) {
                return Ok(None);
            }
        }
        let product = &quoted.product;
        let promise = Promise {
            quantity: quoted.cart.quantity,
            due_now: quoted.due_now(),
            renewal: quoted.renewal(),
            method: quoted.methods.first().and_then(|method| self.method_ref(method)),
            change: None,
            quoted_at: quoted.at,
            holds_until: self.quote_expiry(quoted.at, rule),
        };
        Ok(Some(Offer {
            offer_id: rule.id.clone(),
            token: Some(self.offer_token(occasion, rule, step, &locale, promise)?),
            kind: rule.kind,
            mode,
            product: product.shown(texts.features.clone()),
            current: None,
            price_difference: None,
            quote: Some(self.quote_shown(quoted, rule, &locale)),
            // A checkout is for one quantity.
            quantity: rule.quantity.filter(|_| mode == Mode::OneClick),
            payment_methods: self.methods_shown(&quoted.methods),
            trial: rule.trial_days.filter(|_| product.is_recurring).map(|days| Trial { days }),
            lowest_price_30_days: rule.lowest_price_30_days,
            ends_at: rule.ends_at.and_then(moment),
            legal: Some(legal),
            social_proof: texts.social_proof.clone(),
            checkout_url,
            copy,
            locale: Some(locale),
            after: None,
            beside: Vec::new(),
        }))
    }

    /// Signs what accepting this offer will do.
    pub(super) fn offer_token(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        step: &Step,
        locale: &str,
        promise: Promise,
    ) -> Result<OfferToken, Refusal> {
        self.signed(&OfferClaims {
            customer: occasion.customer.clone(),
            occasion: occasion.id.clone(),
            offer: rule.id.clone(),
            step: step.number,
            product: rule.product.clone(),
            quantity: promise.quantity,
            amount: promise.due_now.amount_minor,
            currency: promise.due_now.currency,
            renewal: promise.renewal,
            method: promise.method,
            locale: locale.to_owned(),
            change: promise.change,
            vouched: occasion.vouched,
            quote_exp: promise.holds_until.as_second(),
            exp: after(promise.quoted_at, self.config.token).as_second(),
        })
    }

    /// The offer quoted anew, accepted no later than the one that was shown: a price asked again and again keeps no
    /// token alive.
    pub(super) fn for_no_longer(&self, offer: Offer, shown: &OfferClaims) -> Result<Offer, Refusal> {
        let Some(token) = &offer.token else { return Ok(offer) };
        let claims = self.config.token_keys.verify_offer(token.reveal())?;
        let exp = claims.exp.min(shown.exp);
        Ok(Offer { token: Some(self.signed(&OfferClaims { exp, ..claims })?), ..offer })
    }

    /// A token of the same step that has expired for everything but following it.
    pub(crate) fn looking_only(&self, claims: OfferClaims) -> Result<OfferToken, Refusal> {
        let over = self.now().as_second() - CLOCK_SKEW;
        self.signed(&OfferClaims {
            amount: AmountMinor::ZERO,
            change: None,
            quote_exp: over,
            exp: over,
            ..claims
        })
    }

    pub(super) fn signed(&self, claims: &OfferClaims) -> Result<OfferToken, Refusal> {
        OfferToken::new(self.config.token_keys.sign_offer(claims)).map_err(|_| Refusal::NoQuote)
    }
}

/// What is bought when this offer is accepted.
pub(super) fn payable(occasion: &Occasion, step: &Step, quoted: &Quoted, locale: &str) -> Payable {
    Payable {
        step: step.clone(),
        customer: occasion.customer.clone(),
        product: quoted.cart.product.clone(),
        product_name: quoted.product.name(),
        quantity: quoted.cart.quantity,
        locale: locale.to_owned(),
    }
}

pub(super) fn none(reason: Reason) -> OfferAnswer {
    OfferAnswer::Ineligible(Ineligible::because(reason))
}

/// An outcome is told in the shopper's words.
fn with_words(mut answer: OfferAnswer, locale: Option<&str>) -> OfferAnswer {
    if let (OfferAnswer::Ineligible(nothing), Some(locale)) = (&mut answer, locale)
        && nothing.outcome.is_some()
    {
        nothing.copy = words_in(locale);
    }
    answer
}

pub(super) fn with_outcome(reason: Reason, offer: &OfferId, outcome: Option<Outcome>) -> Ineligible {
    Ineligible { outcome, offer_id: Some(offer.clone()), ..Ineligible::because(reason) }
}
