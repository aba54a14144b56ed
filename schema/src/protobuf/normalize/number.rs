//! How the reference writes a number once it is normalised: as a decimal number without exponent and with at most
//! three digits after the point, rounded half to even.

/// Digits after the point.
const FRACTION_DIGITS: usize = 3;
/// Digits before the point beyond which a number stays as it is written: `1e999999999` must not become a gigabyte.
const WHOLE_DIGITS_MAX: i64 = 400;

/// What a text says when it is a number.
#[derive(Debug, PartialEq)]
enum Number {
    /// A whole number in decimal digits.
    Whole(String),
    /// A number that a double holds.
    Double(f64),
    /// A number with more digits than a double has.
    Decimal(Decimal),
}

/// `0.digits × 10^point`; the digits neither start nor end with 0 and are empty for zero.
#[derive(Debug, PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    point: i64,
}

/// The number `text` as it is written after normalising; the text itself if it is none, such as `-inf`.
pub(super) fn formatted(text: &str) -> String {
    let written = match number(text) {
        Some(Number::Whole(digits)) => Some(digits),
        Some(Number::Double(double)) => Some(double_text(double)),
        Some(Number::Decimal(decimal)) => decimal_text(&decimal),
        None => None,
    };
    written.unwrap_or_else(|| text.to_owned())
}

fn number(text: &str) -> Option<Number> {
    let (sign, unsigned) = split_sign(text);
    for prefix in ["0x", "0X", "#"] {
        if let Some(digits) = unsigned.strip_prefix(prefix) {
            return whole(sign, digits, 16).map(Number::Whole);
        }
    }
    let last = text.chars().next_back()?;
    if last.is_ascii_digit() || last == '.' {
        return if text.contains(['.', 'e', 'E']) {
            fraction(text)
        } else {
            whole_or_octal(text).map(Number::Whole)
        };
    }
    let numeric = &text[..text.len() - last.len_utf8()];
    match last {
        'l' | 'L' if !text.starts_with('+') => whole_or_octal(numeric).map(Number::Whole),
        'f' | 'F' => single(numeric).or_else(|| double_or_decimal(numeric)),
        'd' | 'D' => double_or_decimal(numeric),
        _ => None,
    }
}

fn split_sign(text: &str) -> (&str, &str) {
    let length = usize::from(text.starts_with(['+', '-']));
    text.split_at(length)
}

/// A leading 0 means octal.
fn whole_or_octal(text: &str) -> Option<String> {
    let (sign, digits) = split_sign(text);
    match digits.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => whole(sign, octal, 8),
        _ => whole(sign, digits, 10),
    }
}

fn whole(sign: &str, digits: &str, radix: u32) -> Option<String> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let value = match radix {
        10 => digits.to_owned(),
        _ => u128::from_str_radix(digits, radix).ok()?.to_string(),
    };
    let minus = if sign == "-" && value != "0" { "-" } else { "" };
    Some(format!("{minus}{value}"))
}

/// A number with a point or an exponent: a float if it loses nothing, then a double, then all its digits.
fn fraction(text: &str) -> Option<Number> {
    let exact = Decimal::parse(text)?;
    let (float, double) = (text.parse::<f32>().ok()?, text.parse::<f64>().ok()?);
    let holds = |finite: bool, zero: bool| finite && (!zero || exact.digits.is_empty());
    if holds(float.is_finite(), float == 0.0) && is_same_text(float, double) {
        return Some(Number::Double(f64::from(float)));
    }
    if holds(double.is_finite(), double == 0.0) && Decimal::parse(&format!("{double:e}"))? == exact {
        return Some(Number::Double(double));
    }
    Some(Number::Decimal(exact))
}

/// Whether Java writes both alike. It writes a double that lies in the middle between two floats with more digits than
/// either needs.
fn is_same_text(float: f32, double: f64) -> bool {
    let middle = |neighbour: f32| f64::midpoint(f64::from(float), f64::from(neighbour));
    format!("{float:e}") == format!("{double:e}")
        && double != middle(float.next_up())
        && double != middle(float.next_down())
}

fn single(numeric: &str) -> Option<Number> {
    let exact = Decimal::parse(numeric)?;
    let float = numeric.parse::<f32>().ok()?;
    let holds = float.is_finite() && (float != 0.0 || exact.digits.is_empty());
    holds.then_some(Number::Double(f64::from(float)))
}

fn double_or_decimal(numeric: &str) -> Option<Number> {
    let exact = Decimal::parse(numeric)?;
    let double = numeric.parse::<f64>().ok()?;
    let holds = double.is_finite() && (double != 0.0 || exact.digits.is_empty());
    Some(if holds { Number::Double(double) } else { Number::Decimal(exact) })
}

