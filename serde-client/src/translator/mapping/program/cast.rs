//! Casts between numbers, texts and booleans, with a word on every value that does not fit.

use std::borrow::Cow;

use super::Fault;
use super::conversion::unexpected;
use crate::codec::avro::logical::Decimal;
use crate::translator::mapping::rule::Overflow;
use crate::translator::mapping::shape::Integer;
use crate::translator::mapping::value::Value;

/// A cast with both types resolved.
#[derive(Clone, Debug)]
pub(crate) struct Cast {
    pub(crate) from: NumberFrom,
    pub(crate) to: NumberTo,
    /// The number is multiplied by ten to this power.
    pub(crate) scale: i32,
    pub(crate) overflow: Overflow,
    /// For [`Overflow::Default`], of the target's type.
    pub(crate) default: Option<Value<'static>>,
}

/// How the source holds its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberFrom {
    /// An integer, a floating point number, a text or a boolean: the value says which.
    Plain,
    /// A decimal of this scale.
    Decimal(u32),
}

/// How the target holds its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberTo {
    Integer(Integer),
    Float,
    Double,
    Decimal { precision: u32, scale: u32, size: Option<usize> },
    Text,
    Boolean,
}

/// A number on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Exact(Decimal),
    /// What no decimal of 128 bits holds, and what is none: infinities.
    Float(f64),
}

impl Cast {
    pub(crate) fn apply<'v>(&self, value: Value<'v>) -> Result<Value<'v>, Fault> {
        if value.is_nothing() {
            return Ok(value);
        }
        match self.exact(&value) {
            Ok(value) => Ok(value),
            Err(misfit) => match self.overflow {
                Overflow::Error => Err(misfit.fault),
                Overflow::Null => Ok(Value::Null),
                Overflow::Default => self.default.clone().ok_or(misfit.fault),
                Overflow::Saturate => self.nearest(misfit),
            },
        }
    }

    fn exact(&self, value: &Value<'_>) -> Result<Value<'static>, Misfit> {
        if let (NumberTo::Text, Value::String(text)) = (self.to, value) {
            return Ok(Value::String(Cow::Owned(text.clone().into_owned())));
        }
        if let (NumberTo::Boolean, found) = (self.to, value) {
            return boolean(found).map_err(|fault| Misfit { fault, number: None });
        }
        let number = self.number(value).map_err(|fault| Misfit { fault, number: None })?;
        let number = number.scaled(self.scale).unwrap_or(number);
        self.write(number).ok_or_else(|| Misfit {
            fault: Fault::new(format!("{} does not fit {} without loss", number.text(), self.to.word())),
            number: Some(number),
        })
    }

    fn number(&self, value: &Value<'_>) -> Result<Number, Fault> {
        let whole = |value: i128| Number::Exact(Decimal { unscaled: value, scale: 0 });
        Ok(match (self.from, value) {
            (NumberFrom::Decimal(scale), Value::Bytes(bytes)) => match Decimal::read(bytes, scale) {
                Some(decimal) => Number::Exact(decimal),
                None => return Err(Fault::new("the decimal has more than 38 digits")),
            },
            (_, Value::Int(value)) => whole((*value).into()),
            (_, Value::Unsigned(value)) => whole((*value).into()),
            (_, Value::Boolean(value)) => whole((*value).into()),
            (_, Value::Double(value)) => Number::of(*value),
            (_, Value::String(text)) => match Decimal::parse(text.trim()) {
                Some(decimal) => Number::Exact(decimal),
                None => return Err(Fault::new(format!("the text `{}` is no number", clip(text)))),
            },
            (_, value) => return Err(unexpected(value)),
        })
    }

    /// The number as the target holds it; `None` when something would be lost.
    fn write(&self, number: Number) -> Option<Value<'static>> {
        Some(match self.to {
            NumberTo::Integer(width) => {
                let Number::Exact(decimal) = number else { return None };
                integer(decimal.at_scale(0)?.unscaled, width)?
            }
            NumberTo::Double => match number {
                Number::Exact(decimal) => {
                    Value::Double(Some(decimal.to_f64()).filter(|value| value.is_finite())?)
                }
                Number::Float(value) => Value::Double(value),
            },
            NumberTo::Float => {
                let value = match number {
                    Number::Exact(decimal) => decimal.to_f64(),
                    Number::Float(value) => value,
                };
                let narrow = narrow(value);
                if narrow.is_infinite() && value.is_finite() {
                    return None;
                }
                Value::Double(narrow.into())
            }
            NumberTo::Decimal { precision, scale, size } => {
                let Number::Exact(decimal) = number else { return None };
                let decimal = decimal.at_scale(i32::try_from(scale).ok()?)?;
                decimal.fits(precision).then_some(())?;
                Value::Bytes(Cow::Owned(decimal.sized(size)?))
            }
            NumberTo::Text => Value::String(Cow::Owned(number.text())),
            NumberTo::Boolean => return None,
        })
    }

    fn nearest(&self, misfit: Misfit) -> Result<Value<'static>, Fault> {
        let nearest = match (misfit.number, self.to) {
            (Some(number), NumberTo::Integer(width)) => {
                let (least, greatest) = width.range();
                number.rounded(0).and_then(|value| integer(value.clamp(least, greatest), width))
            }
            (Some(number), NumberTo::Decimal { precision, scale, size }) => {
                let bound = 10_i128.checked_pow(precision).map_or(i128::MAX, |bound| bound - 1);
                let scale = i32::try_from(scale).unwrap_or(i32::MAX);
                number.rounded(scale).and_then(|value| {
                    let decimal = Decimal { unscaled: value.clamp(-bound, bound), scale };
                    decimal.sized(size).map(|bytes| Value::Bytes(Cow::Owned(bytes)))
                })
            }
            (Some(Number::Exact(decimal)), NumberTo::Float) => {
                let sign = if decimal.unscaled < 0 { -1.0 } else { 1.0 };
                Some(Value::Double(f64::from(f32::MAX) * sign))
            }
            (Some(Number::Float(value)), NumberTo::Float) => {
                Some(Value::Double(f64::from(f32::MAX).copysign(value)))
            }
            _ => None,
        };
        nearest.ok_or(misfit.fault)
    }
}

