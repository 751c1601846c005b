//! The shopper: reads, thinks, clicks, follows links to the bank and the checkout, comes back.

use crate::node::Nodes;
use crate::plan::Fault;
use crate::tab::{Happening, Tab, open};
use crate::verdict::judge;
use crate::world::{World, lock};
use aftercart::model::{Event, Hidden, State};
use aftercart_contract::{PaymentId, Subject, WebUrl};
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
    /// The purchase that came before.
    pub(crate) purchase: PaymentId,
    /// The last state of each page ever opened; `None` once the shopper left it.
    tabs: Mutex<Vec<Option<State>>>,
    was_reloaded: AtomicBool,
    /// How often the shopper has tried again where no offer could be loaded.
    retries: AtomicUsize,
    price_moved: AtomicBool,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("purchase", &self.purchase).finish_non_exhaustive()
    }
}

impl Site {
    pub(crate) fn new(world: &Arc<World>, nodes: &Arc<Nodes>, purchase: PaymentId) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            nodes: Arc::clone(nodes),
            purchase,
            tabs: Mutex::default(),
            was_reloaded: AtomicBool::new(false),
            retries: AtomicUsize::new(0),
            price_moved: AtomicBool::new(false),
        })
    }

    /// The shopper arrives on the success page, perhaps twice, and perhaps loads it again.
    pub(crate) fn visit(self: &Arc<Self>) {
        let first = self.open_purchase();
        if self.world.strikes(Fault::TwoTabs) {
            let site = Arc::clone(self);
            tokio::spawn(async move {
                sleep(site.world.up_to(6_000)).await;
                site.open_purchase();
            });
        }
        if self.world.strikes(Fault::Reload) && !self.was_reloaded.swap(true, Ordering::Relaxed) {
            let site = Arc::clone(self);
            tokio::spawn(async move {
                sleep(site.world.up_to(40_000)).await;
                site.world.note(|| "the page is loaded again".to_owned());
                let _ = first.send(Happening::Close);
                if let Some(tab) = lock(&site.tabs).first_mut() {
                    *tab = None;
                }
                site.open_purchase();
            });
        }
    }

    fn open_purchase(self: &Arc<Self>) -> UnboundedSender<Happening> {
        open(self, Subject::Payment(self.purchase.clone()))
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
                if !self.price_moved.load(Ordering::Relaxed) && self.world.strikes(Fault::PriceMoved) {
                    self.price_moved.store(true, Ordering::Relaxed);
                    let product = offer.product.id.to_string();
                    let price = offer.product.price.get() + 100;
                    let _ = self.world.dodo(|core, now| core.set_price(now, &product, price, None).map(drop));
                }
                self.answer(tab);
            }
            State::Hidden(Hidden::Error(_)) => self.try_again(tab),
            State::Failed { failure, .. } if failure.code == "not_received" => self.try_again(tab),
            State::Failed { failure, .. } => self.perhaps_follow(tab, failure.checkout_url.clone()),
            State::ActionRequired { url, .. } => self.perhaps_follow(tab, Some(url.clone())),
            _ => {}
        }
    }

    /// A patient shopper loads the page again where it could show no offer, a few times.
    fn try_again(self: &Arc<Self>, tab: &Tab) {
        if self.retries.fetch_add(1, Ordering::Relaxed) >= RETRIES {
            return;
        }
        let (site, happens, number) = (Arc::clone(self), tab.happens.clone(), tab.number);
        let subject = tab.config.subject.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(2) + site.world.up_to(20_000)).await;
            let _ = happens.send(Happening::Close);
            if let Some(tab) = lock(&site.tabs).get_mut(number) {
                *tab = None;
            }
            open(&site, subject);
        });
    }

    fn answer(&self, tab: &Tab) {
        let (happens, think) = (tab.happens.clone(), Duration::from_millis(500) + self.world.up_to(12_000));
        let mood = self.world.below(100);
        let clicks_twice = self.world.strikes(Fault::DoubleClick);
        let second = self.world.up_to(300);
        tokio::spawn(async move {
            sleep(think).await;
            match mood {
                0..85 => {
                    let _ = happens.send(Happening::Accept);
                    if clicks_twice {
                        sleep(second).await;
                        let _ = happens.send(Happening::Accept);
                    }
                }
                85..95 => {
                    let _ = happens.send(Happening::Event(Box::new(Event::DeclineClicked), None));
                }
                _ => {}
            }
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
            let _ = happens.send(Happening::Close);
            if let Some(tab) = lock(&self.tabs).get_mut(number) {
                *tab = None;
            }
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
                open(&site, Subject::Payment(payment));
            }
        });
    }

    fn confirm_at_bank(&self, payment: &str) -> Option<PaymentId> {
        let code = match self.world.below(10) {
            0..6 => None,
            6..8 => Some("AUTHENTICATION_FAILURE".to_owned()),
            _ => return None,
        };
        self.world.note(|| format!("at the bank: {code:?}"));
        let _ = self.world.dodo(|core, now| core.settle(now, payment, code));
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
    match state {
        State::Failed { failure, .. } => failure.checkout_url.as_ref(),
        State::ActionRequired { url, .. } => Some(url),
        _ => None,
    }
}

/// What follows `part` in an address.
fn id_in<'a>(url: &'a str, part: &str) -> Option<&'a str> {
    url.split_once(part).map(|(_, id)| id)
}
