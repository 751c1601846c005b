//! The honesty line: what the accept button says is what was quoted, what Dodo's preview says, and what Dodo's books hold
//! afterwards, to the minor unit. Every journey that accepts makes a [`Promise`] before the click and sees it kept after.

use aftercart::contract::{Mode, Offer, Quote};
use anyhow::{Context, Result, ensure};
use dodo_sandbox::core::{Payment, PaymentStatus, Subscription};

use crate::journey::Journey;
use crate::money::money_in;
use crate::plans::Preview;

/// What the shopper was promised, seen on the card just before the click.
#[derive(Clone, Debug)]
pub struct Promise {
    /// What accepting charges now, tax included; 0 where nothing is due.
    pub amount_minor: i64,
    /// The offer as the widget was given it.
    pub offer: Offer,
    /// How Dodo's books stood.
    payments_before: usize,
    /// The subscription that a plan change is of, as it was.
    plan_before: Option<Subscription>,
    /// The change waits for the next billing date.
    is_scheduled: bool,
}

impl Journey {
    /// Reads the card that is shown and checks that button, quote and Dodo's preview name one amount.
    pub async fn promise(&self) -> Result<Promise> {
        let words = self.accept_words_once_priced().await?;
        let offer = self.offer_on_the_card().await?;
        let quote = offer.quote.clone().context("an offer without a price")?;
        let due = quote.due_now.get();
        let named = money_in(&words, quote.currency.code())?;
        ensure!(named.unwrap_or(0) == due, "the button says “{words}”, the quote {due}");
        if named.is_none() {
            self.says_that_nothing_is_due(&offer, &quote).await?;
        }
        let preview = self.preview_again(offer.product.id.as_str(), quote.quantity).await?;
        preview.agrees_with(&offer, &quote)?;
        let plan_before = preview.subscription.as_ref().map(|id| self.subscription(id)).transpose()?;
        let payments_before = self.sandbox.ledger().payments.len();
        Ok(Promise {
            amount_minor: due,
            offer,
            payments_before,
            plan_before,
            is_scheduled: preview.is_scheduled,
        })
    }

    /// Sees that Dodo's books hold what was promised, and nothing else that is new for this customer's product.
    pub async fn was_kept(&self, promise: &Promise) -> Result<()> {
        self.every_webhook_is_delivered().await?;
        match &promise.plan_before {
            Some(before) => self.plan_was_changed(promise, before),
            None => self.product_was_paid(promise),
        }
    }

    /// Sees that the accept that was promised came to nothing: no money moved, and the plan is as it was.
    pub async fn came_to_nothing(&self, promise: &Promise) -> Result<()> {
        self.every_webhook_is_delivered().await?;
        let paid = self.paid_since(promise);
        ensure!(paid.is_empty(), "something was charged: {paid:#?}");
        if let Some(before) = &promise.plan_before {
            let now = self.subscription(&before.id)?;
            ensure!(now.status.is_active(), "the plan is not active: {now:#?}");
            ensure!(
                now.product_id == before.product_id && now.addons == before.addons,
                "another plan: {now:#?}"
            );
            ensure!(now.credit_balance == before.credit_balance, "credit moved: {now:#?}");
        }
        Ok(())
    }

    /// A button without an amount belongs to a card that says so in another way.
    async fn says_that_nothing_is_due(&self, offer: &Offer, quote: &Quote) -> Result<()> {
        if offer.mode != Mode::Confirm {
            ensure!(offer.trial.is_some(), "the button names no amount, and there is no trial");
            let renewal = quote.renewal.as_ref().context("a trial says what it costs afterwards")?;
            let terms = self.words_of("terms").await?;
            let later = money_in(&terms, quote.currency.code())?;
            ensure!(
                later == Some(renewal.amount.get()),
                "later it costs {}, and “{terms}”",
                renewal.amount.get()
            );
            return Ok(());
        }
        let due = self.words_of("fact").await?;
        ensure!(money_in(&due, quote.currency.code())? == Some(0), "due now is 0, and the card says “{due}”");
        let credit = quote.credit_granted.get();
        if credit > 0 {
            let words = self.words_of("credit").await?;
            ensure!(
                money_in(&words, quote.currency.code())? == Some(credit),
                "credit is {credit}, not “{words}”"
            );
        }
        Ok(())
    }

