//! `[offer.change]`: which plans an upgrade or downgrade starts from, and how the change bills.
//!
//! `next_billing_date` goes with `full_immediately` only: Dodo refuses the others, or may.

use super::document::{Kind, OfferEntry};
use super::entry::product_id;
use crate::attempt::Effective;
use crate::complaint::Checked;
use aftercart_contract::{ProductId, ProrationBillingMode};
use std::ops::Range;

/// How an offer changes a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChangeRule {
    /// Plans that this offer leads away from; not empty, and without the offer's own.
    pub(crate) from: Vec<ProductId>,
    /// How it bills.
    pub(crate) mode: ProrationBillingMode,
    /// When.
    pub(crate) effective: Effective,
}

/// Reads the table where the kind wants one, and refuses it elsewhere.
pub(super) fn change_rule(
    entry: &OfferEntry,
    span: &Range<usize>,
    product: Option<&ProductId>,
    checked: &mut Checked<'_>,
) -> Option<ChangeRule> {
    let kind = entry.kind.as_ref().map(|kind| *kind.get_ref());
    let changes_plan = matches!(kind, Some(Kind::Upgrade | Kind::Downgrade));
    let change = match &entry.change {
        Some(change) if changes_plan => change.get_ref(),
        Some(change) => {
            checked
                .note(&change.span(), "only an offer of kind `upgrade` or `downgrade` has `[offer.change]`");
            return None;
        }
        None if changes_plan => {
            checked.note(
                span,
                "changes a plan: add `[offer.change]` with `from = [\"pdt_…\"]`, the plans it leads away from",
            );
            return None;
        }
        None => return None,
    };
    if let Some(trial) = &entry.trial_days {
        checked.note(&trial.span(), "a change of plan begins no trial: leave `trial_days` out");
    }
    if change.from.is_empty() {
        checked.note(span, "`change.from` is empty: name the plans that this offer leads away from");
    }
    let from: Vec<_> = change.from.iter().filter_map(|id| product_id(id, checked)).collect();
    if let Some(own) =
        change.from.iter().find(|id| Some(id.get_ref().as_str()) == product.map(ProductId::as_str))
    {
        checked.note(&own.span(), "`change.from` names the plan that the offer leads to");
    }
    let effective = change.effective_at.unwrap_or(Effective::Immediately);
    let usual = match effective {
        Effective::Immediately => ProrationBillingMode::DifferenceImmediately,
        Effective::NextBillingDate => ProrationBillingMode::FullImmediately,
    };
    let mode = change.proration.as_ref().map_or(usual, |mode| *mode.get_ref());
    if let (Effective::NextBillingDate, Some(wanted)) = (effective, &change.proration)
        && mode != usual
    {
        checked.note(
            &wanted.span(),
            "a change at the next billing date bills `full_immediately`: leave `proration` out",
        );
    }
    Some(ChangeRule { from, mode, effective })
}

#[cfg(test)]
mod tests {
    use super::super::load::tests::{complaints, offer};

    fn mistake(rest: &str) -> Vec<String> {
        let rest = format!("when.purchased = [\"pdt_x\"]\n{rest}");
        complaints(&format!("default_locale = \"en\"\n{}", offer("pro", &rest)))
    }

    #[test]
    fn every_mistake_of_a_plan_change_is_named_with_its_line() {
        for (rest, line, words) in [
            ("kind = \"upgrade\"", ":2:", "add `[offer.change]`"),
            ("change.from = [\"pdt_basic\"]", ":6:", "only an offer of kind"),
            ("kind = \"upgrade\"\nchange.from = []", ":2:", "`change.from` is empty"),
            ("kind = \"upgrade\"\nchange.from = [\"pdt_a\"]\ntrial_days = 7", ":8:", "begins no trial"),
            ("kind = \"upgrade\"\nchange.from = [\"basic\"]", ":7:", "not a Dodo product id"),
            ("kind = \"upgrade\"\nchange.from = [\"pdt_pro\"]", ":7:", "names the plan"),
            ("kind = \"upgrade\"\nchange.from = [\"pdt_a\"]\nchange.proration = \"half\"", ":8:", "half"),
            (
                "kind = \"upgrade\"\nchange.from = [\"pdt_a\"]\nchange.effective_at = \"next_billing_date\"\n\
                 change.proration = \"difference_immediately\"",
                ":9:",
                "full_immediately",
            ),
        ] {
            let found = mistake(rest);
            assert_eq!(found.len(), 1, "{rest}: {found:?}");
            assert!(found[0].contains(line) && found[0].contains(words), "{rest}: {found:?}");
        }
    }

    #[test]
    fn what_a_plan_holds_is_said_for_plans_that_are_left_only() {
        let change = "kind = \"upgrade\"\nchange.from = [\"pdt_basic\"]";
        assert_eq!(mistake(&format!("{change}\n[offer.locale.fr]\nhas.pdt_basic = [\"A\"]")), [""; 0]);
        for (rest, words) in [
            (format!("{change}\n[offer.locale.fr]\nhas.pdt_small = [\"A\"]"), "not a plan of `change.from`"),
            (format!("{change}\n[offer.locale.fr]\nhas.pdt_basic = [\" \"]"), "1 to 500 bytes"),
            ("[offer.locale.fr]\nhas.pdt_basic = [\"A\"]".to_owned(), "not a plan of `change.from`"),
        ] {
            let found = mistake(&rest);
            assert_eq!(found.len(), 1, "{rest}: {found:?}");
            assert!(found[0].contains(words), "{rest}: {found:?}");
        }
    }
}
