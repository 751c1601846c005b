//! The page's policies, held against what the widget needs.

use super::csp::{Block, Policy, Widget, blocks, sandbox};
use super::html::Tag;
use super::probe::Answer;
use super::report::Check;

/// What stands in the widget's way, and whether others may frame the page.
pub(super) fn examine(page: &Answer, tags: &[Tag], widget: &Widget) -> Vec<Check> {
    let policies = enforced(page, tags);
    let mut checks = obstacles(&policies, widget);
    checks.extend(framing(page, &policies));
    checks
}

/// Those that are enforced. A report-only policy blocks nothing.
fn enforced(answer: &Answer, tags: &[Tag]) -> Vec<Policy> {
    let headers = answer.headers("content-security-policy").flat_map(Policy::of_header);
    let is_policy = |tag: &&Tag| {
        let names = tag.attribute("http-equiv").unwrap_or_default();
        tag.name == "meta" && names.eq_ignore_ascii_case("content-security-policy")
    };
    let metas = tags.iter().filter(is_policy).filter_map(|tag| tag.attribute("content")).map(Policy::of_meta);
    headers.chain(metas).collect()
}

fn obstacles(policies: &[Policy], widget: &Widget) -> Vec<Check> {
    const NAME: &str = "page.csp";
    let mut checks: Vec<Check> =
        policies.iter().flat_map(|policy| blocks(policy, widget)).map(|block| describe(&block)).collect();
    for policy in policies {
        let (broken, hampered) = sandbox(policy);
        if !broken.is_empty() {
            let advice = format!("add {}", broken.join(" "));
            checks.push(Check::fail(NAME, "`sandbox` keeps the widget from working", advice));
        } else if !hampered.is_empty() {
            let seen = "`sandbox` keeps shoppers from the checkout and their bank's page";
            checks.push(Check::warn(NAME, seen, format!("add {}", hampered.join(" "))));
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok(NAME, if policies.is_empty() { "none" } else { "lets the widget work" }));
    }
    checks
}

fn describe(block: &Block) -> Check {
    let seen = format!("`{}` forbids {}", block.by, block.breaks.join(", "));
    let nonce = if block.instead.contains("'nonce-…'") {
        ", and the same nonce on the loader's script tag"
    } else {
        ""
    };
    let advice = format!("write `{}`{nonce}", block.instead);
    if block.is_essential {
        Check::fail("page.csp", seen, advice)
    } else {
        Check::warn("page.csp", seen, advice)
    }
}

/// A page in somebody's invisible frame can be made to click.
fn framing(answer: &Answer, policies: &[Policy]) -> Option<Check> {
    let is_guarded = answer.header("x-frame-options").is_some()
        || policies.iter().any(|policy| policy.get("frame-ancestors").is_some());
    let advice = "send `Content-Security-Policy: frame-ancestors 'self'`";
    (!is_guarded)
        .then(|| Check::warn("page.frames", "any page may put it into a frame and lure a click", advice))
}
