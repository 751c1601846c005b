//! The payment form: who pays, with what, and what to say when something is wrong.

use maud::{Markup, html};
use serde::Deserialize;

use super::countries::COUNTRIES;
use crate::core::currency::written;
use crate::core::hosted::{Complaint, Entry, Means, Quote};
use crate::core::{Buyer, Core, Customer, Moment, SavedMethod, Session, TEST_CARDS};

/// The form as posted, and as shown again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    /// `pay` or `update`.
    action: String,
    /// `card`, or the id of a saved method.
    means: String,
    email: String,
    name: String,
    pub(super) country: String,
    number: String,
    expiry: String,
    cvc: String,
    holder: String,
    save: Option<String>,
    shown_total: Option<i64>,
}

impl Fields {
    /// What an unvisited page shows.
    pub(super) fn fresh(core: &Core, session: &Session) -> Self {
        Self {
            country: core.session_country(session),
            expiry: "06/32".to_owned(),
            cvc: "123".to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn asks_for_update(&self) -> bool {
        self.action == "update"
    }

    pub(super) fn entry(&self) -> Entry {
        let trimmed = |text: &str| text.trim().to_owned();
        let means = if self.means.is_empty() || self.means == "card" {
            Means::Card {
                number: trimmed(&self.number),
                expiry: trimmed(&self.expiry),
                holder: trimmed(&self.holder),
                save: self.save.is_some(),
            }
        } else {
            Means::Saved { method_id: self.means.clone(), number: trimmed(&self.number) }
        };
        Entry {
            email: trimmed(&self.email),
            name: trimmed(&self.name),
            country: self.country.clone(),
            means,
            shown_total: self.shown_total,
        }
    }
}

/// The whole form.
pub(super) fn payment_form(
    core: &Core,
    now: Moment,
    session: &Session,
    fields: &Fields,
    quote: &Quote,
    complaint: Option<&Complaint>,
) -> Markup {
    let customer = match &session.buyer {
        Buyer::Known(id) => core.ledger.customer(id).ok(),
        _ => None,
    };
    let wrong = |field: &str| complaint.is_some_and(|complaint| complaint.field == Some(field));
    let saved = customer.filter(|_| session.shows_saved_methods).map(|customer| customer.methods.as_slice());
    html! {
        form.card method="post" action=(format!("/session/{}", session.id)) {
            // The first button is the one that Enter presses, and it must not be the one that updates the tax.
            button.unseen type="submit" name="action" value="pay" tabindex="-1" aria-hidden="true" { "Pay" }
            input type="hidden" name="shown_total" value=(quote.total);
            (contact(session, customer, fields, &wrong))
            fieldset {
                legend { "Payment method" }
                (saved_choices(now, saved.unwrap_or_default(), fields))
                (card_fields(fields, &wrong))
            }
            button.main type="submit" name="action" value="pay" { "Pay " (written(quote.total, &quote.currency)) }
            @if let Some(url) = &session.cancel_url {
                p style="margin-top:1rem;text-align:center" { a href=(url) { "Cancel and go back to the shop" } }
            }
        }
    }
}

fn contact(
    session: &Session,
    customer: Option<&Customer>,
    fields: &Fields,
    wrong: &dyn Fn(&str) -> bool,
) -> Markup {
    html! {
        fieldset {
            legend { "Your details" }
            @if let Some(customer) = customer {
                p { (customer.name) br; span.soft { (customer.email) } }
            } @else if let Buyer::Described { email, .. } = &session.buyer {
                p { (email) }
            } @else {
                label { span { "E-mail" }
                    input type="email" name="email" autocomplete="email" required value=(fields.email)
                        aria-invalid=[invalid(wrong("email"))] aria-describedby=[described(wrong("email"))];
                }
                label { span { "Name" }
                    input name="name" autocomplete="name" required value=(fields.name)
                        aria-invalid=[invalid(wrong("name"))] aria-describedby=[described(wrong("name"))];
                }
            }
            div.row {
                label { span { "Country" }
                    select name="country" autocomplete="country" aria-invalid=[invalid(wrong("country"))]
                        aria-describedby=[described(wrong("country"))] {
                        @if !COUNTRIES.iter().any(|(code, _)| *code == fields.country) {
                            option value=(fields.country) selected { (fields.country) }
                        }
                        @for (code, name) in COUNTRIES {
                            option value=(code) selected[code == fields.country] { (name) }
                        }
                    }
                }
                button type="submit" name="action" value="update" formnovalidate { "Update tax" }
            }
        }
    }
}

fn saved_choices(now: Moment, methods: &[SavedMethod], fields: &Fields) -> Markup {
    let usable = methods.iter().filter(|method| !method.card.is_expired(now.at));
    let newest = usable.max_by_key(|method| method.last_used_at).map(|method| method.id.as_str());
    let chosen = if fields.means.is_empty() { newest.unwrap_or("card") } else { fields.means.as_str() };
    html! {
        @if !methods.is_empty() {
            @for method in methods {
                @let is_expired = method.card.is_expired(now.at);
                label.choice {
                    input type="radio" name="means" value=(method.id) checked[chosen == method.id] disabled[is_expired];
                    span {
                        (method.card.label())
                        span.soft { " " (if is_expired { "expired" } else { "valid until" }) " "
                            (method.card.expiry_month) "/" (method.card.expiry_year) }
                    }
                }
            }
            label.choice {
                input type="radio" name="means" value="card" checked[chosen == "card"];
                span { "Another card" }
            }
        } @else {
            input type="hidden" name="means" value="card";
        }
    }
}

fn card_fields(fields: &Fields, wrong: &dyn Fn(&str) -> bool) -> Markup {
    html! {
        label { span { "Card number" }
            input name="number" inputmode="numeric" autocomplete="cc-number" list="test-cards" placeholder="4242 4242 4242 4242"
                value=(fields.number) aria-invalid=[invalid(wrong("number"))] aria-describedby=[described(wrong("number"))];
        }
        datalist id="test-cards" {
            @for card in &TEST_CARDS { option value=(card.spaced_number()) { (card.hint) } }
        }
        div.pair {
            label { span { "Expiry (MM/YY)" }
                input name="expiry" inputmode="numeric" autocomplete="cc-exp" value=(fields.expiry)
                    aria-invalid=[invalid(wrong("expiry"))] aria-describedby=[described(wrong("expiry"))];
            }
            label { span { "Security code" }
                input name="cvc" inputmode="numeric" autocomplete="cc-csc" value=(fields.cvc);
            }
        }
        label { span { "Name on the card (optional)" }
            input name="holder" autocomplete="cc-name" value=(fields.holder);
        }
        label.choice {
            input type="checkbox" name="save" value="yes" checked[fields.save.is_some()];
            span { "Save this card for later purchases" }
        }
        details open {
            summary { "Test cards" }
            ul.plain.small {
                @for card in &TEST_CARDS {
                    li { code { (card.spaced_number()) } " " span.soft { (card.hint) } }
                }
            }
        }
    }
}

fn invalid(is_wrong: bool) -> Option<&'static str> {
    is_wrong.then_some("true")
}

fn described(is_wrong: bool) -> Option<&'static str> {
    is_wrong.then_some("complaint")
}
