//! UUIDs: 16 bytes, or a text of 36 characters, which is that of a [`Guid`](schema::model::ids::Guid).

#[cfg(feature = "uuid")]
use super::{Logical, OutOfRange, meaning};

/// Reads 32 hexadecimal digits with dashes anywhere between them.
pub(crate) fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let mut count = 0;
    for character in text.chars().filter(|character| *character != '-') {
        let digit = u8::try_from(character.to_digit(16)?).ok()?;
        let byte: &mut u8 = bytes.get_mut(count / 2)?;
        *byte = *byte << 4 | digit;
        count += 1;
    }
    (count == 32).then_some(bytes)
}

#[cfg(feature = "uuid")]
macro_rules! uuids {
    ($($meaning:ident)*) => {$(
        impl Logical<meaning::$meaning> for ::uuid::Uuid {
            #[inline]
            fn to_wire(&self) -> Result<[u8; 16], OutOfRange> {
                Ok(self.into_bytes())
            }

            #[inline]
            fn from_wire(wire: [u8; 16]) -> Result<Self, OutOfRange> {
                Ok(Self::from_bytes(wire))
            }
        }
    )*};
}

#[cfg(feature = "uuid")]
uuids! { Uuid UuidFixed }

#[cfg(test)]
mod tests {
    use schema::model::ids::Guid;

    use super::*;

    #[test]
    fn texts_come_back() {
        let text = "123e4567-e89b-12d3-a456-426614174000";
        let bytes = uuid_bytes(text).unwrap();
        assert_eq!(Guid(bytes).text(&mut [0; 36]), text);
        assert_eq!(uuid_bytes(&text.replace('-', "").to_uppercase()), Some(bytes));
        for wrong in
            ["123e4567", "", "123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a456-4266141740000"]
        {
            assert_eq!(uuid_bytes(wrong), None, "{wrong}");
        }
    }
}
