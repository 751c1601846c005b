//! Messages in words.

use super::super::action::{Action, DeclineReason};
use super::super::revocation;
use super::super::screen::{Button, Link, Notice, Tone};
use super::super::state::{Attempt, Phase, State};
use super::Words;
use crate::i18n::Key;
use aftercart_contract::{Failure, Money, Outcome, PlanChange, Receipt, Revocation, WebUrl, digits};

impl Words<'_> {
    /// The message of a state; in a dialog every message can be closed.
    pub(in super::super) fn notice(&self, state: &State, is_dialog: bool) -> Notice {
        let mut notice = match state {
            State::Accepted(attempt) => self.accepted(attempt),
            State::Expired => self.plain(
                Tone::Calm,
                Key::ExpiredTitle,
                &[Key::ExpiredText],
                &[(Key::ExpiredButton, Action::Refresh)],
            ),
            State::Declined { told_why, .. } => self.declined(*told_why),
            _ => self.processing(),
        };
        let can_close = state.phase().is_none_or(Phase::can_be_closed);
        if is_dialog && can_close && notice.buttons.iter().all(|button| button.action != Action::Close) {
            notice.buttons.push(self.button(Key::Close, Action::Close));
        }
        notice
    }

    fn accepted(&self, attempt: &Attempt) -> Notice {
        match &attempt.phase {
            Phase::Charging | Phase::Processing => self.processing(),
            Phase::Unknown => {
                let buttons = if attempt.can_be_asked() { &[][..] } else { &[(Key::Close, Action::Close)] };
                self.plain(Tone::Waiting, Key::UnknownTitle, &[Key::UnknownText], buttons)
            }
            Phase::Waiting { seconds, wish } => self.waiting(attempt, *seconds, wish.is_some()),
            Phase::ActionRequired { url, staying } => {
                let mut notice = if *staying {
                    self.plain(Tone::Waiting, Key::ActionTitle, &[Key::ActionTextStay], &[])
                } else {
                    let stay = [(Key::Stay, Action::Stay)];
                    self.plain(Tone::Waiting, Key::ActionTitle, &[Key::ActionText], &stay)
                };
                notice.links.push(self.link(Key::ActionLink, url));
                notice
            }
            Phase::Succeeded { receipt, change: Some(change), calling_off, .. } => {
                self.changed(attempt, receipt.as_ref(), change, *calling_off)
            }
            Phase::Succeeded { receipt, .. } => self.succeeded(receipt.as_ref()),
            Phase::Revoked { was_change: true } => {
                self.plain(Tone::Calm, Key::CalledOffTitle, &[Key::CalledOffText], &[])
            }
            Phase::Revoked { .. } => self.plain(Tone::Calm, Key::RevokedTitle, &[Key::RevokedText], &[]),
            Phase::Failed { failure, staying } => self.failed(failure, *staying),
        }
    }

    /// How the step before an offer ended, in one line.
    pub(super) fn receipt(&self, outcome: &Outcome) -> String {
        let notice = match outcome {
            Outcome::Succeeded { change: Some(change), receipt, .. } => {
                self.change_notice(receipt.as_ref(), change)
            }
            Outcome::Succeeded { receipt, .. } => self.succeeded(receipt.as_ref()),
            Outcome::Failed(_) => self.plain(Tone::Bad, Key::FailedTitle, &[Key::FailedText], &[]),
            Outcome::Revoked => self.plain(Tone::Calm, Key::RevokedTitle, &[Key::RevokedText], &[]),
            _ => self.plain(Tone::Waiting, Key::ProcessingTitle, &[], &[]),
        };
        std::iter::once(notice.title + ".").chain(notice.paragraphs).collect::<Vec<_>>().join(" ")
    }

    fn processing(&self) -> Notice {
        self.plain(Tone::Waiting, Key::ProcessingTitle, &[Key::ProcessingText], &[])
    }

    fn plain(&self, tone: Tone, title: Key, paragraphs: &[Key], buttons: &[(Key, Action)]) -> Notice {
        Notice {
            tone,
            title: self.copy.text(title),
            paragraphs: paragraphs.iter().map(|key| self.copy.text(*key)).collect(),
            links: Vec::new(),
            buttons: buttons.iter().map(|(key, action)| self.button(*key, *action)).collect(),
            is_locked: false,
        }
    }

    fn button(&self, key: Key, action: Action) -> Button {
        Button { label: self.copy.text(key), action }
    }

    fn link(&self, key: Key, url: &WebUrl) -> Link {
        Link { label: self.copy.text(key), url: url.clone() }
    }

    fn waiting(&self, attempt: &Attempt, seconds: Option<u32>, is_locked: bool) -> Notice {
        let revoke = |wish| Action::Revoke(wish);
        let undo = (Key::Undo, revoke(Revocation::Revoke));
        let Some(seconds) = seconds else {
            let buttons = [(Key::Resume, revoke(Revocation::Resume)), undo];
            let notice = self.plain(Tone::Calm, Key::WaitingHeldTitle, &[Key::WaitingHeldText], &buttons);
            return Notice { is_locked, ..notice };
        };
        // The last second is too late for a wish to arrive in.
        let buttons = [undo, (Key::Hold, revoke(Revocation::Hold))];
        let buttons = if seconds == 0 { &[][..] } else { &buttons };
        let mut notice = self.plain(Tone::Waiting, Key::WaitingTitle, &[], buttons);
        notice.title = match attempt.offer() {
            Some(offer) => self.copy.fill(Key::WaitingTitle, &[("amount", &self.due(offer))]),
            None if attempt.copy().get(Key::WaitingTitle.name()).is_some() => notice.title,
            None => self.copy.text(Key::ProcessingTitle),
        };
        notice.paragraphs = vec![self.copy.fill(Key::WaitingText, &[("seconds", &digits(seconds))])];
        Notice { is_locked, ..notice }
    }

    fn succeeded(&self, receipt: Option<&Receipt>) -> Notice {
        let Some(receipt) = receipt else {
            return self.plain(Tone::Good, Key::SucceededTitlePlain, &[Key::SucceededTextPlain], &[]);
        };
        let mut notice = self.plain(Tone::Good, Key::SucceededTitlePlain, &[], &[]);
        notice.title = self.copy.fill(Key::SucceededTitle, &[("product", &receipt.product_name)]);
        notice.paragraphs = vec![self.charged(receipt)];
        notice
    }

    fn charged(&self, receipt: &Receipt) -> String {
        let charged = Money { amount_minor: receipt.amount, currency: receipt.currency };
        let amount = self.shown(receipt.display.as_ref(), charged);
        match (&receipt.brand, &receipt.last4) {
            (Some(brand), Some(last4)) => {
                let method = self.card_name(brand, last4);
                self.copy.fill(Key::SucceededTextMethod, &[("amount", &amount), ("method", &method)])
            }
            _ => self.copy.fill(Key::SucceededText, &[("amount", &amount)]),
        }
    }

    fn changed(
        &self,
        attempt: &Attempt,
        receipt: Option<&Receipt>,
        change: &PlanChange,
        is_locked: bool,
    ) -> Notice {
        let mut notice = self.change_notice(receipt, change);
        if revocation::can_be_called_off(attempt, change) {
            notice.buttons.push(self.button(Key::CallOff, Action::Revoke(Revocation::Revoke)));
        }
        Notice { is_locked, ..notice }
    }

    fn change_notice(&self, receipt: Option<&Receipt>, change: &PlanChange) -> Notice {
        let mut notice = self.plain(Tone::Good, Key::ChangedText, &[], &[]);
        let day = self.day(change.effective_on.as_ref(), change.effective_at.as_ref());
        let plan = [("plan", &*change.product_name)];
        let text = if let Some(date) = day.filter(|_| change.is_scheduled) {
            notice.title = self.copy.fill(Key::ChangedLaterTitle, &[("date", &date)]);
            self.copy.fill(Key::ChangedLaterText, &plan)
        } else {
            notice.title = self.copy.fill(Key::ChangedTitle, &plan);
            self.copy.text(Key::ChangedText)
        };
        notice.paragraphs.push(receipt.map_or(text, |receipt| self.charged(receipt)));
        let credit = change.credit_granted.as_ref();
        notice
            .paragraphs
            .extend(credit.map(|amount| self.copy.fill(Key::ChangedCredit, &[("amount", amount)])));
        notice
    }

    fn failed(&self, failure: &Failure, staying: bool) -> Notice {
        if failure.code == "not_received" {
            return self.plain(Tone::Bad, Key::NotReceivedTitle, &[Key::NotReceivedText], &[]);
        }
        let of_unknown = failure.code == "unknown";
        let title = if of_unknown { Key::UnknownTitle } else { Key::FailedTitle };
        let mut notice = self.plain(Tone::Bad, title, &[], &[]);
        // The host sends the shopper on although nobody knows: claim nothing about the charge.
        if !of_unknown {
            let ours = || self.copy.text(Key::FailedText);
            let theirs = Some(failure.message.clone()).filter(|text| !text.is_empty());
            notice.paragraphs.push(theirs.unwrap_or_else(ours));
        }
        if failure.retry.is_some() {
            notice.buttons.push(self.button(Key::RetryMethod, Action::Retry));
        }
        if let Some(url) = &failure.checkout_url {
            let key = if staying { Key::FailedCheckout } else { Key::FailedRedirect };
            notice.paragraphs.push(self.copy.text(key));
            notice.links.push(self.link(Key::FailedLink, url));
        }
        notice.links.extend(failure.update_url.as_ref().map(|url| self.link(Key::UpdateMethod, url)));
        match (&failure.checkout_url, staying) {
            (None, _) => notice.buttons.push(self.button(Key::Close, Action::Close)),
            (Some(_), false) => notice.buttons.push(self.button(Key::Stay, Action::Stay)),
            (Some(_), true) => {}
        }
        notice
    }

    fn declined(&self, told_why: bool) -> Notice {
        if told_why {
            return self.plain(Tone::Calm, Key::DeclinedTitle, &[Key::ReasonThanks], &[]);
        }
        let reasons = [
            (Key::ReasonPrice, Action::Reason(DeclineReason::Price)),
            (Key::ReasonHave, Action::Reason(DeclineReason::Have)),
            (Key::ReasonNeed, Action::Reason(DeclineReason::Need)),
            (Key::ReasonLater, Action::Reason(DeclineReason::Later)),
        ];
        self.plain(Tone::Calm, Key::DeclinedTitle, &[Key::DeclinedText, Key::ReasonAsk], &reasons)
    }
}
