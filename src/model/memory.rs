//! What this device remembers: the offers that were declined on it. For the shopper's peace alone.

use aftercart_contract::{DeclineResponse, Ineligible, Offer, OfferAnswer, OfferId, Reason};

/// Takes offers that were declined here before out of an answer.
pub fn recall(answer: OfferAnswer, declined: &[OfferId]) -> OfferAnswer {
    match answer {
        OfferAnswer::Offer(offer) => match without(offer, declined) {
            Some(offer) => OfferAnswer::Offer(offer),
            None => OfferAnswer::Ineligible(Ineligible::because(Reason::Declined)),
        },
        nothing @ OfferAnswer::Ineligible(_) => nothing,
    }
}

/// The same for what follows a decline.
pub fn recall_next(answer: DeclineResponse, declined: &[OfferId]) -> DeclineResponse {
    DeclineResponse { next: answer.next.and_then(|next| without(next, declined)) }
}

/// The offer without what was declined; what stood beside a declined one moves up.
fn without(mut offer: Box<Offer>, declined: &[OfferId]) -> Option<Box<Offer>> {
    let mut beside = std::mem::take(&mut offer.beside);
    beside.retain(|other| !declined.contains(&other.offer_id));
    if declined.contains(&offer.offer_id) {
        if beside.is_empty() {
            return None;
        }
        let after = offer.after.take();
        *offer = beside.remove(0);
        offer.after = after;
    }
    offer.beside = beside;
    Some(offer)
}
