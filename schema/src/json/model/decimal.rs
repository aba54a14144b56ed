//! Whether one decimal number is a multiple of another, exactly and whatever their exponents.

/// Decimal digits in one limb.
const LIMB_DIGITS: usize = 9;
const LIMB: u64 = 1_000_000_000;
/// Ten to this power holds every factor of two and five that a number of as many digits as a schema may write can have.
const SHIFT_MAX: i64 = 3_400;

/// A decimal number without its sign: whole digits times ten to the exponent. The last digit is not zero.
#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    digits: Vec<u8>,
    exponent: i64,
}

/// How two values of `multipleOf` stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::json) enum Multiples {
    /// The same number.
    Same,
    /// The second is a multiple of the first.
    Expanded,
    /// The first is a multiple of the second.
    Reduced,
    /// Neither.
    Unrelated,
}

/// Compares two numbers in JSON's spelling. Costs about as many steps as [`cost`] says.
pub(in crate::json) fn multiples(first: &str, second: &str) -> Multiples {
    let is_negative = |text: &str| text.starts_with('-');
    let (one, other) = (Decimal::read(first), Decimal::read(second));
    if one == other && (one.is_zero() || is_negative(first) == is_negative(second)) {
        Multiples::Same
    } else if !one.is_zero() && other.is_multiple_of(&one) {
        Multiples::Expanded
    } else if !other.is_zero() && one.is_multiple_of(&other) {
        Multiples::Reduced
    } else {
        Multiples::Unrelated
    }
}

/// Roughly how many steps a comparison of two spellings takes.
pub(in crate::json) fn cost(first: &str, second: &str) -> usize {
    let longest = first.len().max(second.len());
    1 + longest * longest / 256
}

impl Decimal {
    fn read(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().unwrap_or(0);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits =
            whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit).map(|digit| digit - b'0');
        let mut digits: Vec<u8> = digits.skip_while(|&digit| digit == 0).collect();
        let mut exponent = exponent.saturating_sub(i64::try_from(fraction.len()).unwrap_or(i64::MAX));
        while digits.last() == Some(&0) {
            digits.pop();
            exponent = exponent.saturating_add(1);
        }
        if digits.is_empty() {
            exponent = 0;
        }
        Self { digits, exponent }
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    fn is_multiple_of(&self, divisor: &Self) -> bool {
        if self.is_zero() {
            return true;
        }
        // Without zeros at their ends, no whole number makes up for a smaller exponent.
        let shift = self.exponent.saturating_sub(divisor.exponent);
        if shift < 0 {
            return false;
        }
        let shift = usize::try_from(shift.min(SHIFT_MAX)).unwrap_or(0);
        let divisor = limbs(&divisor.digits);
        let mut rest = vec![0_u64; divisor.len() + 1];
        for digit in self.digits.iter().copied().chain(std::iter::repeat_n(0, shift)) {
            append_digit(&mut rest, digit);
            while !is_less(&rest, &divisor) {
                subtract(&mut rest, &divisor);
            }
        }
        rest.iter().all(|&limb| limb == 0)
    }
}

/// The digits as limbs, lowest first.
fn limbs(digits: &[u8]) -> Vec<u64> {
    let limb = |digits: &[u8]| digits.iter().fold(0, |limb, &digit| limb * 10 + u64::from(digit));
    digits.rchunks(LIMB_DIGITS).map(limb).collect()
}

/// Multiplies by ten and adds the digit.
fn append_digit(number: &mut [u64], digit: u8) {
    let mut carry = u64::from(digit);
    for limb in number {
        let value = *limb * 10 + carry;
        *limb = value % LIMB;
        carry = value / LIMB;
    }
}

fn is_less(number: &[u64], other: &[u64]) -> bool {
    let limb = |limbs: &[u64], at: usize| limbs.get(at).copied().unwrap_or(0);
    let length = number.len().max(other.len());
    (0..length).rev().map(|at| limb(number, at).cmp(&limb(other, at))).find(|order| order.is_ne())
        == Some(std::cmp::Ordering::Less)
}

/// Takes away a number that is not larger.
fn subtract(number: &mut [u64], other: &[u64]) {
    let mut borrow = 0;
    for (at, limb) in number.iter_mut().enumerate() {
        let taken = other.get(at).copied().unwrap_or(0) + borrow;
        borrow = u64::from(*limb < taken);
        *limb = *limb + borrow * LIMB - taken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &str, second: &str, expected: Multiples) {
        assert_eq!(multiples(first, second), expected, "{first} {second}");
    }

    #[test]
    fn small_numbers() {
        check("0.5", "0.50", Multiples::Same);
        check("100", "1e2", Multiples::Same);
        check("2", "4", Multiples::Expanded);
        check("4", "2", Multiples::Reduced);
        check("4", "6", Multiples::Unrelated);
        check("0.1", "0.3", Multiples::Expanded);
        check("0.3", "0.7", Multiples::Unrelated);
        check("3", "0.5", Multiples::Reduced);
        check("10", "3", Multiples::Unrelated);
        check("-2", "4", Multiples::Expanded);
        check("2", "-2", Multiples::Expanded);
        check("0", "5", Multiples::Reduced);
        check("5", "0", Multiples::Expanded);
        check("0", "0.0", Multiples::Same);
    }

    #[test]
    fn large_numbers() {
        let ones = "1".repeat(1000);
        check(&ones, &format!("{ones}0"), Multiples::Expanded);
        check("1e999999999", "1e-999999999", Multiples::Reduced);
        check("1.024e3", "1e2000000000", Multiples::Expanded);
        check("3", "1e2000000000", Multiples::Unrelated);
        let power =
            (0..3000).fold("1".to_owned(), |number, _| double(&number)).chars().take(900).collect::<String>();
        check(&power, &power, Multiples::Same);
        check("123456789123456789123456789", "370370367370370367370370367", Multiples::Expanded);
    }

    fn double(number: &str) -> String {
        let mut carry = 0;
        let mut digits: Vec<u8> = Vec::new();
        for digit in number.bytes().rev() {
            let value = (digit - b'0') * 2 + carry;
            digits.push(b'0' + value % 10);
            carry = value / 10;
        }
        if carry > 0 {
            digits.push(b'0' + carry);
        }
        digits.reverse();
        String::from_utf8(digits).unwrap()
    }
}
