//! What is on the card and what the shopper has chosen there, before anything is sent.

use aftercart_contract::{
    AcceptRequest, IdempotencyKey, Mode, Offer, OfferAnswer, PaymentMethod, QuoteRequest, Timestamp,
};

use super::effect::Effect;
use super::event::LoadError;

/// One to three offers with the shopper's choices. An amount is only ever that of the chosen offer's quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What arrived; the others are in its `beside`.
    pub offer: Offer,
    /// Which one is chosen: 0 is the offer itself, then those beside it.
    chosen: usize,
    /// Which of the chosen offer's methods pays.
    method: usize,
    /// The shopper ticked the chosen offer's box.
    consented: bool,
    /// The quantity whose price was asked for, and the number of that question. No accept leaves meanwhile.
    quoting: Option<(u32, u32)>,
    /// How many prices were asked for: an answer to an older question is not listened to.
    asked: u32,
    /// What must be noticed before paying.
    pub remark: Option<Remark>,
}

/// Something the shopper must notice before paying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// An accept was refused because the price moved.
    PriceMoved,
    /// The price of another quantity could not be had; the quantity is as it was.
    NotQuoted,
    /// Accepting needs the tick first.
    ConsentMissing,
    /// An earlier accept of this offer failed with this method.
    FailedBefore(Option<PaymentMethod>),
}

impl Sheet {
    /// An offer as it arrives: nothing ticked, the default method chosen.
    pub fn new(offer: Offer, remark: Option<Remark>) -> Self {
        let mut sheet =
            Self { offer, chosen: 0, method: 0, consented: false, quoting: None, asked: 0, remark };
        sheet.method = sheet.default_method();
        sheet
    }

    /// Every offer on the card, the first one first.
    pub fn offers(&self) -> impl Iterator<Item = &Offer> {
        std::iter::once(&self.offer).chain(&self.offer.beside)
    }

    /// The offer that the accept button is for.
    pub fn chosen(&self) -> &Offer {
        self.chosen.checked_sub(1).and_then(|at| self.offer.beside.get(at)).unwrap_or(&self.offer)
    }

    /// The place of the chosen offer among [`Sheet::offers`].
    pub fn chosen_at(&self) -> usize {
        self.chosen
    }

    /// The method that the accept button charges; a checkout asks for one itself.
    pub fn method(&self) -> Option<&PaymentMethod> {
        self.chosen().payment_methods.get(self.method).filter(|_| self.chosen().mode != Mode::Checkout)
    }

    /// The place of that method among the chosen offer's.
    pub fn method_at(&self) -> usize {
        self.method
    }

    /// Whether the box is ticked.
    pub fn is_consented(&self) -> bool {
        self.consented
    }

    /// The quantity whose price is awaited.
    pub fn quoting(&self) -> Option<u32> {
        self.quoting.map(|(quantity, _)| quantity)
    }

    /// A price was asked for since the card came.
    pub fn was_requoted(&self) -> bool {
        self.asked > 0
    }

    /// The quantity of the amounts shown.
    pub fn quantity(&self) -> u32 {
        self.chosen().quote.as_ref().map_or(1, |quote| quote.quantity)
    }

    /// The chosen offer wants a tick that is not there.
    pub fn lacks_consent(&self) -> bool {
        let asks = self.chosen().legal.as_ref().is_some_and(|legal| legal.consent.is_some());
        asks && !self.consented
    }

    /// An accept may leave now: no price is awaited and nothing is left to tick.
    pub fn is_ready(&self) -> bool {
        self.quoting.is_none() && !self.lacks_consent()
    }

    /// Chooses another offer of the card. A price on its way for the old one is not waited for.
    pub(super) fn choose(&mut self, at: usize) {
        if at > self.offer.beside.len() || at == self.chosen {
            return;
        }
        (self.chosen, self.consented, self.quoting, self.remark) = (at, false, None, None);
        self.method = self.default_method();
    }

