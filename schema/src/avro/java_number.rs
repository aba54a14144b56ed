//! Numbers as Java prints them: canonical texts carry defaults and custom properties in that spelling.

use std::fmt::LowerExp;
use std::str::FromStr;

use crate::document::Json;

/// Re-spells a JSON number: whole numbers stay whole, all others become what `Double.toString` prints. Numbers beyond
/// the range of a double become the text `Infinity`, as in the reference registry.
pub(super) fn respell(spelling: &str) -> Json {
    if spelling == "-0" {
        return Json::Number("0".to_owned());
    }
    if is_whole(spelling) {
        return Json::Number(spelling.to_owned());
    }
    spelling.parse().map_or_else(|_| Json::Number(spelling.to_owned()), double)
}

/// Whether a number is spelled without fraction and exponent.
pub(super) fn is_whole(spelling: &str) -> bool {
    !spelling.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
}

/// `Double.toString`; not finite values as texts.
pub(super) fn double(value: f64) -> Json {
    if !value.is_finite() {
        return not_finite(value.is_nan(), value > 0.0);
    }
    Json::Number(digits(value))
}

/// `Float.toString`; not finite values as texts.
pub(super) fn float(value: f32) -> Json {
    if !value.is_finite() {
        return not_finite(value.is_nan(), value > 0.0);
    }
    Json::Number(digits(value))
}

/// The digits of a finite value in Java's layout.
fn digits<T: LowerExp + FromStr + PartialEq>(value: T) -> String {
    // Java prints at least two digits and takes those nearest to the value, so 4.9E-324 rather than 5.0E-324.
    let shortest = format!("{value:e}");
    let two_digits = format!("{value:.1e}");
    let exact = two_digits.parse().is_ok_and(|read: T| read == value);
    layout(if !shortest.contains('.') && exact { &two_digits } else { &shortest })
}

fn not_finite(is_nan: bool, is_positive: bool) -> Json {
    let word = if is_nan {
        "NaN"
    } else if is_positive {
        "Infinity"
    } else {
        "-Infinity"
    };
    Json::String(word.to_owned())
}

/// Lays out `d.ddde±n`: plain from 10^-3 to below 10^7, else with an exponent.
fn layout(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let digits = if digits.trim_end_matches('0').is_empty() { "0" } else { digits.trim_end_matches('0') };
    let mut out = String::from(sign);
    match usize::try_from(exponent) {
        Ok(whole) if exponent < 7 => {
            let split = (whole + 1).min(digits.len());
            out.push_str(&digits[..split]);
            out.extend(std::iter::repeat_n('0', whole + 1 - split));
            out.push('.');
            out.push_str(if split < digits.len() { &digits[split..] } else { "0" });
        }
        Err(_) if exponent >= -3 => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', usize::try_from(-exponent - 1).unwrap_or(0)));
            out.push_str(digits);
        }
        _ => {
            out.push_str(&digits[..1]);
            out.push('.');
            out.push_str(if digits.len() > 1 { &digits[1..] } else { "0" });
            out.push('E');
            out.push_str(&exponent.to_string());
        }
    }
    out
}

/// `Double.parseDouble`: blanks around, a trailing `d` or `f`, and the words `NaN` and `Infinity` are allowed.
pub(super) fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" if text.starts_with('-') => return Some(f64::NEG_INFINITY),
        "Infinity" => return Some(f64::INFINITY),
        _ => {}
    }
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let is_number =
        digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_java_spells_them() {
        for (spelling, expected) in [
            ("1", "1"),
            ("-0", "0"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1e2", "100.0"),
            ("1.50", "1.5"),
            ("1e-7", "1.0E-7"),
            ("123456789.125", "1.23456789125E8"),
            ("3.4028235e38", "3.4028235E38"),
            ("1e10", "1.0E10"),
            ("-0.0", "-0.0"),
            ("0.0", "0.0"),
            ("0e5", "0.0"),
            ("0.001", "0.001"),
            ("0.00099", "9.9E-4"),
            ("9999999.0", "9999999.0"),
            ("10000000.0", "1.0E7"),
            ("1234567.125", "1234567.125"),
            ("12.0", "12.0"),
            ("0.1", "0.1"),
            ("-1.25E+3", "-1250.0"),
            ("4.9e-324", "4.9E-324"),
            ("2e-323", "2.0E-323"),
            ("1e23", "1.0E23"),
            ("2e-3", "0.002"),
            ("1.7976931348623157e308", "1.7976931348623157E308"),
            ("1e-400", "0.0"),
        ] {
            assert_eq!(respell(spelling), Json::Number(expected.to_owned()), "{spelling}");
        }
        assert_eq!(respell("1e400"), Json::String("Infinity".to_owned()));
        assert_eq!(respell("-1e400"), Json::String("-Infinity".to_owned()));
    }

    #[test]
    fn floats_use_the_digits_of_a_float() {
        for (value, expected) in [
            (0.1_f32, "0.1"),
            (3.402_823_5e38, "3.4028235E38"),
            (1.4e-45, "1.4E-45"),
            (16_777_216.0, "1.6777216E7"),
        ] {
            assert_eq!(float(value), Json::Number(expected.to_owned()));
        }
        assert_eq!(float(f32::NAN), Json::String("NaN".to_owned()));
    }

    #[test]
    fn texts_become_numbers_as_java_reads_them() {
        assert_eq!(parse_double(" 1.5 "), Some(1.5));
        assert_eq!(parse_double("1.5f"), Some(1.5));
        assert_eq!(parse_double("+1e3D"), Some(1000.0));
        assert_eq!(parse_double("-Infinity"), Some(f64::NEG_INFINITY));
        assert!(parse_double("NaN").is_some_and(f64::is_nan));
        for text in ["", "x", "inf", "infinity", "nan", "1e", "d"] {
            assert_eq!(parse_double(text), None, "{text}");
        }
    }
}
