//! What a state looks like, in finished words. Components see these and nothing else.

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
    /// The main figure.
    pub price: String,
    /// Beside the figure: `per month`.
    pub interval: Option<String>,
    /// The total with its tax, when it says more than the price.
    pub total: Option<String>,
    /// What is charged when, in one sentence.
    pub terms: String,
    /// Praise and its source.
    pub social_proof: Option<(String, String)>,
    /// Something the shopper must notice before paying.
    pub warning: Option<String>,
    /// The accept button's words: they name the amount and, where known, the card.
    pub accept: String,
    /// The decline button's words.
    pub decline: String,
    /// While an answer is awaited: the accept button's words; both buttons then do nothing.
    pub busy: Option<String>,
    /// Read out once when it appears.
    pub announcement: Option<String>,
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
    /// Where the shopper can go.
    pub link: Option<NoticeLink>,
    /// What the shopper can do here.
    pub action: Option<NoticeAction>,
}

/// A way out of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeLink {
    /// Its words.
    pub label: String,
    /// Its target.
    pub url: WebUrl,
}

/// A button of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeAction {
    /// Do not move on by itself.
    Stay(String),
    /// Ask for a fresh offer.
    Refresh(String),
    /// Take the message away.
    Close(String),
}
