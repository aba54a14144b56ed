//! When two JSON values are the same one, as `enum`, `const` and sets of schemas ask.

use std::hash::{Hash, Hasher};

use crate::document::{Json, write_string};

/// A spelling that equal values share: members sorted by name, numbers as unscaled digits and exponent.
///
/// As in the reference registry `1` and `1.0` are different values, and so are `1.0` and `1.00`.
pub(in crate::json) fn key(value: &Json) -> Box<str> {
    let mut out = String::new();
    write(&mut out, value);
    out.into_boxed_str()
}

/// As deep as the text nests, which is bounded.
fn write(out: &mut String, value: &Json) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(spelling) => write_number(out, spelling),
        Json::String(text) => write_string(out, text),
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write(out, item);
                out.push(',');
            }
            out.push(']');
        }
        Json::Object(members) => {
            let mut sorted: Vec<&(String, Json)> = members.iter().collect();
            sorted.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            out.push('{');
            for (name, member) in sorted {
                write_string(out, name);
                out.push(':');
                write(out, member);
                out.push(',');
            }
            out.push('}');
        }
    }
}

/// Whole numbers stay as they are; of others the exponent is taken out, so that spellings of the same number with as
/// many digits agree.
fn write_number(out: &mut String, spelling: &str) {
    let (mantissa, exponent) = spelling.split_once(['e', 'E']).unwrap_or((spelling, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let is_plain = whole.len() == spelling.len();
    out.push_str(whole);
    if !is_plain {
        out.push_str(fraction);
        let scale = i64::try_from(fraction.len()).unwrap_or(i64::MAX).saturating_sub(exponent);
        out.push('s');
        out.push_str(&scale.to_string());
    }
}

/// Feeds a value to a hasher; members in any order give the same hash. Returns how many values were fed.
pub(in crate::json) fn hash<H: Hasher + Clone>(value: &Json, state: &mut H) -> usize {
    std::mem::discriminant(value).hash(state);
    match value {
        Json::Null => 1,
        Json::Bool(flag) => {
            flag.hash(state);
            1
        }
        Json::Number(text) | Json::String(text) => {
            text.hash(state);
            1 + text.len() / 16
        }
        Json::Array(items) => {
            items.len().hash(state);
            1 + items.iter().map(|item| hash(item, state)).sum::<usize>()
        }
        Json::Object(members) => {
            let mut sum = 0_u64;
            let mut count = 1;
            for (name, member) in members {
                let mut own = state.clone();
                name.hash(&mut own);
                count += hash(member, &mut own);
                sum = sum.wrapping_add(own.finish());
            }
            sum.hash(state);
            count
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        key(&Json::parse(one).unwrap()) == key(&Json::parse(other).unwrap())
    }

    #[test]
    fn order_of_members_does_not_count_and_that_of_items_does() {
        assert!(same(r#"{"a":1,"b":[{"x":1,"y":2}]}"#, r#"{"b":[{"y":2,"x":1}],"a":1}"#));
        assert!(!same("[1,2]", "[2,1]"));
        assert!(!same(r#""1""#, "1"));
        assert!(!same("[[1],2]", "[[1,2]]"));
    }

    #[test]
    fn numbers_are_the_same_with_the_same_digits() {
        assert!(same("1e2", "1E+2"));
        assert!(same("1.5e1", "15e0"));
        assert!(!same("1", "1.0"));
        assert!(!same("1.0", "1.00"));
        assert!(!same("100", "1e2"));
    }
}
