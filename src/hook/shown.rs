//! What an own view draws, and what may be done with exactly that.

use super::Hand;
use crate::model::{Action, Notice, OfferCard, Screen};

/// What to draw now.
#[derive(Clone)]
pub enum Shown {
    /// An offer may be on its way: keep its space free.
    Loading,
    /// There is no offer, or the last message was closed.
    Nothing,
    /// No offer can be shown, for a reason that `aftercart-error` told: show something of your own.
    Unavailable,
    /// An offer that waits for the shopper.
    Offer(ShownOffer),
    /// The same card while its accept or decline is under way: there is nothing to do with it.
    Busy(Box<OfferCard>),
    /// A message in place of the offer.
    Notice(ShownNotice),
}

impl Shown {
    pub(super) fn of(screen: Screen, state: &str, hand: Hand) -> Self {
        match screen {
            Screen::Nothing if state == "error" => Self::Unavailable,
            Screen::Nothing => Self::Nothing,
            Screen::Skeleton => Self::Loading,
            Screen::Offer(card) if card.is_locked => Self::Busy(card),
            Screen::Offer(card) => Self::Offer(ShownOffer { card, hand }),
            Screen::Notice(notice) => Self::Notice(ShownNotice { notice, hand }),
        }
    }
}

/// An offer as it was drawn. Every method does what a shopper could do on the widget's own card.
///
/// Nobody but [`Upsell::shown`](super::Upsell::shown) makes one:
///
/// ```compile_fail,E0451
/// # use aftercart::{ShownOffer, model::OfferCard};
/// # fn forge(shown: ShownOffer) -> ShownOffer {
/// ShownOffer { card: Box::new(OfferCard::default()), ..shown }
/// # }
/// ```
#[derive(Clone)]
pub struct ShownOffer {
    card: Box<OfferCard>,
    hand: Hand,
}

impl ShownOffer {
    /// The words. All of the price, the lines before and after the buttons, and the box to tick are to be
    /// shown beside the button: they are what the shopper agrees to.
    pub fn card(&self) -> &OfferCard {
        &self.card
    }

    /// Accepts, for the amount on this card's button. Does nothing while a price is awaited, and nothing
    /// when the card says something else by now; asks for the tick when it is missing.
    pub fn accept(&self) {
        self.hand.act_if(
            |screen| matches!(screen, Screen::Offer(now) if self.card.promises_what(now)),
            Action::Accept,
        );
    }

    /// Declines everything on the card.
    pub fn decline(&self) {
        self.on_this_card(Action::Decline);
    }

    /// Chooses one of [`OfferCard::choices`], counted from 0.
    pub fn choose(&self, at: usize) {
        self.on_this_card(Action::Choose(at));
    }

    /// Wants so many; the price of another quantity is asked for and awaited.
    pub fn set_quantity(&self, quantity: u32) {
        self.on_this_card(Action::Quantity(quantity));
    }

    /// Chooses one of [`OfferCard::methods`], counted from 0.
    pub fn choose_method(&self, at: usize) {
        self.on_this_card(Action::Method(at));
    }

    /// Ticks or unticks the box of [`OfferCard::consent`].
    pub fn set_consent(&self, ticked: bool) {
        self.on_this_card(Action::Consent(ticked));
    }

    /// Runs `action` unless another offer has taken the card's place.
    fn on_this_card(&self, action: Action) {
        self.hand.act_if(|screen| matches!(screen, Screen::Offer(now) if now.turn == self.card.turn), action);
    }
}

/// A message as it was drawn.
#[derive(Clone)]
pub struct ShownNotice {
    notice: Notice,
    hand: Hand,
}

impl ShownNotice {
    /// The words, and the ways out of the page.
    pub fn notice(&self) -> &Notice {
        &self.notice
    }

    /// Presses one of [`Notice::buttons`], counted from 0. Does nothing once the message has changed.
    pub fn press(&self, at: usize) {
        if let Some(button) = self.notice.buttons.get(at).filter(|_| !self.notice.is_locked) {
            self.hand.act_if(
                |screen| matches!(screen, Screen::Notice(now) if now.title == self.notice.title && now.buttons == self.notice.buttons),
                button.action,
            );
        }
    }
}
