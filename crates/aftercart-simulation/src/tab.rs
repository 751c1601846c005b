//! A page with the widget: the real model, its effects performed on the simulated network.

use crate::network::{Message, Reply, send};
use crate::notes::Button;
use crate::shopper::Site;
use aftercart::config::Config;
use aftercart::model::{
    AcceptError, Effect, Event, Phase, State, Timer, read_accept, read_decline, read_offer, read_revoke,
    read_status, update,
};
use aftercart_contract::{DeclineResponse, IdempotencyKey, OfferAnswer, OfferId, OfferToken, Subject};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep;

/// The page's origin, which the server allows.
pub(crate) const SHOP: &str = "http://127.0.0.1:8080";

/// Something that happens to a page.
pub(crate) enum Happening {
    /// To the widget; with the moment at which the server made an answer.
    Event(Box<Event>, Option<Timestamp>),
    /// The shopper clicks accept.
    Accept,
    /// The timer of this kind and generation runs out.
    Rings(Timer, u64),
    /// The shopper leaves the page for good.
    Close,
}

/// One page, from load to close.
pub(crate) struct Tab {
    pub(crate) site: Arc<Site>,
    pub(crate) number: usize,
    pub(crate) config: Config,
    pub(crate) state: State,
    pub(crate) happens: UnboundedSender<Happening>,
    pub(crate) last_key: Option<IdempotencyKey>,
    /// The offer that the page is about.
    pub(crate) offer: Option<OfferId>,
    timers: HashMap<Timer, u64>,
    clicks: u32,
}

/// Opens a page for this subject, and answers its number and how to make something happen to it.
pub(crate) fn open(
    site: &Arc<Site>,
    subject: Subject,
    token: Option<OfferToken>,
) -> (usize, UnboundedSender<Happening>) {
    let (happens, inbox) = unbounded_channel();
    let number = site.register();
    let tab = Tab {
        site: Arc::clone(site),
        number,
        config: Config { token, ..Config::new(subject) },
        state: State::Idle,
        happens: happens.clone(),
        last_key: None,
        offer: None,
        timers: HashMap::new(),
        clicks: 0,
    };
    let _ = happens.send(Happening::Event(Box::new(Event::Started), None));
    tokio::spawn(tab.live(inbox));
    (number, happens)
}

impl Tab {
    async fn live(mut self, mut inbox: UnboundedReceiver<Happening>) {
        while let Some(happening) = inbox.recv().await {
            match happening {
                Happening::Close => return,
                Happening::Event(event, made_at) => self.happen(*event, made_at),
                Happening::Rings(timer, generation) => {
                    if self.timers.get(&timer) == Some(&generation) {
                        self.happen(Event::TimerFired(timer), None);
                    }
                }
                Happening::Accept => {
                    // As the shell does: a key is made for a click on a visible offer only.
                    if matches!(self.state, State::Offered { .. }) {
                        self.clicks += 1;
                        let key = format!("tab{}-click{}", self.number, self.clicks);
                        if let Ok(key) = IdempotencyKey::new(key) {
                            self.last_key = Some(key.clone());
                            self.happen(Event::AcceptClicked(key.clone()), None);
                            self.agree(&key);
                        }
                    }
                }
            }
        }
    }

    /// Notes what the button said, if the click left the page.
    fn agree(&self, key: &IdempotencyKey) {
        let State::Accepted(attempt) = &self.state else { return };
        let (Phase::Charging, Some(sheet)) = (&attempt.phase, attempt.sheet()) else { return };
        let Some(quote) = &sheet.chosen().quote else { return };
        let world = &self.site.world;
        let (due_now, quantity) = (quote.due_now(), sheet.quantity());
        let button = Button { clicked_at: world.now(), due_now, quantity };
        world.notes().buttons.insert(key.as_str().to_owned(), button);
    }

