//! What a state looks like, in finished words. Components see these and nothing else.

use super::action::Action;
use aftercart_contract::WebUrl;

/// What the widget shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Nothing; on an error the host's fallback content shows instead.
    Nothing,
    /// Space for an offer on its way.
    Skeleton,
    /// An offer with its two buttons; also while the accept or the decline is under way.
    Offer(Box<OfferCard>),
    /// A message in place of the offer.
    Notice(Notice),
}

/// An offer in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferCard {
    /// Changes when another offer takes the card's place, not when the shopper chooses on it.
    pub turn: String,
    /// Words of a button that closes without an answer; only in a dialog.
    pub close: Option<String>,
    /// How the step before this one ended.
    pub receipt: Option<String>,
    /// A few words above the name.
    pub eyebrow: String,
    /// The product's name.
    pub name: String,
    /// One or two sentences.
    pub description: Option<String>,
    /// A picture without meaning of its own.
    pub image: Option<WebUrl>,
    /// Heading of the features.
    pub features_label: String,
    /// What the shopper gets, a line each.
    pub features: Vec<String>,
    /// What the shopper has and what they get, side by side; empty unless a plan changes.
    pub plans: Vec<Plan>,
    /// Praise and its source.
    pub social_proof: Option<(String, String)>,
    /// The products to choose from, when there are several.
    pub choices: Option<Choices>,
    /// A price that was higher, to be struck through, with the words that say what it was.
    pub before: Option<(String, String)>,
    /// The main figure.
    pub price: String,
    /// Beside the figure: `per month`.
    pub interval: Option<String>,
    /// Amounts with their names.
    pub facts: Vec<(String, String)>,
    /// How many.
    pub quantity: Option<Stepper>,
    /// The saved methods to choose from, when there are several.
    pub methods: Option<Choices>,
    /// What is read before the buttons.
    pub before_buttons: Vec<Line>,
    /// A box to tick.
    pub consent: Option<Consent>,
    /// The accept button's words: they name the amount and, where known, the card.
    pub accept: String,
    /// The decline button's words.
    pub decline: String,
    /// What is charged when, and what the law wants said.
    pub after_buttons: Vec<Line>,
    /// While an answer is awaited: the accept button's words; that button then does nothing.
    pub busy: Option<String>,
    /// Nothing on the card can be used: an accept or decline is under way.
    pub is_locked: bool,
    /// Read out once when it appears.
    pub announcement: Option<String>,
}

impl OfferCard {
    /// Accepting this card means what accepting `other` means: the same thing, amounts and agreed words.
    pub fn promises_what(&self, other: &Self) -> bool {
        let consent = |card: &Self| card.consent.as_ref().map(|consent| consent.text.clone());
        (&self.turn, &self.name, &self.price, &self.interval, &self.accept)
            == (&other.turn, &other.name, &other.price, &other.interval, &other.accept)
            && (&self.facts, &self.after_buttons) == (&other.facts, &other.after_buttons)
            && consent(self) == consent(other)
    }
}

/// A sentence and the part that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The name for `::part()`.
    pub part: &'static str,
    /// The sentence.
    pub text: String,
}

/// One of the two plans of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Whether it is had or got.
    pub label: String,
    /// Its name.
    pub name: String,
    /// What it costs, with its interval.
    pub price: String,
    /// What it includes.
    pub features: Vec<String>,
}

/// Things of which exactly one is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// What is chosen.
    pub label: String,
    /// The options, in order.
    pub options: Vec<Choice>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// Its price, or when a card expires.
    pub detail: String,
    /// The chosen one.
    pub is_chosen: bool,
}

/// A number with a button on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stepper {
    /// What is counted.
    pub label: String,
    /// The button for one less.
    pub less: String,
    /// The button for one more.
    pub more: String,
    /// The number shown: what was asked for, else what the amounts are for.
    pub value: u32,
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// A box to tick, with its words. Never ticked beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The words.
    pub text: String,
    /// The shopper ticked it.
    pub is_ticked: bool,
    /// Accepting was tried without.
    pub is_missing: bool,
}

/// How a message feels; decides colour, icon and urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Neutral.
    Calm,
    /// Something is under way.
    Waiting,
    /// Paid.
    Good,
    /// Not paid.
    Bad,
}

/// A message in place of the offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it feels.
    pub tone: Tone,
    /// The heading.
    pub title: String,
    /// The rest, a paragraph each.
    pub paragraphs: Vec<String>,
    /// Where the shopper can go, the best way first.
    pub links: Vec<Link>,
    /// What the shopper can do here.
    pub buttons: Vec<Button>,
    /// Buttons do nothing now: the last one's answer is awaited.
    pub is_locked: bool,
}

/// A way out of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its words.
    pub label: String,
    /// Its target.
    pub url: WebUrl,
}

/// A button of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its words.
    pub label: String,
    /// What it does.
    pub action: Action,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> OfferCard {
        let consent = Consent { text: "Start at once.".into(), is_ticked: false, is_missing: false };
        OfferCard { accept: "Pay $5".into(), consent: Some(consent), ..OfferCard::default() }
    }

    #[test]
    fn a_card_promises_nothing_else_than_it_says() {
        let changes: [fn(&mut OfferCard); 8] = [
            |card| card.turn.push('x'),
            |card| card.name.push('x'),
            |card| card.price.push('x'),
            |card| card.interval = Some("per month".into()),
            |card| card.accept = "Pay $6".into(),
            |card| card.facts.push(("Due now".into(), "$6".into())),
            |card| card.after_buttons.push(Line { part: "terms", text: "Renews.".into() }),
            |card| card.consent = None,
        ];
        for (at, change) in changes.iter().enumerate() {
            let mut other = card();
            change(&mut other);
            assert!(!card().promises_what(&other), "change {at}");
        }
    }

    #[test]
    fn a_tick_and_a_remark_leave_the_promise_as_it_is() {
        let mut other = card();
        other.consent = card().consent.map(|consent| Consent { is_ticked: true, ..consent });
        other.before_buttons.push(Line { part: "warning", text: "Tick the box first.".into() });
        assert!(card().promises_what(&other));
    }
}
