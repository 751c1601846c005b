//! One customer per thing that can happen to a charge.

use jiff::SignedDuration;

use crate::core::address::Address;
use crate::core::behaviour::Behaviour;
use crate::core::customer::{Card, Customer, Metadata, SavedMethod};
use crate::core::moment::Moment;

/// A customer of the catalogue: `cus_<name>`, paying with `pm_<name>`.
#[derive(Debug)]
pub struct Scenario {
    /// Snake case.
    pub name: &'static str,
    /// "Paid customer".
    pub title: &'static str,
    /// What happens, in a sentence.
    pub words: &'static str,
    /// ISO 3166.
    pub country: &'static str,
    methods: fn() -> Vec<Script>,
}

/// A method of a scenario. `suffix` tells a second one from the first.
struct Script {
    suffix: &'static str,
    network: &'static str,
    last4: &'static str,
    expiry: (&'static str, &'static str),
    recurring_enabled: bool,
    used_days_ago: i64,
    behaviour: Behaviour,
}

fn visa(last4: &'static str, behaviour: Behaviour) -> Script {
    Script {
        suffix: "",
        network: "visa",
        last4,
        expiry: ("06", "2032"),
        recurring_enabled: true,
        used_days_ago: 1,
        behaviour,
    }
}

fn failing(last4: &'static str, code: &str) -> Vec<Script> {
    vec![visa(last4, Behaviour::Fail { error_code: code.to_owned() })]
}

fn paying() -> Vec<Script> {
    vec![visa("4242", Behaviour::Pay)]
}

const fn scenario(
    name: &'static str,
    title: &'static str,
    words: &'static str,
    methods: fn() -> Vec<Script>,
) -> Scenario {
    Scenario { name, title, words, country: "US", methods }
}

/// Every customer of the catalogue, in the order of the panel.
pub const SCENARIOS: [Scenario; 31] = [
    scenario("paid", "Paid customer", "Two good cards; every charge succeeds.", || {
        let older = Script {
            suffix: "_older",
            network: "mastercard",
            last4: "4444",
            used_days_ago: 40,
            ..visa("4444", Behaviour::Pay)
        };
        vec![visa("4242", Behaviour::Pay), older]
    }),
    scenario("declined", "Declined customer", "The card has insufficient funds.", || {
        failing("9995", "INSUFFICIENT_FUNDS")
    }),
    scenario("generic_decline", "Generic decline customer", "The issuer declines without a reason.", || {
        failing("0002", "GENERIC_DECLINE")
    }),
    scenario("fraud", "Fraud customer", "The card was reported stolen.", || failing("9979", "STOLEN_CARD")),
    scenario("network", "Network customer", "The processor has an error.", || {
        failing("0119", "PROCESSING_ERROR")
    }),
    scenario(
        "3ds",
        "3DS customer",
        "The bank asks the customer; the payment has a link to its page.",
        || vec![visa("3220", Behaviour::CustomerAction { link: true })],
    ),
    scenario(
        "3ds_no_link",
        "3DS without link customer",
        "The bank asks the customer, and there is no link.",
        || vec![visa("3220", Behaviour::CustomerAction { link: false })],
    ),
    scenario("processing", "Processing customer", "Processing for 6 seconds, then paid.", || {
        vec![visa("4242", Behaviour::Process { seconds: 6, error_code: None })]
    }),
    scenario(
        "processing_fails",
        "Processing fails customer",
        "Processing for 6 seconds, then failed.",
        || {
            let error_code = Some("PROCESSING_ERROR".to_owned());
            vec![visa("0119", Behaviour::Process { seconds: 6, error_code })]
        },
    ),
    scenario("slow", "Slow customer", "Paid, but the answer takes 6 real seconds.", || {
        vec![visa("4242", Behaviour::Slow { ms: 6_000 })]
    }),
    scenario(
        "lost_answer",
        "Lost answer customer",
        "Paid, and the connection is cut before the answer.",
        || vec![visa("4242", Behaviour::LoseAnswer)],
    ),
    scenario("error_after_commit", "Error after commit customer", "Paid, and the answer is a 500.", || {
        vec![visa("4242", Behaviour::ErrorAfterCommit)]
    }),
    scenario("conflict", "Conflict customer", "Refused with 409; nothing is charged.", || {
        vec![visa("4242", Behaviour::Conflict)]
    }),
    scenario("rate_limited", "Rate limited customer", "Refused with 429; nothing is charged.", || {
        vec![visa("4242", Behaviour::RateLimited { retry_after: Some(1) })]
    }),
    scenario(
        "foreign_method",
        "Foreign method customer",
        "The listed card is not found when it is charged.",
        || vec![visa("4242", Behaviour::Foreign)],
    ),
    scenario("unsupported", "Unsupported customer", "The card is not eligible for the currency.", || {
        vec![visa("4242", Behaviour::Unsupported)]
    }),
    scenario("expired_card", "Expired card customer", "The only card expired in January 2024.", || {
        vec![Script { expiry: ("01", "2024"), ..visa("4242", Behaviour::Pay) }]
    }),
    scenario("no_method", "No method customer", "Nothing is saved.", Vec::new),
    scenario("not_recurring", "Not recurring customer", "The card must not be charged off-session.", || {
        vec![Script { recurring_enabled: false, ..visa("4242", Behaviour::Pay) }]
    }),
    scenario("many_cards", "Many cards customer", "Three good cards and an expired one.", || {
        let amex = Script {
            suffix: "_amex",
            network: "amex",
            last4: "0005",
            used_days_ago: 9,
            ..visa("0005", Behaviour::Pay)
        };
        let mastercard = Script {
            suffix: "_mastercard",
            network: "mastercard",
            last4: "4444",
            used_days_ago: 20,
            ..visa("4444", Behaviour::Pay)
        };
        let expired = Script {
            suffix: "_expired",
            last4: "1881",
            expiry: ("01", "2024"),
            used_days_ago: 700,
            ..visa("1881", Behaviour::Pay)
        };
        vec![visa("4242", Behaviour::Pay), amex, mastercard, expired]
    }),
    scenario(
        "not_eligible",
        "Not eligible customer",
        "A good card, for purchases that no offer follows.",
        paying,
    ),
    scenario("upgrade", "Upgrade customer", "A good card and an active Basic plan.", paying),
    scenario("pro", "Pro customer", "A good card and an active Pro plan.", paying),
    scenario("addons", "Addons customer", "A good card and a Basic plan with three addons.", paying),
    scenario("on_demand", "On-demand customer", "A good card and an on-demand Basic plan.", paying),
    scenario("cancelling", "Cancelling customer", "A Basic plan that ends at its billing date.", paying),
    scenario("upgrade_fails", "Failing upgrade customer", "A Basic plan, and no funds for more.", || {
        failing("9995", "INSUFFICIENT_FUNDS")
    }),
    scenario("upgrade_no_method", "Upgrade without method customer", "A Basic plan and no card.", Vec::new),
    scenario("de", "German customer", "A good card, billed in Germany.", paying).living_in("DE"),
    scenario("jp", "Japanese customer", "A good card, billed in Japan.", paying).living_in("JP"),
    scenario("kw", "Kuwaiti customer", "A good card, billed in Kuwait.", paying).living_in("KW"),
];

