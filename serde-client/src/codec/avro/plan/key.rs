//! Names of fields that are compared by their addresses.

use std::sync::atomic::{AtomicUsize, Ordering};

/// A name as the type gives it that was written first. A type gives the same constants every time, so an equal address says
/// of most fields what comparing texts would say.
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
        self.address.load(Ordering::Relaxed) == name.as_ptr().addr()
            && self.length.load(Ordering::Relaxed) == name.len() + 1
    }

    /// Keeps a name if there is none yet.
    pub(in crate::codec::avro) fn learn(&self, name: &'static str) {
        let address = name.as_ptr().addr();
        if self.address.compare_exchange(0, address, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.length.store(name.len() + 1, Ordering::Relaxed);
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
