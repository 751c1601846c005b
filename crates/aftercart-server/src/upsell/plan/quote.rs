//! What a plan change costs, as Dodo's preview of exactly its body says.

use super::super::Core;
use super::super::quote::{epoch, moment};
use super::eligible::{NoChange, unread};
use crate::attempt::{AgreedChange, Credit, Effective};
use crate::dodo::{
    ChangeBody, ChangePreview, ChangeRefusal, Product, SavedMethod, Subscription, Wanted, usable,
};
use crate::occasion::Occasion;
use crate::rules::{ChangeRule, Rule};
use crate::shopper::{before_tax, date_text, money_text};
use crate::token::ChangeClaims;
use aftercart_contract::{AmountMinor, Display, Money, Quote, Reason, Renewal};
use jiff::Timestamp;

/// Everything Dodo knows about one change of one subscription, read at one moment.
#[derive(Debug)]
pub(in crate::upsell) struct QuotedChange {
    pub(super) before: Subscription,
    pub(in crate::upsell) body: ChangeBody,
    pub(super) from: Product,
    pub(super) to: Product,
    pub(super) preview: ChangePreview,
    pub(super) credit: Credit,
    /// The subscription's own method, when it is usable. Dodo charges no other.
    pub(super) method: Option<SavedMethod>,
    pub(super) at: Timestamp,
}

impl QuotedChange {
    /// The bill after this change, and its day.
    ///
    /// Of a change that takes effect at once it is the new plan's `recurring_pre_tax_amount` in Dodo's preview,
    /// before any credit that is left; where the plan's price has no tax in it, neither has this. Dodo's preview
    /// of a change says no other amount of a renewal. Of a change that waits, it is the preview's total, tax
    /// included: that is charged in the renewal's place.
    fn next_bill(&self) -> (Option<AmountMinor>, Timestamp) {
        let charge = &self.preview.immediate_charge;
        if self.waits() {
            return (Some(charge.summary.total_amount), charge.effective_at);
        }
        (self.preview.new_plan.recurring_pre_tax_amount, self.preview.new_plan.next_billing_date)
    }

    /// True when tax is added to the amount of [`Self::next_bill`].
    fn bills_before_tax(&self) -> bool {
        !self.waits() && !self.preview.new_plan.tax_inclusive
    }

    /// What accepting charges now, tax included and credit spent: Dodo's figure. Nothing for a change that
    /// waits: its preview's total is charged on its day.
    pub(super) fn due_now(&self) -> Money {
        let summary = self.preview.immediate_charge.summary;
        let amount_minor = if self.waits() { AmountMinor::ZERO } else { summary.total_amount };
        Money { amount_minor, currency: summary.currency }
    }

    /// What each later cycle costs, as far as Dodo's preview of a change says.
    pub(in crate::upsell) fn renewal(&self) -> Option<AmountMinor> {
        self.next_bill().0
    }

    fn waits(&self) -> bool {
        self.body.effective == Effective::NextBillingDate
    }

    /// What is kept of an accepted change.
    pub(super) fn agreed(&self) -> AgreedChange {
        AgreedChange {
            subscription: self.before.subscription_id.clone(),
            from: self.before.product_id.clone(),
            to: self.body.product.clone(),
            mode: self.body.mode,
            effective: self.body.effective,
            effective_at: self.preview.immediate_charge.effective_at,
            addons: self.body.addons.clone(),
            credit: self.credit,
        }
    }

    /// The quote as the shopper sees it, until `expires`.
    pub(super) fn shown(&self, locale: &str, expires: Timestamp) -> Quote {
        let summary = self.preview.immediate_charge.summary;
        let (currency, due_now) = (summary.currency, self.due_now().amount_minor);
        let new_plan = &self.preview.new_plan;
        let text = |amount_minor| money_text(Money { amount_minor, currency }, locale);
        let bill = |amount: String| {
            if self.bills_before_tax() { before_tax(&amount, locale) } else { amount }
        };
        let shown = |amount: AmountMinor| Some(amount).filter(|amount| *amount != AmountMinor::ZERO);
        let used = if self.waits() { AmountMinor::ZERO } else { self.credit.used };
        let granted = self.credit.granted;
        let tax = summary.tax.filter(|_| !self.waits());
        let total = sum(due_now, used.get());
        let subtotal = sum(total, -tax.map_or(0, AmountMinor::get));
        let (amount, starts_at) = self.next_bill();
        let interval = new_plan.interval().or_else(|| self.to.interval());
        let renewal = amount.zip(interval).map(|(amount, interval)| Renewal {
            amount,
            interval,
            starts_at: moment(starts_at),
        });
        // Never before the moment of the quote, whichever clock is ahead.
        let effective = self.preview.immediate_charge.effective_at.max(self.at);
        Quote {
            subtotal,
            discount: AmountMinor::ZERO,
            tax,
            total,
            currency,
            credit_used: used,
            credit_granted: granted,
            due_now,
            display: Display {
                price: money_text(self.to.price(), locale),
                price_difference: self.price_difference().and_then(|money| money_text(money, locale)),
                subtotal: text(subtotal),
                tax: tax.and_then(text),
                total: text(total),
                due_now: text(due_now),
                renewal: renewal.as_ref().and_then(|renewal| text(renewal.amount)).map(bill),
                renews_on: renewal.as_ref().and_then(|_| date_text(starts_at, locale)),
                effective_on: date_text(effective, locale),
                credit_used: shown(used).and_then(text),
                credit_granted: shown(granted).and_then(text),
                current_price: money_text(self.from.price(), locale),
                ..Display::default()
            },
            renewal,
            quantity: self.body.quantity,
            effective_at: moment(effective),
            // Nothing is billed now for a change that waits, and no paid time is lost by it.
            proration_billing_mode: Some(self.body.mode).filter(|_| !self.waits()),
            quoted_at: moment(self.at).unwrap_or_else(epoch),
            expires_at: moment(expires).unwrap_or_else(epoch),
        }
    }

