//! The server's books against Dodo's ledger: nobody pays twice, nothing is lost, nothing was promised in vain.
//!
//! 1. Per purchase, offer and step at most one payment is kept, refunds taken off; an attempt makes at most one.
//! 2. An attempt has succeeded if and only if its payment has, and is dead only if none did; for the amount on the
//!    button. The same for a checkout, and for a refund.
//! 3. A payment of ours is known to the books, and so is every purchase.
//! 4. A payment that a shopper was told of as paid is paid.

use crate::books::{Books, Entry};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Paid twice.
    pub(crate) double: Vec<String>,
    /// The books say something else than the ledger.
    pub(crate) lost: Vec<String>,
    /// Told otherwise than it is.
    pub(crate) untrue: Vec<String>,
}

impl Verdict {
    pub(crate) fn is_good(&self) -> bool {
        self.double.is_empty() && self.lost.is_empty() && self.untrue.is_empty()
    }
}

/// A payment in the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) total: i64,
    pub(crate) is_refunded: bool,
    /// Purchase, offer and step; none for what was not ours.
    pub(crate) step: Option<String>,
    pub(crate) attempt: Option<String>,
    pub(crate) checkout: Option<String>,
}

impl Payment {
    /// Reads the ledger's document.
    pub(crate) fn read(document: &Value) -> Result<Self> {
        let text = |key: &str| Some(document.get(key)?.as_str()?.to_owned());
        let noted = |key: &str| Some(document.get("metadata")?.get(key)?.as_str()?.to_owned());
        let step = ["aftercart_purchase", "aftercart_offer", "aftercart_step"].map(noted);
        Ok(Self {
            id: text("payment_id").context("a payment without an id")?,
            status: text("status").context("a payment without a status")?,
            total: document
                .get("total_amount")
                .and_then(Value::as_i64)
                .context("a payment without a total")?,
            is_refunded: document.get("refund_status").is_some_and(|status| !status.is_null()),
            step: step.into_iter().collect::<Option<Vec<String>>>().map(|step| step.join(" ")),
            attempt: noted("aftercart_attempt"),
            checkout: noted("aftercart_checkout"),
        })
    }

    fn is_paid(&self) -> bool {
        self.status == "succeeded"
    }
}

/// Compares them.
pub(crate) fn judge(ledger: &[Payment], books: &Books, told_paid: &BTreeSet<String>) -> Verdict {
    let mut verdict = Verdict::default();
    count_kept(ledger, &mut verdict);
    let one_click = |payment: &Payment| payment.attempt.clone().filter(|_| payment.checkout.is_none());
    let charges = grouped(ledger, one_click);
    for (attempt, payments) in charges.iter().filter(|(_, payments)| payments.len() > 1) {
        verdict.double.push(format!("attempt {attempt} made {} payments", payments.len()));
    }
    compare("attempt", &books.attempts, &charges, &mut verdict);
    compare("checkout", &books.checkouts, &grouped(ledger, |payment| payment.checkout.clone()), &mut verdict);
    for attempt in books.attempts.iter().filter(|attempt| is_open(&attempt.state)) {
        verdict.lost.push(format!("attempt {} stays {}", attempt.id, attempt.state));
    }
    for (payment, state) in &books.refunds {
        let is_back = ledger.iter().any(|known| known.id == *payment && known.is_refunded);
        if is_back != (state == "succeeded") {
            verdict.lost.push(format!("the refund of {payment} is {state}, given back: {is_back}"));
        }
    }
    for payment in ledger {
        let is_ours = payment.step.is_some();
        if is_ours && payment.attempt.is_none() && payment.checkout.is_none() {
            verdict.lost.push(format!("payment {} names neither attempt nor checkout", payment.id));
        }
        if !is_ours && payment.is_paid() && !books.purchases.contains(&payment.id) {
            verdict.lost.push(format!("purchase {} is not in the database", payment.id));
        }
    }
    let paid: BTreeSet<&str> =
        ledger.iter().filter(|payment| payment.is_paid()).map(|payment| payment.id.as_str()).collect();
    for payment in told_paid.iter().filter(|payment| !paid.contains(payment.as_str())) {
        verdict.untrue.push(format!("{payment} was said to be paid, and is not"));
    }
    verdict
}

/// True while something else than the shopper is waited for.
pub(crate) fn is_open(state: &str) -> bool {
    matches!(state, "claimed" | "sent" | "unknown" | "processing")
}

fn count_kept(ledger: &[Payment], verdict: &mut Verdict) {
    let mut kept: BTreeMap<&str, u32> = BTreeMap::new();
    for payment in ledger.iter().filter(|payment| payment.is_paid() && !payment.is_refunded) {
        if let Some(step) = &payment.step {
            *kept.entry(step).or_default() += 1;
        }
    }
    let double = kept.into_iter().filter(|(_, count)| *count > 1);
    verdict.double.extend(double.map(|(step, count)| format!("{count} payments are kept for {step}")));
}

