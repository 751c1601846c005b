//! What the shopper does with an offer in front of them, while it waits to be charged, and with a change that is only
//! planned.

use crate::plan::Fault;
use crate::shopper::Site;
use crate::tab::{Happening, Tab};
use aftercart::model::{Event, Sheet};
use aftercart_contract::Revocation;
use std::time::Duration;
use tokio::time::sleep;

/// Of a hundred shoppers so many want another quantity, and call a planned change off.
const CHANGES_QUANTITY: u64 = 70;
const CALLS_OFF: u64 = 55;

impl Site {
    /// Mostly yes, sometimes no, and sometimes the shopper just sits there.
    pub(crate) fn answer(&self, tab: &Tab, sheet: &Sheet) {
        let (happens, think) = (tab.happens.clone(), Duration::from_millis(500) + self.world.up_to(12_000));
        let mood = self.world.below(100);
        let clicks_twice = self.world.strikes(Fault::DoubleClick);
        let second = self.world.up_to(300);
        let ticks = sheet.lacks_consent();
        let quantity = self.wanted(sheet);
        let event = move |event| Happening::Event(Box::new(event), None);
        tokio::spawn(async move {
            sleep(think).await;
            if let Some((quantity, waits)) = quantity {
                let _ = happens.send(event(Event::QuantityChosen(quantity)));
                sleep(waits).await;
            }
            match mood {
                0..85 => {
                    if ticks {
                        let _ = happens.send(event(Event::ConsentGiven(true)));
                    }
                    let _ = happens.send(Happening::Accept);
                    if clicks_twice {
                        sleep(second).await;
                        let _ = happens.send(Happening::Accept);
                    }
                    // The first click came before its price.
                    if quantity.is_some() {
                        sleep(Duration::from_secs(9)).await;
                        let _ = happens.send(Happening::Accept);
                    }
                }
                85..95 => {
                    let _ = happens.send(event(Event::DeclineClicked));
                }
                _ => {}
            }
        });
    }

    /// Another quantity, and how long its price is waited for.
    fn wanted(&self, sheet: &Sheet) -> Option<(u32, Duration)> {
        let range = sheet.chosen().quantity.filter(|_| self.world.below(100) < CHANGES_QUANTITY)?;
        let more = self.world.below(u64::from(range.max - range.min) + 1);
        Some((range.min + u32::try_from(more).unwrap_or_default(), self.world.up_to(8_000)))
    }

    /// While an accept waits it may be held, go on, and be taken back: in time, at the last moment, or too late.
    pub(crate) fn hesitate(&self, tab: &Tab) {
        use Revocation::{Hold, Resume, Revoke};
        let wishes: &[Revocation] = match self.world.below(100) {
            0..40 => return,
            40..70 => &[Revoke],
            70..80 => &[Hold, Resume],
            80..90 => &[Hold, Revoke],
            90..96 => &[Hold, Resume, Revoke],
            _ => &[Hold],
        };
        let happens = tab.happens.clone();
        let limits = std::iter::once(22_000).chain(std::iter::repeat(60_000));
        let steps: Vec<_> = wishes.iter().zip(limits.map(|limit| self.world.up_to(limit))).collect();
        tokio::spawn(async move {
            for (wish, wait) in steps {
                sleep(wait).await;
                let _ = happens.send(Happening::Event(Box::new(Event::RevokeClicked(*wish)), None));
            }
        });
    }

    /// A planned change is called off, or not.
    pub(crate) fn think_again(&self, tab: &Tab) {
        if self.world.below(100) >= CALLS_OFF {
            return;
        }
        let (happens, wait) = (tab.happens.clone(), self.world.up_to(120_000));
        tokio::spawn(async move {
            sleep(Duration::from_secs(1) + wait).await;
            let _ = happens.send(Happening::Event(Box::new(Event::RevokeClicked(Revocation::Revoke)), None));
        });
    }
}
