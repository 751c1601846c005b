//! The honesty line of a journey: the card in the browser, Dodo's books in the sandbox.

use aftercart::contract::Mode;
use anyhow::{Result, ensure};

use crate::journey::Journey;
use crate::promise::{CardWords, Promise};

impl Journey {
    /// Reads the card that is shown, once its price is there, and checks it.
    pub async fn promise(&self) -> Result<Promise> {
        let card = CardWords {
            accept: self.accept_words_once_priced().await?,
            due_now: self.words_of("fact").await?,
            credit: self.words_of("credit").await?,
            terms: self.words_of("terms").await?,
        };
        Promise::of(&self.sandbox, &card, self.offer_on_the_card().await?).await
    }

    /// Sees that Dodo's books hold what was promised, and that a verified webhook told of it.
    pub async fn was_kept(&self, promise: &Promise) -> Result<()> {
        self.every_webhook_is_delivered().await?;
        let payment = promise.was_kept(&self.sandbox)?;
        if let Some(payment) = payment.filter(|_| promise.offer.mode == Mode::OneClick) {
            let told = self.was_told_of("payment.succeeded", &payment.id);
            ensure!(told, "no verified webhook told of {}", payment.id);
        }
        Ok(())
    }

    /// Sees that the accept that was promised came to nothing: no money moved, and the plan is as it was.
    pub async fn came_to_nothing(&self, promise: &Promise) -> Result<()> {
        self.every_webhook_is_delivered().await?;
        promise.came_to_nothing(&self.sandbox)
    }
}