    fn happen(&mut self, event: Event, made_at: Option<Timestamp>) {
        self.offer = offer_in(&event).or(self.offer.take());
        let was_lost = matches!(event, Event::AcceptAnswered(Err(AcceptError::Lost)));
        let before = std::mem::replace(&mut self.state, State::Idle);
        let name = before.name();
        let is_same = |state: &State| {
            state.name() == name && std::mem::discriminant(state) == std::mem::discriminant(&before)
        };
        let (state, effects) = update(&self.config, before.clone(), event);
        let changed = !is_same(&state);
        self.state = state;
        if changed {
            let (number, now) = (self.number, self.state.name());
            self.site
                .world
                .note(|| format!("tab {number} {name} → {now}{}", if was_lost { " (lost)" } else { "" }));
            self.site.sees(self, made_at);
        }
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::FetchOffer => {
                let path = self.path("?locale=en");
                self.ask(get(path, self.config.token.as_ref()), |answer| {
                    Event::OfferAnswered(read_offer(answer))
                });
            }
            Effect::PostAccept { request, key } => {
                let mut message = post(self.path("/accept"), serde_json::to_value(&request));
                message.headers.push(("idempotency-key", key.as_str().to_owned()));
                self.ask(message, |answer| Event::AcceptAnswered(read_accept(answer)));
            }
            Effect::FetchStatus { offer_id, token } => {
                let message = get(
                    self.path(&format!("/status?offer_id={offer_id}")),
                    token.as_ref().or(self.config.token.as_ref()),
                );
                self.ask(message, |answer| Event::StatusAnswered(read_status(answer)));
            }
            Effect::PostQuote { number, request } => {
                let message = post(self.path("/quote"), serde_json::to_value(&request));
                self.ask(message, move |answer| Event::QuoteAnswered { number, answer: read_offer(answer) });
            }
            Effect::PostRevoke(request) => {
                let message = post(self.path("/revoke"), serde_json::to_value(&request));
                self.ask(message, |answer| Event::RevokeAnswered(read_revoke(answer)));
            }
            Effect::PostDecline(request) => {
                let message = post(self.path("/decline"), serde_json::to_value(&request));
                self.ask(message, |answer| Event::DeclineAnswered(read_decline(answer)));
            }
            Effect::Wait { timer, ms } => self.wait(timer, Duration::from_millis(u64::from(ms))),
            Effect::WaitForExpiry { from, until } => {
                let moment = |text: &str| text.parse::<Timestamp>().unwrap_or(Timestamp::UNIX_EPOCH);
                let wait = moment(until.as_str()).duration_since(moment(from.as_str()));
                self.wait(Timer::Expiry, Duration::try_from(wait).unwrap_or_default());
            }
            Effect::Redirect(url) => self.site.leave(self, &url),
            Effect::Remember(_) | Effect::Emit(_) | Effect::Report { .. } | Effect::MoveFocus => {}
        }
    }

    fn wait(&mut self, timer: Timer, wait: Duration) {
        let generation = self.timers.entry(timer).or_insert(0);
        *generation += 1;
        let (generation, happens) = (*generation, self.happens.clone());
        tokio::spawn(async move {
            sleep(wait).await;
            let _ = happens.send(Happening::Rings(timer, generation));
        });
    }

    fn ask(&self, message: Message, read: impl Fn(Option<(u16, &str)>) -> Event + Send + 'static) {
        let (site, happens) = (Arc::clone(&self.site), self.happens.clone());
        tokio::spawn(async move {
            let reply: Option<Reply> = send(&site.world, &site.nodes, message).await;
            let event = read(reply.as_ref().map(|reply| (reply.status, reply.body.as_str())));
            let _ = happens.send(Happening::Event(Box::new(event), reply.map(|reply| reply.made_at)));
        });
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/upsell/{}{rest}", self.config.subject)
    }
}

/// The offer that an answer speaks of.
fn offer_in(event: &Event) -> Option<OfferId> {
    match event {
        Event::OfferAnswered(Ok(OfferAnswer::Offer(offer)))
        | Event::DeclineAnswered(DeclineResponse { next: Some(offer) }) => Some(offer.offer_id.clone()),
        Event::OfferAnswered(Ok(OfferAnswer::Ineligible(nothing))) => nothing.offer_id.clone(),
        _ => None,
    }
}

fn get(path: String, token: Option<&OfferToken>) -> Message {
    let mut headers = vec![("origin", SHOP.to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {}", token.reveal()))));
    Message { method: "GET", path, headers, body: String::new() }
}

fn post(path: String, body: serde_json::Result<Value>) -> Message {
    let headers = vec![("origin", SHOP.to_owned()), ("content-type", "application/json".to_owned())];
    Message { method: "POST", path, headers, body: body.unwrap_or_default().to_string() }
}
