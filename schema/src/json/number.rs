//! Numbers as Java's `BigDecimal` and `BigInteger` print them: canonical texts carry them in that spelling.

/// Re-spells a JSON number without changing its value or precision: `1e2` becomes `1E+2`, `1.50` stays. `None` when
/// the reference registry cannot hold the number, since its exponent does not fit.
pub(super) fn respell(spelling: &str) -> Option<String> {
    if spelling.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Some(if spelling == "-0" { "0".to_owned() } else { spelling.to_owned() });
    }
    let (sign, unsigned) = spelling.strip_prefix('-').map_or(("", spelling), |rest| ("-", rest));
    if unsigned.starts_with(|first: char| first != '0') && !unsigned.contains(['e', 'E']) {
        return Some(spelling.to_owned());
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let scale = i64::try_from(fraction.len()).ok()?.checked_sub(parse_exponent(exponent)?)?;
    let scale = i64::from(i32::try_from(scale).ok()?);
    let digits = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    // There is no negative zero.
    let (sign, digits) = if digits.is_empty() { ("", "0") } else { (sign, digits) };
    Some(format!("{sign}{}", layout(digits, scale)))
}

/// At most ten digits besides leading zeros, as in Java.
fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.trim_start_matches('0');
    if digits.len() > 10 {
        return None;
    }
    let value: i64 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    Some(if negative { -value } else { value })
}

/// `digits · 10^-scale`: plain from 10^-6 on while the scale is not negative, else with an exponent.
fn layout(digits: &str, scale: i64) -> String {
    let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let exponent = count - 1 - scale;
    if scale == 0 {
        return digits.to_owned();
    }
    if scale > 0 && exponent >= -6 {
        return match usize::try_from(count - scale) {
            Ok(point) if point > 0 => {
                let (whole, fraction) = digits.split_at_checked(point).unwrap_or((digits, ""));
                format!("{whole}.{fraction}")
            }
            _ => format!("0.{}{digits}", "0".repeat(usize::try_from(scale - count).unwrap_or(0))),
        };
    }
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    match exponent {
        0 => format!("{first}{point}{rest}"),
        _ => format!("{first}{point}{rest}E{exponent:+}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_as_java_spells_them() {
        for (spelling, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-12", "-12"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1e2", "1E+2"),
            ("1E2", "1E+2"),
            ("1e+3", "1E+3"),
            ("1e0", "1"),
            ("-1e0", "-1"),
            ("1.0", "1.0"),
            ("1.50", "1.50"),
            ("0.10", "0.10"),
            ("-0.0", "0.0"),
            ("0e5", "0E+5"),
            ("0.0e5", "0E+4"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1E-7"),
            ("0.00000010", "1.0E-7"),
            ("0.0000000", "0E-7"),
            ("0.000000", "0.000000"),
            ("1.5e3", "1.5E+3"),
            ("15e-1", "1.5"),
            ("150e-1", "15.0"),
            ("1.25e2", "125"),
            ("12.5e2", "1.25E+3"),
            ("-1.25E-10", "-1.25E-10"),
            ("123456789.125", "123456789.125"),
            ("1e-400", "1E-400"),
            ("1e00000000000002", "1E+2"),
            ("1e2147483647", "1E+2147483647"),
            ("1e2147483648", "1E+2147483648"),
        ] {
            assert_eq!(respell(spelling).as_deref(), Some(expected), "{spelling}");
            if let Some(once) = respell(spelling) {
                assert_eq!(respell(&once).as_deref(), Some(once.as_str()), "{spelling}");
            }
        }
    }

    #[test]
    fn exponents_must_fit() {
        for spelling in ["1e2147483649", "1e-2147483648", "1e99999999999", "1.5e-2147483647"] {
            assert_eq!(respell(spelling), None, "{spelling}");
        }
    }
}
