//! The honesty line: what the accept button says is what was quoted, what Dodo's preview says, and what Dodo's books hold
//! afterwards, to the minor unit. Whoever accepts makes a [`Promise`] before the click and sees it kept after.

use aftercart::contract::{AmountMinor, Mode, Offer, Quote};
use anyhow::{Context, Result, bail, ensure};
use dodo_sandbox::Sandbox;
use dodo_sandbox::core::{Payment, PaymentStatus, Subscription};
use serde_json::json;

use crate::money::money_in;
use crate::preview::{Call, Preview, calls};

/// What the shopper was promised, seen just before the click.
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

/// What a card says beside its button.
#[derive(Clone, Debug, Default)]
pub struct CardWords {
    /// The button's words.
    pub accept: String,
    /// What is due now, where the card has such a line.
    pub due_now: String,
    /// What becomes of credit.
    pub credit: String,
    /// What is charged later.
    pub terms: String,
}

impl Promise {
    /// Checks that the card, the quote and Dodo's preview name one amount. Errors say which do not.
    pub async fn of(sandbox: &Sandbox, card: &CardWords, offer: Offer) -> Result<Self> {
        let quote = offer.quote.clone().context("an offer without a price")?;
        card.agrees_with(&offer, &quote)?;
        let preview = Preview::again(sandbox, offer.product.id.as_str(), quote.quantity).await?;
        preview.agrees_with(&offer, &quote)?;
        let plan_before = preview.subscription.as_ref().map(|id| subscription(sandbox, id)).transpose()?;
        Ok(Self {
            amount_minor: quote.due_now.get(),
            offer,
            payments_before: sandbox.ledger().payments.len(),
            plan_before,
            is_scheduled: preview.is_scheduled,
        })
    }

    /// What was quoted.
    pub fn quote(&self) -> Result<&Quote> {
        self.offer.quote.as_ref().context("an offer without a price")
    }

    /// Sees that Dodo's books hold what was promised, and no other new payment. Answers the payment, if there is one.
    pub fn was_kept(&self, sandbox: &Sandbox) -> Result<Option<Payment>> {
        let mut paid = self.paid_since(sandbox);
        ensure!(paid.len() < 2, "more than one payment: {paid:#?}");
        let payment = paid.pop();
        if let Some(payment) = &payment {
            self.is_paid_by(payment)?;
        }
        match (&self.plan_before, &payment) {
            (Some(before), None) => {
                ensure!(self.amount_minor == 0, "{} was due and not paid", self.amount_minor);
                self.plan_was_changed(sandbox, before)?;
            }
            (Some(before), Some(_)) => self.plan_was_changed(sandbox, before)?,
            (None, Some(payment)) => self.is_what_was_paid(payment)?,
            (None, None) => bail!("nothing was paid"),
        }
        Ok(payment)
    }

    /// Sees that accepting came to nothing: no money moved, and the plan is as it was.
    pub fn came_to_nothing(&self, sandbox: &Sandbox) -> Result<()> {
        let paid = self.paid_since(sandbox);
        ensure!(paid.is_empty(), "something was charged: {paid:#?}");
        if let Some(before) = &self.plan_before {
            let now = subscription(sandbox, &before.id)?;
            let is_same = |plan: &Subscription| {
                (plan.status, plan.product_id.clone(), plan.addons.clone(), plan.credit_balance)
            };
            ensure!(now.status.is_active() && is_same(&now) == is_same(before), "another plan: {now:#?}");
        }
        Ok(())
    }

    /// Succeeded payments that are newer than the promise, of whomever.
    fn paid_since(&self, sandbox: &Sandbox) -> Vec<Payment> {
        let all = sandbox.ledger().payments.into_iter().skip(self.payments_before);
        all.filter(|payment| payment.status == PaymentStatus::Succeeded).collect()
    }

    fn is_paid_by(&self, payment: &Payment) -> Result<()> {
        let quote = self.quote()?;
        let (total, tax) = (payment.total_amount, quote.tax.map_or(0, AmountMinor::get));
        ensure!(total == self.amount_minor, "{total} was charged, and {} promised", self.amount_minor);
        ensure!(payment.tax == tax, "{} of tax in the books, and {tax} quoted", payment.tax);
        ensure!(payment.currency == quote.currency.code(), "charged in {}", payment.currency);
        Ok(())
    }

