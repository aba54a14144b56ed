//! Exact decimals, as far as every validator agrees on them.

use crate::document::Json;

/// Digits behind the point.
const SCALE: u32 = 12;
const ONE: i128 = 1_000_000_000_000;
/// Significant digits that a double keeps.
const DIGITS_MAX: usize = 15;

/// A number in units of 10⁻¹². Numbers that a double would round have no such form: nothing is concluded from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

impl Decimal {
    pub(crate) const ONE: Self = Self(ONE);

    /// Reads the spelling of a JSON number.
    pub(crate) fn parse(spelling: &str) -> Option<Self> {
        let (mantissa, exponent) = match spelling.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (spelling, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        let significant = digits.trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self(0));
        }
        let trailing = i32::try_from(digits.len() - significant.len()).ok()?;
        let exponent = exponent
            .checked_add(trailing)?
            .checked_sub(i32::try_from(fraction.len()).ok()?)?
            .checked_add(i32::try_from(SCALE).ok()?)?;
        let exponent = u32::try_from(exponent).ok()?;
        if significant.len() > DIGITS_MAX
            || significant.len() + exponent as usize > DIGITS_MAX + SCALE as usize
        {
            return None;
        }
        let value = significant.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(exponent)?)?;
        Some(Self(if negative { -value } else { value }))
    }

    /// The number that `json` is.
    pub(crate) fn of(json: &Json) -> Option<Self> {
        match json {
            Json::Number(spelling) => Self::parse(spelling),
            _ => None,
        }
    }

    pub(crate) fn from_integer(value: i64) -> Self {
        Self(i128::from(value) * ONE)
    }

    pub(crate) fn is_integer(self) -> bool {
        self.0 % ONE == 0
    }

    /// The number as a count, if it is one.
    pub(crate) fn whole(self) -> Option<u64> {
        if self.is_integer() { u64::try_from(self.0 / ONE).ok() } else { None }
    }

    pub(crate) fn is_multiple_of(self, divisor: Self) -> bool {
        divisor.0 != 0 && self.0 % divisor.0 == 0
    }

    pub(crate) fn floor(self) -> Self {
        Self(self.0.div_euclid(ONE) * ONE)
    }

    pub(crate) fn ceiling(self) -> Self {
        Self(-(-self.0).div_euclid(ONE) * ONE)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The middle between two numbers.
    pub(crate) fn middle(self, other: Self) -> Self {
        Self((self.0 + other.0) / 2)
    }

    /// The greatest multiple of `step` that is at most this number.
    pub(crate) fn down_to(self, step: Self) -> Self {
        if step.0 <= 0 { self } else { Self(self.0.div_euclid(step.0) * step.0) }
    }

    /// A number that both divide, unless it is too great.
    pub(crate) fn common_multiple(self, other: Self) -> Option<Self> {
        let (mut a, mut b) = (self.0.abs(), other.0.abs());
        if a == 0 || b == 0 {
            return None;
        }
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Some(Self((self.0.abs() / a).checked_mul(other.0.abs())?))
    }

    /// The JSON number.
    pub(crate) fn json(self) -> Json {
        let (whole, fraction) = (self.0.abs() / ONE, self.0.abs() % ONE);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return Json::Number(format!("{sign}{whole}"));
        }
        let fraction = format!("{fraction:012}");
        Json::Number(format!("{sign}{whole}.{}", fraction.trim_end_matches('0')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(spelling: &str) -> Option<String> {
        match Decimal::parse(spelling)?.json() {
            Json::Number(text) => Some(text),
            _ => None,
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for (spelling, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.0", "0"),
            ("1.50", "1.5"),
            ("1e2", "100"),
            ("-1.25E1", "-12.5"),
            ("1e-12", "0.000000000001"),
            ("100000000000000", "100000000000000"),
        ] {
            assert_eq!(printed(spelling).as_deref(), Some(expected), "{spelling}");
        }
    }

    #[test]
    fn what_a_double_rounds_has_no_form() {
        for spelling in ["1234567890123456", "1e15", "1e-13", "0.1234567890123456", "1e99999999999", "1e400"]
        {
            assert_eq!(Decimal::parse(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn rounding_goes_the_right_way() {
        let number = |text| Decimal::parse(text).unwrap();
        assert_eq!(number("-1.5").floor(), number("-2"));
        assert_eq!(number("-1.5").ceiling(), number("-1"));
        assert_eq!(number("1.5").ceiling(), number("2"));
        assert!(number("4.5").is_multiple_of(number("1.5")));
        assert!(!number("4.6").is_multiple_of(number("1.5")));
        assert_eq!(number("4").common_multiple(number("6")), Some(number("12")));
    }
}
