//! What offers earn, as a list.

use super::attempt::amount;
use super::table::{row, table};
use crate::rules::OfferBook;
use crate::store::{Counted, Figure};
use aftercart_contract::{AmountMinor, Currency, Money, OfferId};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// What became of every offer since a moment: those of the offers file in its order, then those that it had.
#[derive(Clone, Debug, Serialize)]
pub struct OfferList {
    /// When the list was made.
    pub at: Timestamp,
    /// Accepts, declines and sales are counted from here.
    pub since: Timestamp,
    /// What pages showed is counted from here: later than `since` where older reports are not kept any more.
    pub shown_since: Timestamp,
    /// One line an offer; each step of a chain is an offer of its own.
    pub offers: Vec<OfferLine>,
}

/// What became of one offer.
#[derive(Clone, Debug, Serialize)]
pub struct OfferLine {
    /// As in the offers file.
    pub offer_id: OfferId,
    /// False for an offer that the file does not have any more.
    pub is_in_file: bool,
    /// Purchases and customers whose page told that it showed the offer. What stands beside it on the card is shown
    /// with it, and a page without scripts tells nothing.
    pub shown: u64,
    /// How often it was accepted, once for each place of a chain however often it was tried.
    pub accepted: u64,
    /// How often it was paid and not given back for having been paid twice.
    pub sold: u64,
    /// Of those, paid by hand in a checkout.
    pub sold_at_checkout: u64,
    /// Accepts taken back in time.
    pub taken_back: u64,
    /// Customers who declined it.
    pub declined: u64,
    /// What Dodo charged for it by these sales, taxes included; a plan's renewals, and refunds made at Dodo, are not in
    /// it. One for each currency.
    pub earned: Vec<Earned>,
}

/// Sales in one currency.
#[derive(Clone, Debug, Serialize)]
pub struct Earned {
    /// Minor units.
    pub amount: i64,
    /// Its code.
    pub currency: String,
    /// How many sales.
    pub sold: u64,
    #[serde(skip)]
    unit: Currency,
}

impl OfferList {
    pub(super) fn of(book: &OfferBook, figures: &[Figure], at: Timestamp, since: [Timestamp; 2]) -> Self {
        let in_file = book.rules().iter().map(|rule| &rule.id);
        let mut lines: Vec<_> = in_file.map(|id| OfferLine::new(id, true)).collect();
        for figure in figures {
            if lines.iter().all(|line| line.offer_id != figure.offer) {
                lines.push(OfferLine::new(&figure.offer, false));
            }
            lines.iter_mut().filter(|line| line.offer_id == figure.offer).for_each(|line| line.count(figure));
        }
        let [since, shown_since] = since;
        Self { at, since, shown_since, offers: lines }
    }
}

impl OfferLine {
    fn new(id: &OfferId, is_in_file: bool) -> Self {
        Self {
            offer_id: id.clone(),
            is_in_file,
            shown: 0,
            accepted: 0,
            sold: 0,
            sold_at_checkout: 0,
            taken_back: 0,
            declined: 0,
            earned: Vec::new(),
        }
    }

    fn count(&mut self, figure: &Figure) {
        match figure.what {
            Counted::Shown => self.shown += figure.number,
            Counted::Declined => self.declined += figure.number,
            Counted::Accepted => self.accepted += figure.number,
            Counted::TakenBack => self.taken_back += figure.number,
            Counted::Sold { amount, currency, at_checkout } => {
                self.sold += figure.number;
                self.sold_at_checkout += if at_checkout { figure.number } else { 0 };
                match self.earned.iter_mut().find(|earned| earned.unit == currency) {
                    Some(earned) => {
                        earned.amount += amount;
                        earned.sold += figure.number;
                    }
                    None => self.earned.push(Earned {
                        amount,
                        currency: currency.code().to_owned(),
                        sold: figure.number,
                        unit: currency,
                    }),
                }
            }
        }
    }

    /// Sales for each time it was shown, such as `4.2 %`.
    fn rate(&self) -> String {
        match (self.sold * 1_000).checked_div(self.shown) {
            Some(rate) => format!("{}.{} %", rate / 10, rate % 10),
            None => "–".to_owned(),
        }
    }

    fn earned(&self) -> String {
        let sums = self.earned.iter().filter_map(|earned| {
            let amount_minor = AmountMinor::new(earned.amount).ok()?;
            Some(amount(Money { amount_minor, currency: earned.unit }))
        });
        let sums: Vec<_> = sums.collect();
        if sums.is_empty() { "–".to_owned() } else { sums.join(" + ") }
    }
}

/// One line an offer; those that the file does not have any more end with a word about it.
impl fmt::Display for OfferList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.offers.is_empty() {
            return writeln!(f, "no offers");
        }
        let header = [
            "OFFER",
            "SHOWN",
            "ACCEPTED",
            "SOLD",
            "OF SHOWN",
            "AT CHECKOUT",
            "DECLINED",
            "TAKEN BACK",
            "EARNED",
            "",
        ];
        let lines = self.offers.iter().map(|line| {
            row([
                line.offer_id.as_str(),
                &line.shown.to_string(),
                &line.accepted.to_string(),
                &line.sold.to_string(),
                &line.rate(),
                &line.sold_at_checkout.to_string(),
                &line.declined.to_string(),
                &line.taken_back.to_string(),
                &line.earned(),
                if line.is_in_file { "" } else { "not in the offers file any more" },
            ])
        });
        table(f, &std::iter::once(row(header)).chain(lines).collect::<Vec<_>>())?;
        writeln!(f, "\nsince {}; earned: as Dodo charged, without renewals and refunds", self.since)?;
        if self.shown_since > self.since {
            writeln!(f, "shown: since {}, older reports are not kept", self.shown_since)?;
        }
        Ok(())
    }
}
