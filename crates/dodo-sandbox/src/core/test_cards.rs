//! The card numbers the hosted page takes.

use super::behaviour::Behaviour;

/// A number and what it does.
#[derive(Clone, Debug)]
pub struct TestCard {
    /// Digits only.
    pub number: &'static str,
    /// Lower case.
    pub network: &'static str,
    /// ISO 3166.
    pub country: &'static str,
    /// For the hint under the form.
    pub hint: &'static str,
    /// Null pays; a code fails.
    error_code: Option<&'static str>,
    /// Whether the bank's page is shown first.
    asks_customer: bool,
    /// What a saved copy does later: null pays, a code fails.
    saved_error_code: Option<&'static str>,
}

/// Dodo's documented test cards, and at the end one of the sandbox's own for the bank's page,
/// for which Dodo documents no number.
pub const TEST_CARDS: [TestCard; 10] = [
    TestCard::new("4242424242424242", "visa", "US", "pays"),
    TestCard::new("5555555555554444", "mastercard", "US", "pays"),
    TestCard::new("4000000000000002", "visa", "US", "is declined").failing("GENERIC_DECLINE"),
    TestCard::new("4000000000009995", "visa", "US", "has insufficient funds").failing("INSUFFICIENT_FUNDS"),
    TestCard::new("4000000000000341", "visa", "US", "pays now; once saved, later charges fail")
        .failing_later("GENERIC_DECLINE"),
    TestCard::new("4576238912771450", "visa", "IN", "pays, issued in India"),
    TestCard::new("5409162669381034", "mastercard", "IN", "pays, issued in India"),
    TestCard::new("4706131211212123", "visa", "IN", "is declined, issued in India")
        .failing("GENERIC_DECLINE"),
    TestCard::new("5105105105105100", "mastercard", "IN", "is declined, issued in India")
        .failing("GENERIC_DECLINE"),
    TestCard::new("4000000000003220", "visa", "US", "asks for 3DS (this sandbox only)").asking_customer(),
];

impl TestCard {
    const fn new(
        number: &'static str,
        network: &'static str,
        country: &'static str,
        hint: &'static str,
    ) -> Self {
        Self {
            number,
            network,
            country,
            hint,
            error_code: None,
            asks_customer: false,
            saved_error_code: None,
        }
    }

    const fn failing(mut self, code: &'static str) -> Self {
        self.error_code = Some(code);
        self.saved_error_code = Some(code);
        self
    }

    const fn failing_later(mut self, code: &'static str) -> Self {
        self.saved_error_code = Some(code);
        self
    }

    const fn asking_customer(mut self) -> Self {
        self.asks_customer = true;
        self
    }

    /// The card of that number; spaces and dashes do not matter.
    pub fn of_number(number: &str) -> Option<&'static Self> {
        let digits: String = number.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
        TEST_CARDS.iter().find(|card| card.number == digits)
    }

    /// What happens when it is used on the hosted page.
    pub(crate) fn behaviour(&self) -> Behaviour {
        if self.asks_customer { Behaviour::CustomerAction { link: true } } else { scripted(self.error_code) }
    }

    /// What a saved copy of it does.
    pub(crate) fn behaviour_once_saved(&self) -> Behaviour {
        if self.asks_customer { self.behaviour() } else { scripted(self.saved_error_code) }
    }

    /// In groups of four.
    pub fn spaced_number(&self) -> String {
        let digits: Vec<char> = self.number.chars().collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// The last four digits.
    pub(crate) fn last4(&self) -> &'static str {
        self.number.get(self.number.len() - 4..).unwrap_or(self.number)
    }
}

fn scripted(error_code: Option<&str>) -> Behaviour {
    error_code.map_or(Behaviour::Pay, |code| Behaviour::Fail { error_code: code.to_owned() })
}
