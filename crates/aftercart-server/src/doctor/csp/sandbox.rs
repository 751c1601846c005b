//! What a sandboxed page must be allowed for the widget to work in it.

use super::policy::Policy;

/// Tokens that a `sandbox` directive lacks: those without which nothing works, and those without which a bank's
/// question or the form leads nowhere.
pub(in crate::doctor) fn sandbox(policy: &Policy) -> (Vec<&'static str>, Vec<&'static str>) {
    let Some(tokens) = policy.get("sandbox") else { return (Vec::new(), Vec::new()) };
    let lacks = |token: &&str| !tokens.iter().any(|known| known.eq_ignore_ascii_case(token));
    let moves = ["allow-top-navigation", "allow-top-navigation-by-user-activation"];
    let mut hampered: Vec<_> = ["allow-forms"].into_iter().filter(lacks).collect();
    if moves.iter().all(lacks) {
        hampered.push("allow-top-navigation");
    }
    (["allow-scripts", "allow-same-origin"].into_iter().filter(lacks).collect(), hampered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_needs_scripts_and_the_pages_origin() {
        let lacks = |policy| sandbox(&Policy::of_header(policy)[0]);
        assert_eq!(lacks("sandbox").0, ["allow-scripts", "allow-same-origin"]);
        let (broken, hampered) = lacks("sandbox allow-scripts allow-same-origin allow-forms");
        assert_eq!((broken.len(), hampered), (0, vec!["allow-top-navigation"]));
        assert_eq!(lacks("img-src *"), (vec![], vec![]));
    }
}