/// A value that does not fit.
struct Misfit {
    fault: Fault,
    number: Option<Number>,
}

impl Number {
    /// A floating point number, exactly where its shortest spelling is a decimal of 128 bits.
    fn of(value: f64) -> Self {
        match Decimal::parse(&format!("{value:e}")) {
            Some(decimal) if value.is_finite() => Self::Exact(decimal),
            _ => Self::Float(value),
        }
    }

    fn scaled(self, power: i32) -> Option<Self> {
        match self {
            Self::Exact(decimal) => {
                let scale = decimal.scale.checked_sub(power)?;
                Some(Self::Exact(Decimal { scale, ..decimal }))
            }
            Self::Float(value) => Some(Self::Float(value * 10_f64.powi(power))),
        }
    }

    /// The unscaled number at a scale, rounded half to even; the ends of 128 bits where it is out of range.
    fn rounded(self, scale: i32) -> Option<i128> {
        match self {
            Self::Float(value) if value.is_nan() => None,
            Self::Float(value) => Some(if value > 0.0 { i128::MAX } else { i128::MIN }),
            Self::Exact(decimal) => {
                if let Some(exact) = decimal.at_scale(scale) {
                    return Some(exact.unscaled);
                }
                let ends = if decimal.unscaled < 0 { i128::MIN } else { i128::MAX };
                let lost = decimal.scale.checked_sub(scale)?;
                let Ok(lost) = u32::try_from(lost) else { return Some(ends) };
                let Some(factor) = 10_i128.checked_pow(lost) else { return Some(0) };
                let (whole, rest) = (decimal.unscaled / factor, decimal.unscaled % factor);
                let twice = rest.unsigned_abs().checked_mul(2)?;
                let up = match twice.cmp(&factor.unsigned_abs()) {
                    std::cmp::Ordering::Less => false,
                    std::cmp::Ordering::Equal => whole % 2 != 0,
                    std::cmp::Ordering::Greater => true,
                };
                Some(if up { whole + decimal.unscaled.signum() } else { whole })
            }
        }
    }

    fn text(self) -> String {
        match self {
            Self::Exact(decimal) => decimal
                .text()
                .unwrap_or_else(|| format!("{}e{}", decimal.unscaled, -i64::from(decimal.scale))),
            Self::Float(value) => value.to_string(),
        }
    }
}

impl NumberTo {
    fn word(self) -> String {
        match self {
            Self::Integer(Integer::I32) => "int".to_owned(),
            Self::Integer(Integer::I64) => "long".to_owned(),
            Self::Integer(Integer::U32) => "uint32".to_owned(),
            Self::Integer(Integer::U64) => "uint64".to_owned(),
            Self::Float => "float".to_owned(),
            Self::Double => "double".to_owned(),
            Self::Decimal { precision, scale, .. } => format!("decimal({precision},{scale})"),
            Self::Text => "string".to_owned(),
            Self::Boolean => "boolean".to_owned(),
        }
    }
}

