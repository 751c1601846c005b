//! The only I/O of the widget: performs the model's effects and feeds the answers back as events.

mod clock;
mod http;
mod intl;
mod page;
mod words;

use crate::config::Config;
use crate::i18n::Words;
use crate::model::{
    Effect, Event, Screen, State, read_accept, read_decline, read_offer, read_status, update, view_model,
};
use aftercart_contract::{AcceptRequest, DeclineRequest};
use clock::Timers;
use intl::BrowserFormat;
use leptos::prelude::{RwSignal, Set};
pub(crate) use page::{Page as HostPage, read_config};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// What a shopper can do, whichever button, key or method it came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Accept the offer.
    Accept,
    /// Decline it.
    Decline,
    /// Stay on this page.
    Stay,
    /// Take the message away.
    Close,
    /// Ask for a fresh offer.
    Refresh,
}

/// One running widget: its state, its page and its timers. Dropping the last `Rc` ends it.
pub(crate) struct Shell {
    config: Config,
    page: HostPage,
    format: BrowserFormat,
    state: RefCell<State>,
    timers: Timers,
    screen: RwSignal<Screen>,
}

impl Shell {
    /// A widget in `Idle`; nothing happens before [`Shell::start`].
    pub(crate) fn new(config: Config, page: HostPage, screen: RwSignal<Screen>) -> Rc<Self> {
        let format = BrowserFormat::new(config.locale.as_deref());
        Rc::new(Self {
            config,
            page,
            format,
            state: RefCell::new(State::Idle),
            timers: Timers::default(),
            screen,
        })
    }

    /// Asks for the offer.
    pub(crate) fn start(self: &Rc<Self>) {
        self.page.speak(&Words::default());
        self.dispatch(Event::Started);
    }

    /// Turns what the shopper did into an event. A host may prevent an accept.
    pub(crate) fn act(self: &Rc<Self>, action: Action) {
        let event = match action {
            Action::Accept => {
                let offered = matches!(*self.state.borrow(), State::Offered { .. });
                if !offered || !self.page.allow_accept() {
                    return;
                }
                match page::new_key() {
                    Some(key) => Event::AcceptClicked(key),
                    None => return,
                }
            }
            Action::Decline => Event::DeclineClicked,
            Action::Stay => Event::StayClicked,
            Action::Close => Event::CloseClicked,
            Action::Refresh => Event::RefreshClicked,
        };
        self.dispatch(event);
    }

    /// Moves the state machine by one event, draws the new state, then performs the effects.
    fn dispatch(self: &Rc<Self>, event: Event) {
        let state = self.state.replace(State::Idle);
        let (state, effects) = update(&self.config, state, event);
        let screen = view_model(&self.config, &state, &self.format);
        self.page.show(&state, &screen);
        self.state.replace(state);
        let focus_inside = self.page.has_focus();
        self.screen.set(screen);
        for effect in effects {
            self.perform(effect, focus_inside);
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect, focus_inside: bool) {
        match effect {
            Effect::FetchOffer => self.load(),
            Effect::PostAccept { offer_id, token, key } => {
                let body = AcceptRequest {
                    offer_id,
                    token,
                    payment_method: None,
                    quantity: None,
                    text_version: None,
                    consent: false,
                };
                let call = http::post_accept(&self.config, &key, &body);
                self.answer(call, |answer| Event::AcceptAnswered(read_accept(answer)));
            }
            Effect::FetchStatus { offer_id, token } => {
                let call = http::get_status(&self.config, &offer_id, token.as_ref());
                self.answer(call, |answer| Event::StatusAnswered(read_status(answer)));
            }
            Effect::PostDecline { offer_id, token } => {
                let call =
                    http::post_decline(&self.config, &DeclineRequest { offer_id, token, reason: None });
                self.answer(call, |answer| Event::DeclineAnswered(read_decline(answer)));
            }
            Effect::Wait { timer, ms } => self.wait(timer, ms),
            Effect::WaitForExpiry { from, until } => {
                if let Some(ms) = clock::between(&from, &until) {
                    self.wait(crate::model::Timer::Expiry, ms);
                }
            }
            Effect::Redirect(url) => {
                if !self.page.redirect(&url) {
                    self.dispatch(Event::StayClicked);
                }
            }
            Effect::Emit(event) => self.page.tell(&event),
            Effect::Report { offer_id, name } => http::report(&self.config, offer_id, name),
            Effect::MoveFocus if focus_inside => self.page.focus_message(),
            Effect::MoveFocus => {}
        }
    }

    /// Asks for the offer, and for words only where the answer brought none.
    fn load(self: &Rc<Self>) {
        let call = http::get_offer(&self.config);
        let wanted = Words::wanted(self.config.locale.as_deref());
        let shell = Rc::downgrade(self);
        spawn_local(async move {
            let answer = call.await;
            let mut answer = read_offer(answer.as_ref().map(|(status, body)| (*status, body.as_str())));
            let heard = words::of_answer(&mut answer, wanted).await;
            if let Some(shell) = shell.upgrade() {
                if let Some(heard) = heard {
                    shell.page.speak(&heard);
                    shell.format.hear(heard);
                }
                shell.dispatch(Event::OfferAnswered(answer));
            }
        });
    }

    /// Runs a request and dispatches its answer, unless the widget is gone by then.
    fn answer<C>(self: &Rc<Self>, call: C, read: impl Fn(Option<(u16, &str)>) -> Event + 'static)
    where
        C: Future<Output = Option<(u16, String)>> + 'static,
    {
        let shell = Rc::downgrade(self);
        spawn_local(async move {
            let answer = call.await;
            if let Some(shell) = shell.upgrade() {
                shell.dispatch(read(answer.as_ref().map(|(status, body)| (*status, body.as_str()))));
            }
        });
    }

    fn wait(self: &Rc<Self>, timer: crate::model::Timer, ms: u32) {
        let shell = Rc::downgrade(self);
        self.timers.start(timer, ms, move || {
            if let Some(shell) = shell.upgrade() {
                shell.dispatch(Event::TimerFired(timer));
            }
        });
    }
}
