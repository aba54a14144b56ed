//! What a programmer would write for one pair of schemas: reads into borrowed fields, writes those of the target.

/// Bytes of a record that is read. `None` is what is no record.
struct In<'b>(&'b [u8]);

impl<'b> In<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn long(&mut self) -> Option<i64> {
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()));
            }
            shift += 7;
            (shift < 64).then_some(())?;
        }
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.long()?).ok()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.long()? {
            0 => Some(None),
            1 => Some(Some(read(self)?)),
            _ => None,
        }
    }
}

fn long(out: &mut Vec<u8>, value: i64) {
    let mut value = (value << 1).cast_unsigned() ^ (value >> 63).cast_unsigned();
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    long(out, bytes.len().cast_signed() as i64);
    out.extend_from_slice(bytes);
}

fn optional<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(2);
            write(out, value);
        }
    }
}

/// The order with another name, another type and a field less.
pub(crate) fn order(record: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut input = In(record);
    let (id, customer, minor) = (input.text()?, input.text()?, input.long()?);
    let (currency, quantity, placed_at) = (input.text()?, i32::try_from(input.long()?).ok()?, input.long()?);
    let (address, note) = (input.text()?, input.optional(In::text)?);
    let (_, is_gift) = (input.text()?, input.byte()?);
    (input.0.is_empty() && is_gift < 2).then_some(())?;
    out.reserve(record.len() + 16);
    let order = Order { id, customer, minor, currency, quantity, placed_at, address, note, is_gift };
    order.write(out);
    Some(())
}

/// The same of an earlier version, which has a channel and no note.
pub(crate) fn earlier_order(record: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut input = In(record);
    let (id, _, customer, minor) = (input.text()?, input.text()?, input.text()?, input.long()?);
    let (currency, quantity, placed_at) = (input.text()?, i32::try_from(input.long()?).ok()?, input.long()?);
    let (address, _, is_gift) = (input.text()?, input.text()?, input.byte()?);
    (input.0.is_empty() && is_gift < 2).then_some(())?;
    out.reserve(record.len() + 16);
    let note = None;
    let order = Order { id, customer, minor, currency, quantity, placed_at, address, note, is_gift };
    order.write(out);
    Some(())
}

struct Order<'b> {
    id: &'b str,
    customer: &'b str,
    minor: i64,
    currency: &'b str,
    quantity: i32,
    placed_at: i64,
    address: &'b str,
    note: Option<&'b str>,
    is_gift: u8,
}

impl Order<'_> {
    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        bytes(out, self.id.as_bytes());
        bytes(out, self.customer.as_bytes());
        out.extend_from_slice(&(self.minor as f64 / 100.0).to_le_bytes());
        bytes(out, self.currency.as_bytes());
        long(out, self.quantity.into());
        long(out, self.placed_at);
        bytes(out, self.address.as_bytes());
        optional(out, self.note, |out, note| bytes(out, note.as_bytes()));
        out.push(self.is_gift);
    }
}

/// The click in the old schema.
pub(crate) fn click(record: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut input = In(record);
    let (os, name, version, ip_hash) = (input.long()?, input.text()?, input.text()?, input.bytes()?);
    (0..5).contains(&os).then_some(())?;
    let mut tags = Vec::new();
    loop {
        match input.long()? {
            0 => break,
            count => {
                for _ in 0..usize::try_from(count).ok()? {
                    tags.push(input.text()?);
                }
            }
        }
    }
    let (user, campaign, _) = (input.text()?, input.text()?, input.text()?);
    let (event_time, bid, label) = (input.long()?, input.long()?, input.long()?);
    let mut counts = [None; 13];
    for count in &mut counts {
        *count = input.optional(In::long)?;
    }
    let mut categories = [None; 25];
    for category in &mut categories {
        *category = input.optional(In::text)?;
    }
    let mut scores = Vec::new();
    loop {
        match input.long()? {
            0 => break,
            count => {
                for _ in 0..usize::try_from(count).ok()? {
                    scores.push((input.text()?, input.take(8)?));
                }
            }
        }
    }
    input.0.is_empty().then_some(())?;
    out.reserve(record.len() + 16);
    long(out, os);
    long(out, (name.len() + 1 + version.len()).cast_signed() as i64);
    out.extend_from_slice(name.as_bytes());
    out.push(b' ');
    out.extend_from_slice(version.as_bytes());
    bytes(out, ip_hash);
    if !tags.is_empty() {
        long(out, tags.len().cast_signed() as i64);
        tags.iter().for_each(|tag| bytes(out, tag.as_bytes()));
    }
    out.push(0);
    bytes(out, user.as_bytes());
    long(out, campaign.parse().ok()?);
    long(out, event_time);
    long(out, bid);
    long(out, label);
    counts.into_iter().for_each(|count| optional(out, count, long));
    categories.into_iter().for_each(|text| optional(out, text, |out, text| bytes(out, text.as_bytes())));
    if !scores.is_empty() {
        long(out, scores.len().cast_signed() as i64);
        for (name, score) in scores {
            bytes(out, name.as_bytes());
            out.extend_from_slice(score);
        }
    }
    out.push(0);
    Some(())
}