    pub(super) fn choose_method(&mut self, at: usize) {
        if at < self.chosen().payment_methods.len() {
            self.method = at;
        }
    }

    pub(super) fn consent(&mut self, ticked: bool) {
        self.consented = ticked;
        if ticked && self.remark == Some(Remark::ConsentMissing) {
            self.remark = None;
        }
    }

    /// Asks for the price of `quantity`, unless it is the one shown and no other is awaited.
    pub(super) fn ask(&mut self, quantity: u32) -> Option<Effect> {
        let range = self.chosen().quantity?;
        let token = self.chosen().token.clone()?;
        let quantity = quantity.clamp(range.min, range.max);
        if quantity == self.quoting().unwrap_or_else(|| self.quantity()) {
            return None;
        }
        if quantity == self.quantity() {
            self.quoting = None;
            return None;
        }
        self.asked = self.asked.wrapping_add(1);
        self.quoting = Some((quantity, self.asked));
        self.remark = None;
        let request = QuoteRequest { offer_id: self.chosen().offer_id.clone(), token, quantity };
        Some(Effect::PostQuote { number: self.asked, request })
    }

    /// Takes the answer to question `number`; any but the last one's changes nothing.
    ///
    /// Answers how long the new price holds.
    pub(super) fn quoted(
        &mut self,
        number: u32,
        answer: Result<OfferAnswer, LoadError>,
    ) -> Option<(Timestamp, Timestamp)> {
        let (quantity, _) = self.quoting.filter(|(_, last)| *last == number)?;
        self.quoting = None;
        let fresh = match answer {
            Ok(OfferAnswer::Offer(offer))
                if offer.offer_id == self.chosen().offer_id
                    && offer.quote.as_ref().is_some_and(|quote| quote.quantity == quantity) =>
            {
                *offer
            }
            _ => {
                self.remark = Some(Remark::NotQuoted);
                return None;
            }
        };
        let times = fresh.quote.as_ref().map(|quote| (quote.quoted_at.clone(), quote.expires_at.clone()));
        let paying = self.method().map(|method| method.method_ref.clone());
        self.replace(fresh);
        let kept = self
            .chosen()
            .payment_methods
            .iter()
            .position(|method| Some(&method.method_ref) == paying.as_ref());
        self.method = kept.unwrap_or_else(|| self.default_method());
        // Those beside run out by their own, older times.
        times.filter(|_| self.offer.beside.is_empty())
    }

    fn replace(&mut self, mut fresh: Offer) {
        if let Some(at) = self.chosen.checked_sub(1) {
            if let Some(slot) = self.offer.beside.get_mut(at) {
                fresh.beside.clear();
                *slot = fresh;
            }
            return;
        }
        let (beside, after) = (std::mem::take(&mut self.offer.beside), self.offer.after.take());
        self.offer = Offer { beside, after, ..fresh };
    }

    fn default_method(&self) -> usize {
        self.chosen().payment_methods.iter().position(|method| method.default).unwrap_or_default()
    }

    /// The one accept for what is chosen.
    pub(super) fn accept(&self, key: IdempotencyKey) -> Effect {
        let offer = self.chosen();
        let is_choice = offer.payment_methods.len() > 1;
        let request = AcceptRequest {
            offer_id: offer.offer_id.clone(),
            token: offer.token.clone(),
            payment_method: self.method().filter(|_| is_choice).map(|method| method.method_ref.clone()),
            quantity: offer.quantity.map(|_| self.quantity()),
            text_version: offer.legal.as_ref().map(|legal| legal.text_version.clone()),
            consent: self.consented,
        };
        Effect::PostAccept { request, key }
    }

    /// From when until when every price on the card holds.
    pub(super) fn times(&self) -> Option<(Timestamp, Timestamp)> {
        let first =
            self.offers().filter_map(|offer| offer.quote.as_ref()).min_by_key(|quote| &quote.expires_at)?;
        Some((first.quoted_at.clone(), first.expires_at.clone()))
    }
}
