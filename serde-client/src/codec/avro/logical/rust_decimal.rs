//! `rust_decimal`.

use ::rust_decimal::Decimal as Amount;

use super::{Decimal, Logical, OutOfRange, meaning};

impl<const PRECISION: u32, const SCALE: u32> Logical<meaning::Decimal<PRECISION, SCALE>> for Amount {
    #[inline]
    fn to_wire(&self) -> Result<Decimal, OutOfRange> {
        let scale =
            i32::try_from(self.scale()).map_err(|_| OutOfRange::new("a decimal has too large a scale"))?;
        Ok(Decimal { unscaled: self.mantissa(), scale })
    }

    #[inline]
    fn from_wire(wire: Decimal) -> Result<Self, OutOfRange> {
        let scale = u32::try_from(wire.scale).ok();
        let amount = scale.and_then(|scale| Self::try_from_i128_with_scale(wire.unscaled, scale).ok());
        amount
            .ok_or_else(|| OutOfRange::new("the decimal has more digits than `rust_decimal::Decimal` holds"))
    }
}
