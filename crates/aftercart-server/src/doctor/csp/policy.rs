//! Reading a policy.

/// One policy; a page may have several, and each must allow a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) struct Policy {
    /// Names in lower case; the first of a name counts.
    directives: Vec<(String, Vec<String>)>,
}

impl Policy {
    /// The policies of one header: a comma parts them.
    pub(in crate::doctor) fn of_header(header: &str) -> Vec<Self> {
        header.split(',').map(Self::parse).filter(|policy| !policy.directives.is_empty()).collect()
    }

    /// The policy of a `<meta http-equiv>`, in which some directives have no effect.
    pub(in crate::doctor) fn of_meta(content: &str) -> Self {
        let mut policy = Self::parse(content);
        policy
            .directives
            .retain(|(name, _)| !matches!(name.as_str(), "frame-ancestors" | "sandbox" | "report-uri"));
        policy
    }

    fn parse(text: &str) -> Self {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if directives.iter().all(|(known, _)| *known != name) {
                directives.push((name, words.map(str::to_owned).collect()));
            }
        }
        Self { directives }
    }

    /// The values of a directive, if the policy has it.
    pub(in crate::doctor) fn get(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(known, _)| known == name).map(|(_, values)| values.as_slice())
    }

    /// The first of these directives that the policy has: each falls back to the next.
    pub(super) fn first<'a>(&'a self, chain: &[&'static str]) -> Option<(&'static str, &'a [String])> {
        chain.iter().find_map(|name| Some((*name, self.get(name)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_may_hold_several_policies_and_the_first_of_a_name_counts() {
        let policies = Policy::of_header("Script-Src 'self'  a.example; script-src *;;, default-src 'none',");
        assert_eq!(policies.len(), 2);
        assert_eq!(policies[0].get("script-src").unwrap(), ["'self'", "a.example"]);
        assert_eq!(policies[1].first(&["script-src", "default-src"]).unwrap().0, "default-src");
        assert!(policies[1].first(&["form-action"]).is_none());
    }

    #[test]
    fn a_meta_element_can_neither_sandbox_nor_forbid_frames() {
        let policy = Policy::of_meta("sandbox; frame-ancestors 'none'; img-src *");
        assert_eq!((policy.get("sandbox"), policy.get("frame-ancestors")), (None, None));
        assert!(policy.get("img-src").is_some());
    }
}