impl Decimal {
    /// Reads `-12.5e-3` and its like; neither `inf` nor `nan`.
    fn parse(text: &str) -> Option<Self> {
        let (sign, unsigned) = split_sign(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let written = format!("{before}{after}");
        if written.is_empty() || !written.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = written.trim_start_matches('0');
        let dropped = i64::try_from(written.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        let point = i64::try_from(before.len()).ok()?.checked_sub(dropped)?.checked_add(exponent)?;
        let point = if digits.is_empty() { 0 } else { point };
        Some(Self { negative: sign == "-", digits, point })
    }

    fn fraction_digits(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX).saturating_sub(self.point)
    }

    /// All digits, without exponent.
    fn plain(&self) -> String {
        let point = usize::try_from(self.point).unwrap_or(0);
        let zeros = usize::try_from(self.point.saturating_neg()).unwrap_or(0);
        let (before, after) = self.digits.split_at(point.min(self.digits.len()));
        let mut text = if self.negative { "-".to_owned() } else { String::new() };
        text.push_str(if before.is_empty() { "0" } else { before });
        text.push_str(&"0".repeat(point - before.len()));
        if !after.is_empty() {
            text.push('.');
            text.push_str(&"0".repeat(zeros));
            text.push_str(after);
        }
        text
    }
}

/// The shortest digits of the double where they are few, and else its exact value rounded.
fn double_text(double: f64) -> String {
    match Decimal::parse(&format!("{double:e}")) {
        Some(shortest) if shortest.fraction_digits() <= 3 => shortest.plain(),
        _ => trimmed(&format!("{double:.FRACTION_DIGITS$}")),
    }
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn decimal_text(decimal: &Decimal) -> Option<String> {
    if decimal.point > WHOLE_DIGITS_MAX {
        return None;
    }
    if decimal.fraction_digits() <= 3 {
        return Some(decimal.plain());
    }
    Some(rounded(decimal).plain())
}

/// Rounded half to even after the third digit of the fraction.
fn rounded(decimal: &Decimal) -> Decimal {
    let zero = Decimal { negative: decimal.negative, digits: String::new(), point: 0 };
    let Ok(kept) = usize::try_from(decimal.point.saturating_add(3)) else { return zero };
    let (head, tail) = decimal.digits.split_at(kept.min(decimal.digits.len()));
    let odd = head.bytes().next_back().is_some_and(|digit| digit % 2 == 1);
    let up = match tail.as_bytes() {
        [b'5'] => odd,
        [b'5'..=b'9', ..] => true,
        _ => false,
    };
    if !up {
        let digits = head.trim_end_matches('0').to_owned();
        return if digits.is_empty() { zero } else { Decimal { digits, ..zero.at(decimal.point) } };
    }
    let lowered = head.trim_end_matches('9');
    match lowered.bytes().next_back() {
        Some(last) => {
            let digits = format!("{}{}", &lowered[..lowered.len() - 1], char::from(last + 1));
            Decimal { digits, ..zero.at(decimal.point) }
        }
        None => Decimal { digits: "1".to_owned(), ..zero.at(decimal.point + 1) },
    }
}

impl Decimal {
    fn at(self, point: i64) -> Self {
        Self { point, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::formatted;

    #[test]
    fn numbers_are_written_as_the_reference_writes_them() {
        for (text, expected) in [
            ("5", "5"),
            ("-0", "0"),
            ("010", "8"),
            ("-010", "-8"),
            ("08", "08"),
            ("0x7F", "127"),
            ("-0X10", "-16"),
            ("#10", "16"),
            ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.23456789", "1.235"),
            ("0.00012345", "0"),
            ("1.5e10", "15000000000"),
            ("1e22", "9999999778196308000000"),
            ("9007199254740993.0", "9007199254740993"),
            ("123456.7891", "123456.789"),
            ("-0.0", "-0"),
            ("-0.0001", "-0"),
            ("1.", "1"),
            (".5", "0.5"),
            ("1.0f", "1"),
            ("5l", "5"),
            ("-inf", "-inf"),
            ("-nan", "-nan"),
            ("1_0", "1_0"),
            ("1e999999999", "1e999999999"),
            ("1e-999999999", "0"),
            ("", ""),
            ("1.2.3", "1.2.3"),
            ("1ef", "1ef"),
        ] {
            assert_eq!(formatted(text), expected, "{text}");
        }
        assert_eq!(formatted("1e399"), format!("1{}", "0".repeat(399)));
    }

    #[test]
    fn ties_go_by_the_exact_value() {
        // 0.0005 is a little more than that as a float; 0.0625 is exact.
        assert_eq!(formatted("0.0005"), "0.001");
        assert_eq!(formatted("0.0625"), "0.062");
        assert_eq!(formatted("0.1875"), "0.188");
        // Without more digits than a float has, the float decides.
        assert_eq!(formatted("0.12350000000000000000000001"), "0.123");
        assert_eq!(formatted("0.99950000000000000000000001"), "0.999");
        assert_eq!(formatted("123456789.12350000000000000000000001"), "123456789.124");
        assert_eq!(formatted("123456789.99950000000000000000000001"), "123456790");
        assert_eq!(formatted("-9.9996000000000000000000001"), "-10");
        assert_eq!(formatted("0.0009500000000000000000000001"), "0.001");
        assert_eq!(formatted("12345678901234567890.0005"), "12345678901234567890");
        assert_eq!(formatted("12345678901234567890.0015"), "12345678901234567890.002");
        assert_eq!(formatted("-12345678901234567890.9995"), "-12345678901234567891");
    }

    #[test]
    fn what_was_written_stays_when_it_is_written_again() {
        for text in ["1.23456789", "-0.1", "1.5e10", "0x7F", "010", "12.3456e-2f", "1e300"] {
            let once = formatted(text);
            assert_eq!(formatted(&once), once, "{text}");
        }
    }
}