fn grouped(ledger: &[Payment], of: impl Fn(&Payment) -> Option<String>) -> BTreeMap<String, Vec<&Payment>> {
    let mut groups: BTreeMap<String, Vec<&Payment>> = BTreeMap::new();
    for payment in ledger {
        if let Some(id) = of(payment) {
            groups.entry(id).or_default().push(payment);
        }
    }
    groups
}

/// Each entry against its payments, and each payment against the entries.
fn compare(what: &str, entries: &[Entry], payments: &BTreeMap<String, Vec<&Payment>>, verdict: &mut Verdict) {
    for entry in entries {
        let own = payments.get(&entry.id).into_iter().flatten();
        let paid = own.clone().find(|payment| payment.is_paid());
        let id = &entry.id;
        if paid.is_some() != (entry.state == "succeeded") {
            let truth: Vec<&str> = own.map(|payment| payment.status.as_str()).collect();
            verdict.lost.push(format!("{what} {id} is {}, its payments are {truth:?}", entry.state));
        } else if let Some(paid) = paid
            && (entry.charged != Some(paid.total) || entry.quoted.is_some_and(|quoted| quoted != paid.total))
        {
            let (quoted, charged) = (entry.quoted, entry.charged);
            let total = paid.total;
            verdict.lost.push(format!("{what} {id}: quoted {quoted:?}, charged {charged:?}, paid {total}"));
        }
    }
    let known: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    let strangers = payments.keys().filter(|id| !known.contains(id.as_str()));
    verdict.lost.extend(strangers.map(|id| format!("{what} {id} made a payment and is not in the database")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A ledger with one purchase and one charge of attempt `a`, and the books that fit.
    fn right() -> (Vec<Payment>, Books) {
        let purchase =
            json!({"payment_id": "pay_1", "status": "succeeded", "total_amount": 2900, "metadata": {}});
        let metadata = json!({"aftercart_purchase": "pay_1", "aftercart_offer": "course", "aftercart_step": "0", "aftercart_attempt": "a"});
        let charge = json!({"payment_id": "pay_2", "status": "succeeded", "total_amount": 4900, "refund_status": null, "metadata": metadata});
        let ledger = [purchase, charge].iter().map(|document| Payment::read(document).unwrap()).collect();
        let entry = Entry {
            id: "a".to_owned(),
            state: "succeeded".to_owned(),
            quoted: Some(4900),
            charged: Some(4900),
        };
        let purchases = BTreeSet::from(["pay_1".to_owned()]);
        (ledger, Books { attempts: vec![entry], purchases, ..Books::default() })
    }

    fn wrong(change: impl FnOnce(&mut Vec<Payment>, &mut Books)) -> [usize; 3] {
        let (mut ledger, mut books) = right();
        change(&mut ledger, &mut books);
        let verdict = judge(&ledger, &books, &BTreeSet::from(["pay_2".to_owned()]));
        [verdict.double.len(), verdict.lost.len(), verdict.untrue.len()]
    }

    #[test]
    fn books_that_fit_are_good() {
        assert_eq!(wrong(|_, _| {}), [0, 0, 0]);
    }

    #[test]
    fn a_second_charge_is_seen_twice_and_a_refund_mends_one() {
        let again = |ledger: &mut Vec<Payment>, is_refunded| {
            let first = ledger[1].clone();
            ledger.push(Payment { id: "pay_3".to_owned(), is_refunded, ..first });
        };
        assert_eq!(wrong(|ledger, _| again(ledger, false)), [2, 0, 0]);
        assert_eq!(wrong(|ledger, _| again(ledger, true)), [1, 0, 0]);
    }

    #[test]
    fn what_the_books_do_not_know_or_know_wrongly_is_lost() {
        assert_eq!(wrong(|_, books| books.attempts[0].state = "failed".to_owned()), [0, 1, 0]);
        assert_eq!(wrong(|_, books| books.attempts[0].state = "unknown".to_owned()), [0, 2, 0]);
        assert_eq!(wrong(|_, books| books.attempts[0].charged = None), [0, 1, 0]);
        assert_eq!(wrong(|_, books| books.attempts.clear()), [0, 1, 0]);
        assert_eq!(wrong(|_, books| books.purchases.clear()), [0, 1, 0]);
        assert_eq!(
            wrong(|_, books| books.refunds.push(("pay_2".to_owned(), "succeeded".to_owned()))),
            [0, 1, 0]
        );
        assert_eq!(wrong(|ledger, _| ledger[1].status = "failed".to_owned()), [0, 1, 1]);
    }
}
