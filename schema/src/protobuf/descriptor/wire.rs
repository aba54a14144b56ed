//! The wire format, without a schema: fields by number.

/// The bytes are no message.
#[derive(Debug)]
pub(super) struct Malformed;

/// What a field holds.
#[derive(Clone, Copy, Debug)]
enum Value<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

/// The fields of one message in order.
#[derive(Debug)]
pub(super) struct Fields<'b>(Vec<(u64, Value<'b>)>);

impl<'b> Fields<'b> {
    pub(super) fn parse(mut bytes: &'b [u8]) -> Result<Self, Malformed> {
        let mut fields = Vec::new();
        // Groups that are open; nothing here knows groups, so what is inside is left out.
        let mut groups: Vec<u64> = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes)?;
            let number = key >> 3;
            if number == 0 || number > u64::from(u32::MAX >> 3) {
                return Err(Malformed);
            }
            let value = match key & 7 {
                0 => Some(Value::Number(varint(&mut bytes)?)),
                1 => take(&mut bytes, 8).map(|_| None)?,
                2 => {
                    let length = usize::try_from(varint(&mut bytes)?).map_err(|_| Malformed)?;
                    Some(Value::Bytes(take(&mut bytes, length)?))
                }
                3 => {
                    groups.push(number);
                    None
                }
                4 if groups.pop() == Some(number) => None,
                5 => take(&mut bytes, 4).map(|_| None)?,
                _ => return Err(Malformed),
            };
            if let (Some(value), true) = (value, groups.is_empty()) {
                fields.push((number, value));
            }
        }
        if groups.is_empty() { Ok(Self(fields)) } else { Err(Malformed) }
    }

    fn numbers_of(&self, number: u64) -> impl Iterator<Item = u64> {
        self.0.iter().filter(move |(found, _)| *found == number).filter_map(|(_, value)| match value {
            Value::Number(value) => Some(*value),
            Value::Bytes(_) => None,
        })
    }

    /// The last value of a number field.
    pub(super) fn number(&self, number: u64) -> Option<u64> {
        self.numbers_of(number).last()
    }

    /// The last value of an `int32` field.
    pub(super) fn int(&self, number: u64) -> Option<i32> {
        // The wire carries 64 bits, of which the lower half counts.
        self.number(number).map(|value| i32::from_ne_bytes(((value & 0xffff_ffff) as u32).to_ne_bytes()))
    }

    pub(super) fn flag(&self, number: u64) -> Option<bool> {
        self.number(number).map(|value| value != 0)
    }

    /// Every value of a repeated number field, packed or not.
    pub(super) fn numbers(&self, number: u64) -> Result<Vec<u64>, Malformed> {
        let mut all = Vec::new();
        for (_, value) in self.0.iter().filter(|(found, _)| *found == number) {
            match value {
                Value::Number(value) => all.push(*value),
                Value::Bytes(bytes) => {
                    let mut packed = *bytes;
                    while !packed.is_empty() {
                        all.push(varint(&mut packed)?);
                    }
                }
            }
        }
        Ok(all)
    }

    /// The contents of a repeated field of strings or messages.
    pub(super) fn all(&self, number: u64) -> impl Iterator<Item = &'b [u8]> {
        self.0.iter().filter(move |(found, _)| *found == number).filter_map(|(_, value)| match value {
            Value::Bytes(bytes) => Some(*bytes),
            Value::Number(_) => None,
        })
    }

    /// The message in a field. Several are one whose bytes follow each other.
    pub(super) fn message(&self, number: u64) -> Option<Vec<u8>> {
        let mut parts = self.all(number).peekable();
        parts.peek()?;
        Some(parts.flatten().copied().collect())
    }

    pub(super) fn texts(&self, number: u64) -> Result<Vec<String>, Malformed> {
        self.all(number).map(text).collect()
    }

    pub(super) fn text(&self, number: u64) -> Result<Option<String>, Malformed> {
        self.all(number).last().map(text).transpose()
    }
}

fn text(bytes: &[u8]) -> Result<String, Malformed> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Malformed)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first().ok_or(Malformed)?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Malformed)
}

fn take<'b>(bytes: &mut &'b [u8], length: usize) -> Result<&'b [u8], Malformed> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
    *bytes = rest;
    Ok(taken)
}

/// A message under construction.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push((value & 0x7f) as u8);
    }

    pub(super) fn number(&mut self, number: u64, value: u64) {
        self.varint(number << 3);
        self.varint(value);
    }

    pub(super) fn int(&mut self, number: u64, value: i32) {
        self.number(number, u64::from_ne_bytes(i64::from(value).to_ne_bytes()));
    }

    pub(super) fn bytes(&mut self, number: u64, bytes: &[u8]) {
        self.varint(number << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, number: u64, text: &str) {
        self.bytes(number, text.as_bytes());
    }

    pub(super) fn message(&mut self, number: u64, message: &Self) {
        self.bytes(number, &message.0);
    }
}
