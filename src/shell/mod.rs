//! The only I/O of the widget: performs the model's effects and feeds the answers back as events.

mod clock;
mod host_page;
mod http;
mod intl;
mod memory;
mod own_page;
mod page;
mod words;

use crate::config::Config;
use crate::i18n::Words;
use crate::model::{
    Action, Effect, Event, LoadError, State, read_accept, read_decline, read_offer, read_revoke, read_status,
    recall, recall_next, update, view_model,
};
use aftercart_contract::{OfferAnswer, OfferId};
use clock::Timers;
pub(crate) use host_page::HostPage;
use http::Call;
use intl::BrowserFormat;
pub(crate) use own_page::OwnPage;
pub(crate) use page::{Page, read_config};
use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Status and body of an answer, or none came.
type Heard<'a> = Option<(u16, &'a str)>;

/// What an answer will be the answer to.
enum Asked {
    Accept,
    Status,
    Quote {
        number: u32,
    },
    Revoke,
    /// With what was declined here before.
    Decline {
        before: Vec<OfferId>,
    },
}

impl Asked {
    fn event(self, answer: Heard<'_>) -> Event {
        match self {
            Self::Accept => Event::AcceptAnswered(read_accept(answer)),
            Self::Status => Event::StatusAnswered(read_status(answer)),
            Self::Quote { number } => Event::QuoteAnswered { number, answer: read_offer(answer) },
            Self::Revoke => Event::RevokeAnswered(read_revoke(answer)),
            Self::Decline { before } => Event::DeclineAnswered(recall_next(read_decline(answer), &before)),
        }
    }
}

/// One running visit: its state, its page and its timers. Dropping the last `Rc` ends it.
pub(crate) struct Shell<P> {
    config: Config,
    page: P,
    format: BrowserFormat,
    state: RefCell<State>,
    timers: Timers,
    /// Our own backend gives proof with what it offers, and takes reports; others would answer 404.
    takes_reports: Cell<bool>,
}

impl<P: Page + 'static> Shell<P> {
    /// A widget in `Idle`; nothing happens before [`Shell::start`].
    pub(crate) fn new(config: Config, page: P) -> Rc<Self> {
        let format = BrowserFormat::new(config.locale.as_deref());
        Rc::new(Self {
            config,
            page,
            format,
            state: RefCell::new(State::Idle),
            timers: Timers::default(),
            takes_reports: Cell::new(false),
        })
    }

    /// What the visit is shown on.
    pub(crate) fn page(&self) -> &P {
        &self.page
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
                // Asked of the host only when the accept would leave: a missing tick is between us and the shopper.
                let ready = match &*self.state.borrow() {
                    State::Offered(sheet) if sheet.quoting().is_none() => sheet.is_ready(),
                    _ => return,
                };
                if ready && !self.page.allow_accept() {
                    return;
                }
                match page::new_key() {
                    Some(key) => Event::AcceptClicked(key),
                    None => return,
                }
            }
            Action::Decline => Event::DeclineClicked,
            Action::Choose(at) => Event::OfferChosen(at),
            Action::Quantity(quantity) => Event::QuantityChosen(quantity),
            Action::Method(at) => Event::MethodChosen(at),
            Action::Consent(ticked) => Event::ConsentGiven(ticked),
            Action::Retry => Event::RetryClicked,
            Action::Revoke(wish) => Event::RevokeClicked(wish),
            Action::Reason(reason) => Event::ReasonGiven(reason),
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
        self.page.open_or_close(&screen);
        self.page.draw(screen);
        if focus_inside {
            self.page.focus_message(true);
        }
        for effect in effects {
            self.perform(effect, focus_inside);
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect, focus_inside: bool) {
        match effect {
            Effect::FetchOffer => self.load(),
            Effect::PostAccept { request, key } => {
                self.answer(http::post_accept(&self.config, &key, &request), Asked::Accept);
            }
            Effect::FetchStatus { offer_id, token } => {
                self.answer(http::get_status(&self.config, &offer_id, token.as_ref()), Asked::Status);
            }
            Effect::PostQuote { number, request } => {
                self.post("/quote", request.to_json(), Asked::Quote { number });
            }
            Effect::PostRevoke(request) => {
                self.post("/revoke", request.to_json(), Asked::Revoke);
            }
            Effect::PostDecline(request) => {
                let before = memory::declined(&self.config);
                self.post("/decline", request.to_json(), Asked::Decline { before });
            }
            Effect::Remember(offer_id) => memory::note(&self.config, &offer_id),
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
            Effect::Report { offer_id, name } if self.takes_reports.get() => {
                http::report(&self.config, offer_id, name);
            }
            Effect::MoveFocus if focus_inside => self.page.focus_message(false),
            Effect::Report { .. } | Effect::MoveFocus => {}
        }
    }

    /// Asks for the offer, unless its answer is known: then it is shown within this call.
    fn load(self: &Rc<Self>) {
        if let Some(body) = self.page.known_answer() {
            return self.greet(Some((200, &body)));
        }
        let call = http::get_offer(&self.config);
        let shell = Rc::downgrade(self);
        go_on(async move {
            let answer = call.await;
            if let Some(shell) = shell.upgrade() {
                shell.greet(answer.as_ref().map(|(status, body)| (*status, body.as_str())));
            }
        });
    }

    /// Shows what was answered; first fetches words where it brought none of the page's language.
    fn greet(self: &Rc<Self>, answer: Heard<'_>) {
        let mut answer = read_offer(answer).map(|answer| recall(answer, &memory::declined(&self.config)));
        let wanted = Words::wanted(self.config.locale.as_deref());
        if !words::are_missing(&mut answer, wanted) {
            return self.offer(answer, wanted);
        }
        let shell = Rc::downgrade(self);
        go_on(async move {
            words::fetch_into(&mut answer, wanted).await;
            if let Some(shell) = shell.upgrade() {
                shell.offer(answer, wanted);
            }
        });
    }

    fn offer(self: &Rc<Self>, mut answer: Result<OfferAnswer, LoadError>, wanted: Option<&'static str>) {
        if let Some(heard) = words::of_answer(&mut answer, wanted) {
            self.page.speak(&heard);
            self.format.hear(heard);
        }
        let proof = match &answer {
            Ok(OfferAnswer::Offer(offer)) => offer.token.as_ref(),
            Ok(OfferAnswer::Ineligible(nothing)) => nothing.token.as_ref(),
            Err(_) => None,
        };
        self.takes_reports.set(proof.is_some());
        self.dispatch(Event::OfferAnswered(answer));
    }

    fn post(self: &Rc<Self>, path: &str, body: String, asked: Asked) {
        self.answer(http::post(&self.config, path, body), asked);
    }

    /// Runs a request and dispatches its answer, unless the widget is gone by then.
    fn answer(self: &Rc<Self>, call: Call, asked: Asked) {
        let shell = Rc::downgrade(self);
        go_on(async move {
            let answer = call.await;
            if let Some(shell) = shell.upgrade() {
                let answer = answer.as_ref().map(|(status, body)| (*status, body.as_str()));
                shell.dispatch(asked.event(answer));
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

/// Runs this beside everything else. One way in, so that the executor's code is there once.
fn go_on(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    run(task);
}

#[inline(never)]
fn run(task: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(task);
}