    /// Succeeded payments that are newer than the promise, of whomever: each journey has a sandbox of its own.
    fn paid_since(&self, promise: &Promise) -> Vec<Payment> {
        let all = self.sandbox.ledger().payments.into_iter().skip(promise.payments_before);
        all.filter(|payment| payment.status == PaymentStatus::Succeeded).collect()
    }

    fn product_was_paid(&self, promise: &Promise) -> Result<()> {
        let paid = self.paid_since(promise);
        let [payment] = paid.as_slice() else {
            anyhow::bail!("expected one payment: {paid:#?}");
        };
        promise.is_paid_by(payment)?;
        let line = payment.cart.first().context("an empty cart")?;
        let quote = promise.quote()?;
        ensure!(line.product_id == promise.offer.product.id.as_str(), "another product was paid: {line:?}");
        ensure!(line.quantity == i64::from(quote.quantity), "another quantity was paid: {line:?}");
        if promise.offer.mode != Mode::Checkout {
            let told = self.was_told_of("payment.succeeded", &payment.id);
            ensure!(told, "no verified webhook told of {}", payment.id);
        }
        Ok(())
    }

    fn plan_was_changed(&self, promise: &Promise, before: &Subscription) -> Result<()> {
        let paid = self.paid_since(promise);
        match paid.as_slice() {
            [] => ensure!(promise.amount_minor == 0, "{} was due and not paid", promise.amount_minor),
            [payment] => promise.is_paid_by(payment)?,
            more => anyhow::bail!("more than one payment: {more:#?}"),
        }
        self.change_was_sent_as_previewed(before)?;
        let (now, wanted) = (self.subscription(&before.id)?, promise.offer.product.id.as_str());
        ensure!(now.addons == before.addons, "the addons changed: {now:#?}");
        if promise.is_scheduled {
            let planned = now.scheduled_change.as_ref().context("no change is scheduled")?;
            ensure!(planned.product_id == wanted && planned.addons == before.addons, "{planned:?}");
            ensure!(now.product_id == before.product_id, "the plan changed before its day");
            ensure!(now.credit_balance == before.credit_balance, "credit moved before its day");
            return Ok(());
        }
        let quote = promise.quote()?;
        let credit = quote.credit_granted.get() - quote.credit_used.get();
        ensure!(now.product_id == wanted, "the plan is {}", now.product_id);
        ensure!(now.credit_balance - before.credit_balance == credit, "credit is {}", now.credit_balance);
        Ok(())
    }
}

impl Promise {
    /// What was quoted.
    pub fn quote(&self) -> Result<&Quote> {
        self.offer.quote.as_ref().context("an offer without a price")
    }

    fn is_paid_by(&self, payment: &Payment) -> Result<()> {
        let quote = self.quote()?;
        let (total, tax) = (payment.total_amount, quote.tax.map_or(0, |tax| tax.get()));
        ensure!(total == self.amount_minor, "{total} was charged, and {} promised", self.amount_minor);
        ensure!(payment.tax == tax, "{} of tax in the books, and {tax} quoted", payment.tax);
        ensure!(payment.currency == quote.currency.code(), "charged in {}", payment.currency);
        Ok(())
    }
}

impl Preview {
    /// Dodo names what was quoted.
    fn agrees_with(&self, offer: &Offer, quote: &Quote) -> Result<()> {
        ensure!(self.currency == quote.currency.code(), "previewed in {}", self.currency);
        if self.is_scheduled {
            return Ok(());
        }
        ensure!(
            self.total == quote.due_now.get(),
            "{} previewed, {} quoted",
            self.total,
            quote.due_now.get()
        );
        ensure!(self.tax == quote.tax.map_or(0, |tax| tax.get()), "{} of tax previewed: {quote:?}", self.tax);
        let credit = quote.credit_granted.get() - quote.credit_used.get();
        ensure!(self.credits == credit, "{} of credit previewed, {credit} quoted", self.credits);
        if let (Some(_), Some(later), Some(renewal)) = (offer.trial, self.recurring, &quote.renewal) {
            ensure!(later == renewal.amount.get(), "{later} previewed for later, {}", renewal.amount.get());
        }
        Ok(())
    }
}
