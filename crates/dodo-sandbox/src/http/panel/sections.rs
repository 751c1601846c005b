//! The panel's tables.

use maud::{Markup, html};

use crate::core::currency::written;
use crate::core::{Core, Delivery, DeliveryState, Moment, PaymentStatus};

/// Rows shown of the long lists.
const NEWEST: usize = 50;

/// Faults that wait for their call.
pub(super) fn faults(core: &Core) -> Markup {
    html! {
        @if !core.faults.rules.is_empty() {
            section.card aria-labelledby="faults" {
                h2 id="faults" { "Faults set" }
                ul.plain {
                    @for rule in &core.faults.rules {
                        li { (rule.fault.words()) " · "
                            (rule.method.as_deref().unwrap_or("any method")) " "
                            (rule.path_prefix.as_deref().unwrap_or("anywhere")) " · "
                            (rule.customer_id.as_deref().unwrap_or("anybody")) " · "
                            @match rule.chance {
                                Some(per_mille) => { (per_mille) " in 1000" }
                                None => { (rule.times) " more" }
                            } }
                    }
                }
            }
        }
    }
}

pub(super) fn payments(core: &Core) -> Markup {
    html! {
        section.card aria-labelledby="payments" {
            h2 id="payments" { "Payments (" (core.ledger.payments.len()) ")" }
            div.scroll { table {
                thead { tr { th { "Time" } th { "Customer" } th { "Amount" } th { "Status" } th { "Bought" } th { "Metadata" } th { "Id" } } }
                tbody {
                    @for payment in core.ledger.payments.iter().rev().take(NEWEST) {
                        tr {
                            td { (clock_time(payment.created_at)) }
                            td { (payment.customer_id) }
                            td { (written(payment.total_amount, &payment.currency)) }
                            td class=(tone(payment.status)) {
                                (payment.status.as_str().replace('_', " "))
                                @if let Some(code) = &payment.error_code { br; (code) }
                                @if let Some(link) = &payment.payment_link { br; a href=(link) { "bank page" } }
                                @if !core.ledger.refunds_of(&payment.id).is_empty() { br; "refunded" }
                            }
                            td { @for line in &payment.cart { (line.product_id) " × " (line.quantity) " " }
                                @if let Some(kind) = payment.charge_type { span.soft { (format!("{kind:?}").to_lowercase()) } } }
                            td { @for (key, value) in &payment.metadata { code { (key) "=" (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) } " " } }
                            td { code { (payment.id) } }
                        }
                    }
                }
            } }
        }
    }
}

pub(super) fn deliveries(core: &Core, now: Moment) -> Markup {
    html! {
        section.card aria-labelledby="webhooks" {
            h2 id="webhooks" { "Webhooks (" (core.outbox.deliveries.len()) ")" @if core.outbox.is_paused { " · paused" } }
            div.scroll { table {
                thead { tr { th { "Time" } th { "Event" } th { "State" } th { "Attempts" } th { "Webhook id" } th { "" } } }
                tbody {
                    @for delivery in core.outbox.deliveries.iter().rev().take(NEWEST) {
                        tr {
                            td { (clock_time(delivery.created_at)) }
                            td { (delivery.event) }
                            td { (state(delivery, now)) }
                            td { @for attempt in &delivery.attempts {
                                @match attempt.status_code { Some(status) => { (status) " " }
                                    None => { (attempt.error.as_deref().unwrap_or("no answer")) " " } }
                            } }
                            td { code { (delivery.webhook_id) } }
                            td { form method="post" action=(format!("/_sandbox/panel/redeliver/{}", delivery.id)) {
                                button.plain type="submit" { "Redeliver" } } }
                        }
                    }
                }
            } }
        }
    }
}

pub(super) fn customers(core: &Core) -> Markup {
    html! {
        section.card aria-labelledby="customers" {
            h2 id="customers" { "Customers (" (core.ledger.customers.len()) ")" }
            div.scroll { table {
                thead { tr { th { "Customer" } th { "What happens" } th { "Saved cards" } th { "Country" } } }
                tbody {
                    @for customer in &core.ledger.customers {
                        tr {
                            td { (customer.name) br; code { (customer.id) } }
                            td { (customer.scenario.as_deref().unwrap_or("came through the shop")) }
                            td { @for method in &customer.methods {
                                div { (method.card.label()) " " (method.card.expiry_month) "/" (method.card.expiry_year)
                                    @if !method.recurring_enabled { " · not recurring" }
                                    " · " span.soft { (method.behaviour.words()) } }
                            } }
                            td { (customer.billing.country) }
                        }
                    }
                }
            } }
        }
    }
}

pub(super) fn requests(core: &Core) -> Markup {
    html! {
        section.card aria-labelledby="requests" {
            h2 id="requests" { "API calls" }
            div.scroll { table {
                thead { tr { th { "Time" } th { "Call" } th { "Status" } th { "Body" } } }
                tbody {
                    @for entry in core.journal.entries().rev().take(NEWEST) {
                        tr {
                            td { (clock_time(entry.at)) }
                            td { code { (entry.method) " " (entry.path) @if let Some(query) = &entry.query { "?" (query) } } }
                            td { @match entry.status { Some(status) => { (status) } None => { span.bad { "cut" } } }
                                @if let Some(fault) = &entry.fault { br; span.soft { (fault) } } }
                            td { @if !entry.body.is_null() { details { summary { "show" } code { (entry.body) } } } }
                        }
                    }
                }
            } }
        }
    }
}

fn tone(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Succeeded => "good",
        PaymentStatus::Failed | PaymentStatus::Cancelled => "bad",
        _ => "wait",
    }
}

fn state(delivery: &Delivery, now: Moment) -> Markup {
    match delivery.state {
        DeliveryState::Delivered => html! { span.good { "delivered" } },
        DeliveryState::GivenUp => html! { span.bad { "given up" } },
        DeliveryState::NoEndpoint => html! { span.soft { "nowhere to send" } },
        DeliveryState::InFlight => html! { span.wait { "being sent" } },
        DeliveryState::Waiting(due) => {
            html! { span.wait { "due in " (due.saturating_sub(now.elapsed).as_secs()) " s" } }
        }
    }
}

/// `10:42:07`, UTC.
fn clock_time(at: jiff::Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}
