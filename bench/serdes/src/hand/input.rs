//! Reads from a slice.

use std::collections::BTreeMap;

/// What is left of a record.
pub(super) struct Input<'de> {
    rest: &'de [u8],
}

impl<'de> Input<'de> {
    pub(super) fn new(rest: &'de [u8]) -> Self {
        Self { rest }
    }

    #[inline(always)]
    pub(super) fn long(&mut self) -> Option<i64> {
        let (&first, rest) = self.rest.split_first()?;
        if first < 0x80 {
            self.rest = rest;
            return Some(i64::from(first >> 1) ^ -i64::from(first & 1));
        }
        let mut value = u64::from(first & 0x7f);
        for (at, &byte) in rest.iter().enumerate().take(9) {
            value |= u64::from(byte & 0x7f) << (7 * (at + 1));
            if byte < 0x80 {
                self.rest = &rest[at + 1..];
                return Some((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        None
    }

    #[inline(always)]
    pub(super) fn int(&mut self) -> Option<i32> {
        i32::try_from(self.long()?).ok()
    }

    #[inline(always)]
    pub(super) fn double(&mut self) -> Option<f64> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(f64::from_le_bytes(*bytes))
    }

    #[inline(always)]
    pub(super) fn bytes(&mut self) -> Option<&'de [u8]> {
        let length = usize::try_from(self.long()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    #[inline(always)]
    pub(super) fn text(&mut self) -> Option<&'de str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// A union of null and something else.
    #[inline(always)]
    pub(super) fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        let (&branch, rest) = self.rest.split_first()?;
        self.rest = rest;
        match branch {
            0 => Some(None),
            2 => read(self).map(Some),
            _ => None,
        }
    }

    /// The items of an array or a map, block by block.
    #[inline(always)]
    pub(super) fn items(&mut self, mut block: impl FnMut(&mut Self, usize) -> Option<()>) -> Option<()> {
        loop {
            match self.long()? {
                0 => return Some(()),
                count if count > 0 => block(self, usize::try_from(count).ok()?)?,
                count => {
                    self.long()?;
                    block(self, usize::try_from(count.checked_neg()?).ok()?)?;
                }
            }
        }
    }

    #[inline(always)]
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut list = Vec::new();
        self.items(|input, count| {
            list.reserve(count.min(input.rest.len()));
            for _ in 0..count {
                list.push(item(input)?);
            }
            Some(())
        })?;
        Some(list)
    }

    #[inline(always)]
    pub(super) fn map<K: Ord, T>(
        &mut self,
        mut entry: impl FnMut(&mut Self) -> Option<(K, T)>,
    ) -> Option<BTreeMap<K, T>> {
        let mut map = BTreeMap::new();
        self.items(|input, count| {
            for _ in 0..count {
                let (key, value) = entry(input)?;
                map.insert(key, value);
            }
            Some(())
        })?;
        Some(map)
    }

    /// Reads a text into one that exists.
    #[inline(always)]
    pub(super) fn text_into(&mut self, target: &mut String) -> Option<()> {
        let text = self.text()?;
        target.clear();
        target.push_str(text);
        Some(())
    }

    /// Reads a text that may be null into one that may exist.
    #[inline(always)]
    pub(super) fn optional_text_into(&mut self, target: &mut Option<String>) -> Option<()> {
        match (self.optional(Self::text)?, target.as_mut()) {
            (Some(text), Some(existing)) => {
                existing.clear();
                existing.push_str(text);
            }
            (Some(text), None) => *target = Some(text.to_owned()),
            (None, _) => *target = None,
        }
        Some(())
    }
}