    fn is_what_was_paid(&self, payment: &Payment) -> Result<()> {
        let line = payment.cart.first().context("an empty cart")?;
        ensure!(line.product_id == self.offer.product.id.as_str(), "another product was paid: {line:?}");
        ensure!(line.quantity == i64::from(self.quote()?.quantity), "another quantity was paid: {line:?}");
        Ok(())
    }

    fn plan_was_changed(&self, sandbox: &Sandbox, before: &Subscription) -> Result<()> {
        change_was_sent_as_previewed(sandbox, before)?;
        let (now, wanted) = (subscription(sandbox, &before.id)?, self.offer.product.id.as_str());
        ensure!(now.addons == before.addons, "the addons changed: {now:#?}");
        if self.is_scheduled {
            let planned = now.scheduled_change.as_ref().context("no change is scheduled")?;
            ensure!(planned.product_id == wanted && planned.addons == before.addons, "{planned:?}");
            ensure!(now.product_id == before.product_id, "the plan changed before its day");
            ensure!(now.credit_balance == before.credit_balance, "credit moved before its day");
            return Ok(());
        }
        let quote = self.quote()?;
        let credit = quote.credit_granted.get() - quote.credit_used.get();
        ensure!(now.product_id == wanted, "the plan is {}", now.product_id);
        ensure!(now.credit_balance - before.credit_balance == credit, "credit is {}", now.credit_balance);
        Ok(())
    }
}

impl CardWords {
    /// The card names what was quoted. A button without an amount belongs to a card that says so in another way.
    fn agrees_with(&self, offer: &Offer, quote: &Quote) -> Result<()> {
        let named = |words: &str| money_in(words, quote.currency.code());
        let due = quote.due_now.get();
        if let Some(amount) = named(&self.accept)? {
            ensure!(amount == due, "the button says “{}”, the quote {due}", self.accept);
            return Ok(());
        }
        ensure!(due == 0, "{due} is due, and the button says “{}”", self.accept);
        if offer.mode == Mode::Confirm {
            ensure!(named(&self.due_now)? == Some(0), "nothing is due, and the card says “{}”", self.due_now);
            let credit = Some(quote.credit_granted.get()).filter(|credit| *credit > 0);
            ensure!(named(&self.credit)? == credit, "credit is {credit:?}, not “{}”", self.credit);
            return Ok(());
        }
        ensure!(offer.trial.is_some(), "the button names no amount, and there is no trial");
        let renewal = quote.renewal.as_ref().context("a trial says what it costs afterwards")?;
        let later = Some(renewal.amount.get());
        ensure!(named(&self.terms)? == later, "later it costs {later:?}, and “{}”", self.terms);
        Ok(())
    }
}

/// Every change-plan request refuses to switch an unpaid plan; what was sent last was previewed word for word and names
/// the addons that were there.
fn change_was_sent_as_previewed(sandbox: &Sandbox, before: &Subscription) -> Result<()> {
    let is_change = |call: &Call| call.path.contains("/change-plan");
    let (changes, previews): (Vec<Call>, Vec<Call>) =
        calls(sandbox).into_iter().filter(is_change).partition(|call| call.path.ends_with("/change-plan"));
    for call in changes.iter().chain(&previews) {
        let keeps = call.body.get("on_payment_failure") == Some(&json!("prevent_change"));
        ensure!(keeps, "{} without prevent_change: {}", call.path, call.body);
    }
    let mut sent = changes.last().context("no change was sent")?.body.clone();
    sent.as_object_mut().and_then(|body| body.remove("metadata"));
    ensure!(previews.iter().any(|preview| preview.body == sent), "sent, and never previewed: {sent}");
    let addons = sent.get("addons").cloned().unwrap_or_default();
    ensure!(addons == serde_json::to_value(&before.addons)?, "the addons were not sent: {sent}");
    Ok(())
}

/// A subscription as Dodo has it now.
fn subscription(sandbox: &Sandbox, id: &str) -> Result<Subscription> {
    let ledger = sandbox.ledger();
    ledger.subscription(id).cloned().map_err(|error| anyhow::anyhow!("{id}: {error:?}"))
}
