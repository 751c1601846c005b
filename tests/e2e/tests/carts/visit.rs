//! A visit without a browser: the widget's own model and words, over real HTTP.

use crate::shop::{PAGE, Shop};
use aftercart::config::Config;
use aftercart::contract::{IdempotencyKey, Money, Offer, Subject};
use aftercart::i18n::{LocaleFormat, Plural};
use aftercart::model::{
    Effect, Event, Line, OfferCard, Phase, Screen, State, read_accept, read_offer, read_status, update,
    view_model,
};
use aftercart_e2e::{CardWords, Promise};
use anyhow::{Context, Result, bail};
use reqwest::{Client, RequestBuilder};
use std::collections::VecDeque;

/// Money and days come as text from the backend; what is written here would be seen as a wrong amount.
struct NoFormat;

impl LocaleFormat for NoFormat {
    fn money(&self, money: Money) -> String {
        format!("{money:?} without its text")
    }

    fn date(&self, rfc3339: &str) -> String {
        rfc3339.to_owned()
    }

    fn plural(&self, count: u16) -> Plural {
        if count == 1 { Plural::One } else { Plural::Other }
    }
}

pub(crate) struct Visit<'a> {
    shop: &'a Shop,
    http: Client,
    config: Config,
    state: State,
    clicks: u32,
}

impl<'a> Visit<'a> {
    /// The page after this purchase, with its offer.
    pub(crate) async fn to(shop: &'a Shop, payment: &str) -> Result<Self> {
        let subject = Subject::parse(payment).map_err(|error| anyhow::anyhow!("{payment}: {error}"))?;
        let config = Config::new(subject);
        let mut visit = Self { shop, http: Client::new(), config, state: State::Idle, clicks: 0 };
        visit.happen(Event::Started).await?;
        Ok(visit)
    }

    /// The shopper wants so many.
    pub(crate) async fn take(&mut self, quantity: u32) -> Result<()> {
        self.happen(Event::QuantityChosen(quantity)).await
    }

    /// Reads the card and checks it against the quote and Dodo's preview.
    pub(crate) async fn promise(&self) -> Result<Promise> {
        let card = self.card()?;
        let words = |part: &str| {
            let lines = card.before_buttons.iter().chain(&card.after_buttons);
            let of_part = |line: &&Line| line.part == part;
            lines.filter(of_part).map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
        };
        let words = CardWords {
            accept: card.accept.clone(),
            due_now: card.facts.first().map(|(_, amount)| amount.clone()).unwrap_or_default(),
            credit: words("credit"),
            terms: words("terms"),
        };
        Promise::of(&self.shop.sandbox, &words, self.offer()?.clone()).await
    }

    /// Ticks what the law wants ticked, and clicks the button.
    pub(crate) async fn accept(&mut self) -> Result<()> {
        if self.card()?.consent.is_some() {
            self.happen(Event::ConsentGiven(true)).await?;
        }
        self.clicks += 1;
        let key = IdempotencyKey::new(format!("{}-click-{}", self.config.subject, self.clicks));
        self.happen(Event::AcceptClicked(key.map_err(anyhow::Error::msg)?)).await
    }

    /// Paid, or the plan is changed.
    pub(crate) fn has_succeeded(&self) -> bool {
        matches!(self.state.phase(), Some(Phase::Succeeded { .. }))
    }

    /// The offer is there again with another price, and the card says so.
    pub(crate) fn says_that_the_price_moved(&self) -> Result<bool> {
        let warns = |line: &Line| line.part == "warning" && line.text.starts_with("The price has changed");
        Ok(self.card()?.before_buttons.iter().any(warns))
    }

    fn offer(&self) -> Result<&Offer> {
        match &self.state {
            State::Offered(sheet) => Ok(sheet.chosen()),
            other => bail!("no offer: {other:?}"),
        }
    }

    fn card(&self) -> Result<OfferCard> {
        match view_model(&self.config, &self.state, &NoFormat) {
            Screen::Offer(card) => Ok(*card),
            other => bail!("no offer on the screen: {other:?}"),
        }
    }

    /// Gives the model an event, performs what it asks for, and gives it the answers, until it asks for nothing more.
    async fn happen(&mut self, event: Event) -> Result<()> {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let state = std::mem::replace(&mut self.state, State::Idle);
            let (state, effects) = update(&self.config, state, event);
            self.state = state;
            for effect in effects {
                events.extend(self.perform(effect).await?);
            }
        }
        Ok(())
    }

    /// What the browser does for the model, as far as money depends on it.
    async fn perform(&self, effect: Effect) -> Result<Option<Event>> {
        let event = match effect {
            Effect::FetchOffer => {
                let answer = ask(self.http.get(self.address("?locale=en"))).await?;
                Event::OfferAnswered(read_offer(Some((answer.0, &answer.1))))
            }
            Effect::PostQuote { number, request } => {
                let answer = ask(self.http.post(self.address("/quote")).json(&request)).await?;
                Event::QuoteAnswered { number, answer: read_offer(Some((answer.0, &answer.1))) }
            }
            Effect::PostAccept { request, key } => {
                let accept = self.http.post(self.address("/accept")).json(&request);
                let answer = ask(accept.header("idempotency-key", key.as_str())).await?;
                Event::AcceptAnswered(read_accept(Some((answer.0, &answer.1))))
            }
            Effect::FetchStatus { offer_id, token } => {
                let status = self.http.get(self.address(&format!("/status?offer_id={offer_id}")));
                let token = token.context("our backend gives tokens")?;
                let answer = ask(status.bearer_auth(token.reveal())).await?;
                Event::StatusAnswered(read_status(Some((answer.0, &answer.1))))
            }
            Effect::Wait { timer: aftercart::model::Timer::Poll, ms } => {
                tokio::time::sleep(std::time::Duration::from_millis(ms.into())).await;
                Event::TimerFired(aftercart::model::Timer::Poll)
            }
            _ => return Ok(None),
        };
        Ok(Some(event))
    }

    fn address(&self, rest: &str) -> String {
        format!("{}/api/upsell/{}{rest}", self.shop.backend.origin(), self.config.subject)
    }
}

async fn ask(request: RequestBuilder) -> Result<(u16, String)> {
    let answer = request.header("origin", PAGE).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
