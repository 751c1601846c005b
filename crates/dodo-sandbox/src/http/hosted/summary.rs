//! What is being bought, and what it costs with tax.

use maud::{Markup, html};

use crate::core::currency::written;
use crate::core::hosted::Quote;

/// The list of goods and the sums below it.
pub(super) fn summary(quote: &Quote) -> Markup {
    let money = |amount| written(amount, &quote.currency);
    let includes_tax = quote.lines.iter().any(|line| line.tax_inclusive);
    html! {
        section.card aria-labelledby="order" {
            h2 id="order" { "Your order" }
            ul.goods {
                @for line in &quote.lines {
                    li {
                        img src=(format!("/_sandbox/images/{}.svg", line.product_id)) alt="" width="64" height="48";
                        div {
                            p { strong { (line.name) } @if line.quantity > 1 { " × " (line.quantity) } }
                            p.soft.small { (line.description) }
                        }
                        span { (money(line.unit_price * line.quantity)) }
                    }
                }
            }
            dl.sums {
                dt { "Subtotal" @if includes_tax { " (before tax)" } }
                dd { (money(quote.subtotal)) }
                dt { "Tax" @if let Some(line) = quote.lines.first() { " (" (line.tax_percent) " %)" } }
                dd { (money(quote.tax)) }
                dt.total { "Total today" }
                dd.total { (money(quote.total)) }
            }
            @if quote.lines.iter().any(|line| line.is_recurring) {
                p.small { "Renews every 30 days until cancelled." }
            }
        }
    }
}
