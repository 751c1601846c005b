//! The shopper: opens pages, follows links to the bank and the checkout, comes back.

use crate::node::Nodes;
use crate::plan::Fault;
use crate::tab::{Happening, Tab, open};
use crate::truth::judge;
use crate::world::{World, lock};
use aftercart::model::{Hidden, Phase, State};
use aftercart_contract::{OfferToken, PaymentId, Subject, WebUrl};
use jiff::Timestamp;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;

/// So often a page without an offer is loaded again.
const RETRIES: usize = 4;

/// The shop's pages of one history and the person in front of them.
pub(crate) struct Site {
    pub(crate) world: Arc<World>,
    pub(crate) nodes: Arc<Nodes>,
    /// The last state of each page ever opened; `None` once the shopper left it.
    tabs: Mutex<Vec<Option<State>>>,
    was_reloaded: AtomicBool,
    /// How often the shopper has tried again where no offer could be loaded.
    retries: AtomicUsize,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("plan", &self.world.plan).finish_non_exhaustive()
    }
}

impl Site {
    pub(crate) fn new(world: &Arc<World>, nodes: &Arc<Nodes>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            nodes: Arc::clone(nodes),
            tabs: Mutex::default(),
            was_reloaded: AtomicBool::new(false),
            retries: AtomicUsize::new(0),
        })
    }

    /// The shopper arrives on a page with an offer, perhaps twice, and perhaps loads it again.
    pub(crate) fn visit(self: &Arc<Self>, subject: Subject, token: Option<OfferToken>) {
        let (number, first) = open(self, subject.clone(), token.clone());
        if self.world.strikes(Fault::TwoTabs) {
            let (site, subject, token) = (Arc::clone(self), subject.clone(), token.clone());
            tokio::spawn(async move {
                sleep(site.world.up_to(6_000)).await;
                open(&site, subject, token);
            });
        }
        if self.world.strikes(Fault::Reload) && !self.was_reloaded.swap(true, Ordering::Relaxed) {
            let site = Arc::clone(self);
            tokio::spawn(async move {
                sleep(site.world.up_to(40_000)).await;
                site.world.note(|| "the page is loaded again".to_owned());
                site.close(number, &first);
                open(&site, subject, token);
            });
        }
    }

    fn close(&self, number: usize, happens: &UnboundedSender<Happening>) {
        let _ = happens.send(Happening::Close);
        if let Some(tab) = lock(&self.tabs).get_mut(number) {
            *tab = None;
        }
    }

    /// A new page's number.
    pub(crate) fn register(&self) -> usize {
        let mut tabs = lock(&self.tabs);
        tabs.push(Some(State::Idle));
        tabs.len() - 1
    }

    /// Number and state of each page that is still open.
    pub(crate) fn open_pages(&self) -> Vec<(usize, State)> {
        let tabs = lock(&self.tabs);
        tabs.iter().enumerate().filter_map(|(number, tab)| Some((number, tab.clone()?))).collect()
    }

    /// The page shows something new: is it true, and what does the shopper do?
    pub(crate) fn sees(self: &Arc<Self>, tab: &Tab, made_at: Option<Timestamp>) {
        if let Some(slot) = lock(&self.tabs).get_mut(tab.number) {
            *slot = Some(tab.state.clone());
        }
        judge(self, tab, made_at);
        match &tab.state {
            State::Offered(sheet) => {
                let offer = sheet.chosen();
                let has_moved = self.world.notes().price_moved.is_some();
                if !has_moved && self.world.strikes(Fault::PriceMoved) {
                    self.world.notes().price_moved = Some(self.world.now());
                    let product = offer.product.id.to_string();
                    let price = offer.product.price.get() + 100;
                    let _ = self.world.dodo(|core, now| core.set_price(now, &product, price, None).map(drop));
                }
                self.answer(tab, sheet);
            }
            State::Hidden(Hidden::Error(_)) => self.try_again(tab),
            State::Accepted(attempt) => self.see(tab, &attempt.phase),
            _ => {}
        }
    }

    /// Perhaps does something about how the accept goes.
    fn see(self: &Arc<Self>, tab: &Tab, phase: &Phase) {
        match phase {
            Phase::Succeeded { change: Some(change), .. } if change.is_scheduled => self.think_again(tab),
            Phase::Waiting { .. } => self.hesitate(tab),
            Phase::Failed { failure, .. } if failure.code == "not_received" => self.try_again(tab),
            Phase::Failed { failure, .. } => self.perhaps_follow(tab, failure.checkout_url.clone()),
            Phase::ActionRequired { url, .. } => self.perhaps_follow(tab, Some(url.clone())),
            _ => {}
        }
    }

    /// A patient shopper loads the page again where it could show no offer, a few times.
    fn try_again(self: &Arc<Self>, tab: &Tab) {
        if self.retries.fetch_add(1, Ordering::Relaxed) >= RETRIES {
            return;
        }
        let (site, happens, number) = (Arc::clone(self), tab.happens.clone(), tab.number);
        let (subject, token) = (tab.config.subject.clone(), tab.config.token.clone());
        tokio::spawn(async move {
            sleep(Duration::from_secs(2) + site.world.up_to(20_000)).await;
            site.close(number, &happens);
            open(&site, subject, token);
        });
    }

    /// A link that stays on the page is clicked, or not.
    fn perhaps_follow(self: &Arc<Self>, tab: &Tab, url: Option<WebUrl>) {
        let Some(url) = url.filter(|_| self.world.below(100) < 50) else { return };
        let (site, number, wait) = (Arc::clone(self), tab.number, self.world.up_to(50_000));
        let happens = tab.happens.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(6) + wait).await;
            let is_still_there = lock(&site.tabs)
                .get(number)
                .is_some_and(|tab| tab.as_ref().is_some_and(|state| leads_to(state) == Some(&url)));
            if is_still_there {
                site.go(number, &happens, &url);
            }
        });
    }

    /// The page moves to another one by itself.
    pub(crate) fn leave(self: &Arc<Self>, tab: &Tab, url: &WebUrl) {
        self.go(tab.number, &tab.happens, url);
    }

    fn go(self: &Arc<Self>, number: usize, happens: &UnboundedSender<Happening>, url: &WebUrl) {
        self.world.note(|| format!("tab {number} goes to {}", url.as_str()));
        let comes_back = self.world.strikes(Fault::Back);
        if !comes_back {
            self.close(number, happens);
        }
        let (site, url) = (Arc::clone(self), url.as_str().to_owned());
        tokio::spawn(async move {
            sleep(Duration::from_secs(1) + site.world.up_to(45_000)).await;
            let paid = match (id_in(&url, "/3ds/"), id_in(&url, "/session/")) {
                (Some(payment), _) => site.confirm_at_bank(payment),
                (_, Some(session)) => site.pay_at_checkout(session),
                _ => None,
            };
            if let Some(payment) = paid {
                open(&site, Subject::Payment(payment), None);
            }
        });
    }

    fn confirm_at_bank(&self, payment: &str) -> Option<PaymentId> {
        let decision = self.world.below(10);
        self.world.note(|| format!("at the bank: {decision} of 10"));
        let _ = match decision {
            0..6 => self.world.dodo(|core, now| core.settle(now, payment, None)),
            6..8 => {
                let code = Some("AUTHENTICATION_FAILURE".to_owned());
                self.world.dodo(|core, now| core.settle(now, payment, code))
            }
            8 => self.world.dodo(|core, now| core.cancel_payment(now, payment)),
            _ => return None,
        };
        PaymentId::new(payment).ok()
    }

    fn pay_at_checkout(&self, session: &str) -> Option<PaymentId> {
        let cards: &[&str] = match self.world.below(10) {
            0..6 => &["4242424242424242"],
            6..8 => &["4000000000000002", "4242424242424242"],
            _ => return None,
        };
        let mut paid = None;
        for card in cards {
            let answer = self.world.dodo(|core, now| core.pay_as_buyer(now, session, card));
            self.world.note(|| format!("at the checkout: {answer:?}"));
            paid = answer.ok().or(paid);
        }
        PaymentId::new(paid?).ok()
    }
}

fn leads_to(state: &State) -> Option<&WebUrl> {
    match state.phase()? {
        Phase::Failed { failure, .. } => failure.checkout_url.as_ref(),
        Phase::ActionRequired { url, .. } => Some(url),
        _ => None,
    }
}

/// What follows `part` in an address.
fn id_in<'a>(url: &'a str, part: &str) -> Option<&'a str> {
    url.split_once(part).map(|(_, id)| id)
}
