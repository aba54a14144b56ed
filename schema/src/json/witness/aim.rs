//! Where in the schema a finding is: the search goes there first.

/// What is left of a finding's path, seen from a value: `properties/a/maxLength`. Empty: anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Aim<'p>(&'p str);

/// Tokens that stay at the same value and have an index or a name behind them.
const SAME_VALUE: &[&str] = &["allOf", "anyOf", "oneOf", "dependencies"];
/// Keywords by which the same value is looked at again.
const APPLICATORS: &[&str] = &[
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "dependencies",
    "dependentSchemas",
    "dependentRequired",
];
/// Keywords about members and about items.
const MEMBERS: &[&str] = &[
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "required",
];
const ITEMS: &[&str] = &["items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"];

impl<'p> Aim<'p> {
    /// The aim of a finding with this path: `#/properties/a`.
    pub(super) fn at(path: &'p str) -> Self {
        Self(path.strip_prefix("#/").unwrap_or(path)).settled()
    }

    pub(super) fn anywhere() -> Self {
        Aim("")
    }

    /// Without the tokens that stay at the same value.
    fn settled(self) -> Self {
        let mut rest = self.0;
        loop {
            let (token, after) = rest.split_once('/').unwrap_or((rest, ""));
            rest = if token == "not" {
                after
            } else if SAME_VALUE.contains(&token) {
                after.split_once('/').map_or("", |(_, after)| after)
            } else {
                return Self(rest);
            };
        }
    }

    /// Whether a keyword may lead to the finding.
    pub(super) fn allows(self, keyword: &str) -> bool {
        let (token, _) = self.0.split_once('/').unwrap_or((self.0, ""));
        match token {
            "" => true,
            _ if APPLICATORS.contains(&keyword) => true,
            "properties" | "required" => MEMBERS.contains(&keyword),
            "items" => ITEMS.contains(&keyword),
            token => token == keyword,
        }
    }

    /// Whether the finding is about a keyword of this value.
    pub(super) fn is_at_keyword(self) -> bool {
        !self.0.is_empty() && !self.0.contains('/')
    }

    /// What is left behind the member `name`; `None` when the finding is elsewhere.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        for token in ["properties/", "required/"] {
            if let Some(rest) = self.0.strip_prefix(token) {
                let rest = rest.strip_prefix(name)?;
                let after = rest.strip_prefix('/');
                return if rest.is_empty() { Some(Self("")) } else { after.map(|rest| Self(rest).settled()) };
            }
        }
        match self.0.split_once('/') {
            Some((_, rest)) => Some(Self(rest).settled()),
            None => Some(Self::anywhere()),
        }
    }

    pub(super) fn reaches_required(self, name: &str) -> bool {
        ["properties/", "required/"]
            .iter()
            .find_map(|token| self.0.strip_prefix(token))
            .is_none_or(|rest| rest == name)
    }

    pub(super) fn reaches_item(self, index: usize) -> bool {
        let Some(rest) = self.0.strip_prefix("items/") else { return true };
        let token = rest.split_once('/').map_or(rest, |(token, _)| token);
        token.parse::<usize>().map_or(true, |aimed| aimed == index)
    }

    /// What is left behind an item.
    pub(super) fn item(self) -> Self {
        let rest = self.0.split_once('/').map_or("", |(_, rest)| rest);
        let (token, after) = rest.split_once('/').unwrap_or((rest, ""));
        if token.bytes().all(|byte| byte.is_ascii_digit()) {
            Self(after).settled()
        } else {
            Self(rest).settled()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_aim_follows_members_and_items() {
        let aim = Aim::at("#/allOf/0/properties/a/b/items/1/maxLength");
        assert!(aim.allows("properties") && aim.allows("allOf") && !aim.allows("maxProperties"));
        assert_eq!(aim.member("c"), None);
        let inside = aim.member("a/b").unwrap();
        assert!(inside.reaches_item(1) && !inside.reaches_item(0));
        assert_eq!(inside.item(), Aim("maxLength"));
        assert_eq!(Aim::at("#/properties/a").member("a"), Some(Aim::anywhere()));
        assert_eq!(Aim::at("#/"), Aim::anywhere());
        assert_eq!(Aim::at("#/items/type").item(), Aim("type"));
        assert_eq!(Aim::at("#/not/anyOf/3/enum"), Aim("enum"));
    }
}