impl Scenario {
    const fn living_in(mut self, country: &'static str) -> Self {
        self.country = country;
        self
    }

    /// The scenario of that name.
    pub fn of_name(name: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.name == name)
    }

    /// Its saved methods, with ids made by `id` from each method's suffix.
    pub(crate) fn saved_methods(&self, now: Moment, mut id: impl FnMut(&str) -> String) -> Vec<SavedMethod> {
        (self.methods)()
            .into_iter()
            .map(|script| {
                let ago = SignedDuration::from_hours(24 * script.used_days_ago);
                let mut card = Card::new(script.network, script.last4, self.title, self.country);
                (card.expiry_month, card.expiry_year) =
                    (script.expiry.0.to_owned(), script.expiry.1.to_owned());
                SavedMethod {
                    id: id(script.suffix),
                    card,
                    recurring_enabled: script.recurring_enabled,
                    last_used_at: now.stamp().checked_sub(ago).ok(),
                    behaviour: script.behaviour,
                }
            })
            .collect()
    }

    /// Where its customer is billed.
    pub(crate) fn billing(&self) -> Address {
        let (state, city, street, zipcode) = match self.country {
            "DE" => (None, "Berlin", "Lindenstraße 1", "10969"),
            "JP" => (Some("Tokyo"), "Chiyoda", "1-1 Marunouchi", "100-0005"),
            "KW" => (None, "Kuwait City", "Gulf Road 1", "13001"),
            _ => (Some("CA"), "San Francisco", "1 Main Street", "94105"),
        };
        Address {
            country: self.country.to_owned(),
            state: state.map(str::to_owned),
            city: Some(city.to_owned()),
            street: Some(street.to_owned()),
            zipcode: Some(zipcode.to_owned()),
        }
    }
}

pub(super) fn customer(scenario: &Scenario, now: Moment) -> Customer {
    let age = SignedDuration::from_hours(60 * 24);
    Customer {
        id: format!("cus_{}", scenario.name),
        email: format!("{}@example.com", scenario.name.replace('_', "-")),
        name: scenario.title.to_owned(),
        phone_number: None,
        metadata: Metadata::new(),
        preferred_locale: None,
        created_at: now.stamp().checked_sub(age).unwrap_or(now.at),
        billing: scenario.billing(),
        methods: scenario.saved_methods(now, |suffix| format!("pm_{}{suffix}", scenario.name)),
        scenario: Some(scenario.words.to_owned()),
    }
}
