//! Decimals: unscaled big-endian two's complement, as Avro and Confluent's Protobuf type hold them.

use std::fmt;
use std::str::FromStr;

use super::OutOfRange;

/// An exact decimal number, `unscaled` × 10^-`scale`. Two are equal when their digits are: `1.0` is not `1.00`.
///
/// ```
/// use serde_client::logical::Decimal;
///
/// let price: Decimal = "12.50".parse()?;
/// assert_eq!(price, Decimal { unscaled: 1250, scale: 2 });
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(price.at_scale(1), Some(Decimal { unscaled: 125, scale: 1 }));
/// assert_eq!(price.at_scale(0), None, "no digit is lost in silence");
/// # Ok::<_, serde_client::logical::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits, as one number.
    pub unscaled: i128,
    /// So many of them stand behind the point.
    pub scale: i32,
}

impl Decimal {
    /// Reads the bytes of a decimal; `None` beyond 128 bits.
    #[must_use]
    pub fn read(bytes: &[u8], scale: u32) -> Option<Self> {
        let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
        let fill = if negative { 0xff } else { 0 };
        let extra = bytes.len().saturating_sub(16);
        let (head, tail) = bytes.split_at_checked(extra)?;
        if head.iter().any(|byte| *byte != fill)
            || (!head.is_empty() && tail.first().is_some_and(|byte| (byte & 0x80 != 0) != negative))
        {
            return None;
        }
        let mut wide = [fill; 16];
        wide.get_mut(16 - tail.len()..)?.copy_from_slice(tail);
        Some(Self { unscaled: i128::from_be_bytes(wide), scale: i32::try_from(scale).ok()? })
    }

    /// The shortest bytes of the unscaled number, in `buffer`.
    pub(crate) fn shortest(self, buffer: &mut [u8; 16]) -> &[u8] {
        *buffer = self.unscaled.to_be_bytes();
        let fill = if self.unscaled < 0 { 0xff } else { 0 };
        let mut bytes = buffer.as_slice();
        while let [first, second, ..] = bytes
            && *first == fill
            && (second & 0x80 != 0) == (self.unscaled < 0)
        {
            bytes = bytes.split_first().map_or(bytes, |(_, rest)| rest);
        }
        bytes
    }

    /// The shortest bytes of the number, or so many of them where the type has a size; `None` when it is too small.
    #[cfg(feature = "translator")]
    pub(crate) fn sized(self, size: Option<usize>) -> Option<Vec<u8>> {
        let mut buffer = [0; 16];
        let bytes = self.shortest(&mut buffer);
        let Some(size) = size else { return Some(bytes.to_vec()) };
        let missing = size.checked_sub(bytes.len())?;
        let fill = if self.unscaled < 0 { 0xff } else { 0 };
        let mut wide = vec![fill; missing];
        wide.extend(bytes);
        Some(wide)
    }

    /// The same number at another scale; `None` where digits would be lost or 128 bits do not suffice.
    #[must_use]
    pub fn at_scale(self, scale: i32) -> Option<Self> {
        let by = scale.checked_sub(self.scale)?;
        let factor = 10_i128.checked_pow(by.unsigned_abs());
        let unscaled = match (by >= 0, factor) {
            _ if self.unscaled == 0 => 0,
            (true, Some(factor)) => self.unscaled.checked_mul(factor)?,
            (false, Some(factor)) if self.unscaled % factor == 0 => self.unscaled / factor,
            _ => return None,
        };
        Some(Self { unscaled, scale })
    }

