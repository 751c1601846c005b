//! One generated cart: what is sold to whom, at which price, and whether that price moves before the click.

use fastrand::Rng;

/// What is sold. Every cart in turn is of the next kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Once,
    Several,
    Trial,
    Upgrade,
    Downgrade,
}

/// Whether a price contains its tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tax {
    Inclusive,
    Exclusive,
    None,
}

/// What changes between the offer and the click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Move {
    Price,
    Tax,
}

#[derive(Clone, Debug)]
pub(crate) struct Cart {
    pub(crate) number: usize,
    pub(crate) kind: Kind,
    pub(crate) tax: Tax,
    pub(crate) currency: &'static str,
    /// Where it is billed; decides the rate.
    pub(crate) country: &'static str,
    /// Of one, minor units.
    pub(crate) price: i64,
    /// Of the plan that a change leads away from.
    pub(crate) price_before: i64,
    pub(crate) quantity: u32,
    pub(crate) trial_days: u32,
    pub(crate) billing_mode: &'static str,
    pub(crate) moves: Option<Move>,
}

const KINDS: [Kind; 5] = [Kind::Once, Kind::Several, Kind::Trial, Kind::Upgrade, Kind::Downgrade];
const CURRENCIES: [&str; 7] = ["JPY", "USD", "KWD", "KRW", "EUR", "BHD", "GBP"];
const TAXED: [&str; 5] = ["US", "JP", "DE", "FR", "GB"];
const UNTAXED: [&str; 2] = ["KW", "KR"];
const MODES: [&str; 5] = [
    "difference_immediately",
    "prorated_immediately",
    "full_immediately",
    "do_not_bill",
    "prorated_immediately_keep_cycle",
];

impl Cart {
    /// The cart of this number; equal seeds give equal carts.
    pub(crate) fn draw(number: usize, random: &mut Rng) -> Self {
        let kind = KINDS[number % KINDS.len()];
        let tax = random.choice([Tax::Inclusive, Tax::Exclusive, Tax::None]).unwrap();
        let countries = if tax == Tax::None { &UNTAXED[..] } else { &TAXED[..] };
        let (low, high) = (random.i64(100..500_000), random.i64(500_000..2_000_000));
        let (price, price_before) = match kind {
            Kind::Upgrade => (high, low),
            Kind::Downgrade => (low, high),
            _ => (if random.bool() { low } else { high }, 0),
        };
        let moves = match (random.u8(..4), kind, tax) {
            // Where nothing is due the tax moves nothing that is on the card.
            (0, Kind::Once | Kind::Several, Tax::Inclusive | Tax::Exclusive) => Some(Move::Tax),
            (1, ..) => Some(Move::Price),
            _ => None,
        };
        Self {
            number,
            kind,
            tax,
            currency: random.choice(CURRENCIES).unwrap(),
            country: random.choice(countries).copied().unwrap(),
            price,
            price_before,
            quantity: if kind == Kind::Several { random.u32(2..=9) } else { 1 },
            trial_days: random.u32(1..=90),
            billing_mode: random.choice(MODES).unwrap(),
            moves,
        }
    }

    /// Whether a plan changes.
    pub(crate) fn changes_plan(&self) -> bool {
        matches!(self.kind, Kind::Upgrade | Kind::Downgrade)
    }

    /// What is offered.
    pub(crate) fn product(&self) -> String {
        format!("pdt_offered_{}", self.number)
    }

    /// What is bought first, and opens the offer.
    pub(crate) fn opener(&self) -> String {
        format!("pdt_opener_{}", self.number)
    }

    /// The plan that a change leads away from.
    pub(crate) fn plan_before(&self) -> String {
        format!("pdt_before_{}", self.number)
    }

    /// Its entry of `offers.toml`.
    pub(crate) fn offer(&self) -> String {
        let (number, product, opener, before) =
            (self.number, self.product(), self.opener(), self.plan_before());
        let kind = match self.kind {
            Kind::Upgrade => "upgrade",
            Kind::Downgrade => "downgrade",
            _ => "cross_sell",
        };
        let own = match self.kind {
            Kind::Once => String::new(),
            Kind::Several => "quantity = { default = 1, min = 1, max = 9 }".to_owned(),
            Kind::Trial => format!("trial_days = {}", self.trial_days),
            Kind::Upgrade | Kind::Downgrade => {
                format!("[offer.change]\nfrom = [\"{before}\"]\nproration = \"{}\"", self.billing_mode)
            }
        };
        format!(
            "[[offer]]\nid = \"cart-{number}\"\nkind = \"{kind}\"\nproduct = \"{product}\"\n\
             when.purchased = [\"{opener}\"]\n{own}\n[offer.locale.en]\nfeatures = [\"A\"]\n"
        )
    }
}