fn integer(value: i128, width: Integer) -> Option<Value<'static>> {
    let (least, greatest) = width.range();
    if !(least..=greatest).contains(&value) {
        return None;
    }
    match width {
        Integer::U64 => u64::try_from(value).ok().map(Value::Unsigned),
        _ => i64::try_from(value).ok().map(Value::Int),
    }
}

fn boolean(value: &Value<'_>) -> Result<Value<'static>, Fault> {
    match value {
        Value::Boolean(value) => Ok(Value::Boolean(*value)),
        Value::Int(0) => Ok(Value::Boolean(false)),
        Value::Int(1) => Ok(Value::Boolean(true)),
        Value::String(text) => match &**text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            other => Err(Fault::new(format!("the text `{}` is neither `true` nor `false`", clip(other)))),
        },
        _ => Err(Fault::new("only 0, 1, `true` and `false` are booleans")),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding to the nearest float is what the cast asks for"
)]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// The front of a text, for messages.
pub(super) fn clip(text: &str) -> &str {
    const LENGTH_MAX: usize = 40;
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= LENGTH_MAX).last().unwrap_or(0);
    if text.len() <= LENGTH_MAX { text } else { text.get(..end).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(
        to: NumberTo,
        scale: i32,
        overflow: Overflow,
        value: Value<'static>,
    ) -> Result<Value<'static>, String> {
        let cast = Cast { from: NumberFrom::Plain, to, scale, overflow, default: None };
        cast.apply(value).map_err(|fault| fault.into_parts().1)
    }

    #[test]
    fn minor_units_become_amounts_exactly() {
        assert_eq!(cast(NumberTo::Double, -2, Overflow::Error, Value::Int(1999)), Ok(Value::Double(19.99)));
        let money = NumberTo::Decimal { precision: 9, scale: 2, size: None };
        assert_eq!(
            cast(money, -2, Overflow::Error, Value::Int(1999)),
            Ok(Value::Bytes(Cow::Owned(vec![7, 207])))
        );
        let back = cast(NumberTo::Integer(Integer::I64), 2, Overflow::Error, Value::Double(19.99));
        assert_eq!(back, Ok(Value::Int(1999)), "19.99 is the decimal that it is spelled as");
    }

    #[test]
    fn what_does_not_fit_goes_the_way_that_the_rule_says() {
        let int = NumberTo::Integer(Integer::I32);
        let big = Value::Int(1 << 40);
        assert!(cast(int, 0, Overflow::Error, big.clone()).unwrap_err().contains("does not fit int"));
        assert_eq!(cast(int, 0, Overflow::Saturate, big.clone()), Ok(Value::Int(i32::MAX.into())));
        assert_eq!(cast(int, 0, Overflow::Null, big), Ok(Value::Null));
        assert_eq!(cast(int, 0, Overflow::Saturate, Value::Double(2.5)), Ok(Value::Int(2)), "half to even");
        assert_eq!(cast(int, 0, Overflow::Saturate, Value::Double(-3.5)), Ok(Value::Int(-4)));
        assert_eq!(
            cast(int, 0, Overflow::Saturate, Value::Double(f64::INFINITY)),
            Ok(Value::Int(i32::MAX.into()))
        );
        assert!(cast(int, 0, Overflow::Saturate, Value::Double(f64::NAN)).is_err());
        assert!(cast(int, 0, Overflow::Error, Value::String("x".into())).unwrap_err().contains("no number"));
    }

    #[test]
    fn texts_and_booleans() {
        assert_eq!(
            cast(NumberTo::Text, 0, Overflow::Error, Value::Double(1.5)),
            Ok(Value::String("1.5".into()))
        );
        assert_eq!(
            cast(
                NumberTo::Integer(Integer::U64),
                0,
                Overflow::Error,
                Value::String("18446744073709551615".into())
            ),
            Ok(Value::Unsigned(u64::MAX))
        );
        assert_eq!(
            cast(NumberTo::Boolean, 0, Overflow::Error, Value::String("true".into())),
            Ok(Value::Boolean(true))
        );
        assert!(cast(NumberTo::Boolean, 0, Overflow::Error, Value::Int(2)).is_err());
    }
}