    /// Reads a number as people write it: digits, a point, an exponent.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let (negative, whole) = match whole.strip_prefix('-') {
            Some(whole) => (true, whole),
            None => (false, whole.strip_prefix('+').unwrap_or(whole)),
        };
        if whole.len() + fraction.len() == 0 {
            return None;
        }
        let mut unscaled = 0_i128;
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
            unscaled = unscaled.checked_mul(10)?.checked_add(digit)?;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Some(Self { unscaled: if negative { -unscaled } else { unscaled }, scale })
    }

    /// As people write it, without an exponent; `None` for absurd scales.
    pub(crate) fn text(self) -> Option<String> {
        if self.scale <= 0 {
            return self.at_scale(0).map(|whole| whole.unscaled.to_string());
        }
        let scale = usize::try_from(self.scale).ok().filter(|scale| *scale <= 1000)?;
        let digits = format!("{:0>width$}", self.unscaled.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - scale)?;
        Some(format!("{}{whole}.{fraction}", if self.unscaled < 0 { "-" } else { "" }))
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        /// Powers of ten up to this one are exact doubles, and so are integers below 2^53: one division rounds once.
        const EXACT_POWER_MAX: u32 = 22;
        const EXACT_INTEGER_MAX: u128 = 1 << 53;
        let power = self.scale.unsigned_abs();
        if self.unscaled.unsigned_abs() <= EXACT_INTEGER_MAX && power <= EXACT_POWER_MAX {
            #[expect(clippy::cast_precision_loss, reason = "the integer has at most 53 bits")]
            let digits = self.unscaled as f64;
            let factor = 10_f64.powi(i32::try_from(power).unwrap_or(0));
            return if self.scale >= 0 { digits / factor } else { digits * factor };
        }
        format!("{}e{}", self.unscaled, -i64::from(self.scale)).parse().unwrap_or(f64::NAN)
    }

    /// Whether the number has at most so many digits.
    #[must_use]
    pub fn fits(self, precision: u32) -> bool {
        10_u128.checked_pow(precision).is_none_or(|bound| self.unscaled.unsigned_abs() < bound)
    }
}

impl FromStr for Decimal {
    type Err = OutOfRange;

    fn from_str(text: &str) -> Result<Self, OutOfRange> {
        Self::parse(text)
            .ok_or_else(|| OutOfRange::new(format!("`{text}` is no decimal of at most 128 bits")))
    }
}

/// Without an exponent, but for absurd scales.
impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Some(text) => formatter.pad(&text),
            None => formatter.pad(&format!("{}e{}", self.unscaled, -i64::from(self.scale))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_shortest_and_come_back() {
        for unscaled in [0, 1, -1, 127, 128, -128, -129, 255, 256, i128::MAX, i128::MIN, 1_234_567_890] {
            let decimal = Decimal { unscaled, scale: 2 };
            let mut buffer = [0; 16];
            let bytes = decimal.shortest(&mut buffer);
            assert_eq!(Decimal::read(bytes, 2), Some(decimal), "{unscaled}");
            let mut longer = vec![if unscaled < 0 { 0xff } else { 0 }; 5];
            longer.extend(bytes);
            assert_eq!(Decimal::read(&longer, 2), Some(decimal), "{unscaled}");
        }
        assert_eq!(Decimal { unscaled: 128, scale: 0 }.shortest(&mut [0; 16]), [0, 128]);
        assert_eq!(Decimal::read(&[0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0), None);
    }

    #[test]
    fn texts_come_back() {
        for (text, printed) in
            [("12.50", "12.50"), ("-0.05", "-0.05"), ("7", "7"), ("1e3", "1000"), ("1.5e-3", "0.0015")]
        {
            assert_eq!(Decimal::parse(text).unwrap().text().unwrap(), printed);
        }
        for text in ["", ".", "a", "1.2.3", "--1", "9999999999999999999999999999999999999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_digit_is_lost_in_silence() {
        let price = Decimal::parse("12.50").unwrap();
        assert_eq!(price.at_scale(1).unwrap().unscaled, 125);
        assert_eq!(price.at_scale(0), None);
        assert_eq!(price.to_f64(), 12.5);
        assert_eq!(Decimal::parse("0.1").unwrap().to_f64(), 0.1);
        assert_eq!(
            Decimal::parse("123456789012345678901234.5").unwrap().to_f64(),
            123_456_789_012_345_678_901_234.5
        );
        assert!(price.fits(4) && !price.fits(3));
    }
}
