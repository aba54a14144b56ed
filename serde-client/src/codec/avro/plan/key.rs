//! Names that are compared by their addresses.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The name of a field, or the list of an enum's variants, as the type gives it that was met first. A type gives the same
/// constants every time, so an equal address mostly says what comparing texts would say.
#[derive(Debug, Default)]
pub(in crate::codec::avro) struct Key {
    /// 0 until it is known.
    address: AtomicUsize,
    /// The length and one more: 0 until it is known, so that what is half known is equal to nothing.
    length: AtomicUsize,
}

impl Key {
    #[inline(always)]
    pub(in crate::codec::avro) fn is(&self, name: &'static str) -> bool {
        self.lies_at(name.as_ptr().addr(), name.len())
    }

    #[inline(always)]
    pub(in crate::codec::avro) fn is_list(&self, names: &'static [&'static str]) -> bool {
        self.lies_at(names.as_ptr().addr(), names.len())
    }

    /// Keeps a name if there is none yet.
    pub(in crate::codec::avro) fn learn(&self, name: &'static str) {
        self.keep(name.as_ptr().addr(), name.len());
    }

    /// The same for a list.
    pub(in crate::codec::avro) fn learn_list(&self, names: &'static [&'static str]) {
        self.keep(names.as_ptr().addr(), names.len());
    }

    #[inline(always)]
    fn lies_at(&self, address: usize, length: usize) -> bool {
        self.address.load(Ordering::Relaxed) == address && self.length.load(Ordering::Relaxed) == length + 1
    }

    fn keep(&self, address: usize, length: usize) {
        if self.address.compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.length.store(length + 1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn the_first_name_stays() {
        let names: &'static str = "abc";
        let key = Key::default();
        assert!(!key.is(names) && !key.is(""));
        key.learn(names);
        key.learn("other");
        assert!(key.is(names) && !key.is("other"));
        assert!(!key.is(&names[..2]) && !key.is(&names[..0]) && !key.is(&names[1..]));
    }
}