    /// True when this is what was agreed to. A change that takes effect at once does so at another moment now.
    pub(in crate::upsell) fn is_as_agreed(&self, due: Money, agreed: &AgreedChange) -> bool {
        let effective_at = if self.waits() { self.agreed().effective_at } else { agreed.effective_at };
        self.due_now() == due && AgreedChange { effective_at, ..self.agreed() } == *agreed
    }

    /// List price new less current; `None` across currencies.
    pub(super) fn price_difference(&self) -> Option<Money> {
        let (new, old) = (self.to.price(), self.from.price());
        let difference = new.amount_minor.get().checked_sub(old.amount_minor.get())?;
        let amount_minor = AmountMinor::new(difference).ok()?;
        (new.currency == old.currency).then_some(Money { amount_minor, currency: new.currency })
    }
}

impl Core {
    /// Finds the subscription, previews the change and reads what is shown beside it.
    pub(in crate::upsell) async fn quote_change(
        &self,
        occasion: &Occasion,
        rule: &Rule,
        change: &ChangeRule,
    ) -> Result<QuotedChange, NoChange> {
        let at = self.now();
        let before = self.changeable(&occasion.customer, rule, change).await?;
        let body = ChangeBody {
            subscription: before.subscription_id.clone(),
            product: rule.product.clone(),
            quantity: before.quantity,
            mode: change.mode,
            effective: change.effective,
            addons: before.addons.clone(),
        };
        let (preview, to, from, methods) = tokio::join!(
            self.dodo.preview_change(&body),
            self.dodo.product(&rule.product),
            self.dodo.product(&before.product_id),
            self.dodo.methods(&occasion.customer)
        );
        let preview = preview.map_err(|error| {
            if ChangeRefusal::is_pending(&error) {
                NoChange::Because(Reason::ChangePending)
            } else {
                unread(error)
            }
        })?;
        let no_quote = || NoChange::Because(Reason::NoQuote);
        let to = to.map_err(unread)?.ok_or_else(no_quote)?;
        let from = from.map_err(unread)?.ok_or_else(no_quote)?;
        let summary = preview.immediate_charge.summary;
        let credit = Credit::of(summary.customer_credits).ok_or_else(no_quote)?;
        let is_as_asked =
            preview.new_plan.product_id == body.product && preview.new_plan.quantity == body.quantity;
        if summary.total_amount.is_negative() || !is_as_asked {
            tracing::error!(offer.id = %rule.id, "Dodo's preview of a plan change is not what was asked for");
            return Err(no_quote());
        }
        let wanted = Wanted { is_plan: true, currency: summary.currency, refused: &[], now: at };
        let mut methods = usable(methods.map_err(unread)?, wanted);
        methods.retain(|method| Some(&method.payment_method_id) == before.payment_method_id.as_ref());
        let method = methods.into_iter().next();
        // Dodo may leave the id out; it then still says whether there is a method.
        let can_pay = method.is_some() || (before.payment_method_id.is_none() && before.has_payment_method);
        let is_free = summary.total_amount == AmountMinor::ZERO && change.effective == Effective::Immediately;
        if !can_pay && !is_free {
            return Err(NoChange::Because(Reason::NoPaymentMethod));
        }
        Ok(QuotedChange { before, body, from, to, preview, credit, method, at })
    }

    /// What the token binds beside the amount: subscription, plans, body, credit and, for a change that
    /// waits, its day and what is charged then. A change that takes effect at once names no day.
    pub(super) fn change_claims(&self, quoted: &QuotedChange) -> ChangeClaims {
        let credit = quoted.credit;
        let charge = &quoted.preview.immediate_charge;
        let later = if quoted.waits() {
            format!("{} {}", charge.effective_at, charge.summary.total_amount.get())
        } else {
            String::new()
        };
        let body = serde_json::Value::Object(quoted.body.document());
        let terms = format!(
            "{}\n{body}\n{}\n{}\n{later}",
            quoted.before.product_id,
            credit.used.get(),
            credit.granted.get()
        );
        ChangeClaims {
            subscription: quoted.before.subscription_id.clone(),
            terms: self.config.token_keys.opaque("plan change", &terms),
        }
    }
}

/// A sum of Dodo's own figures; the first one where the sum is no amount.
fn sum(amount: AmountMinor, other: i64) -> AmountMinor {
    amount.get().checked_add(other).and_then(|sum| AmountMinor::new(sum).ok()).unwrap_or(amount)
}
