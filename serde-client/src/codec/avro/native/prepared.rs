//! What is worked out of a schema for one Rust type, where the codec does not know the type beforehand.

use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::own::Own;
use crate::codec::PrepareError;

/// What types need to meet a schema, worked out once for each: `None` where the schema is the type's own, whose code is then
/// all that is needed. Types are few, as each is written into the program.
#[derive(Debug)]
pub(super) struct Prepared<P> {
    types: Link<P>,
    /// The first type that has the schema as its own, so that the usual case is one comparison. Nothing is read through it.
    straight: AtomicPtr<Own>,
}

/// A list that is appended to without a lock on those who read it.
type Link<P> = OnceLock<Box<Entry<P>>>;

#[derive(Debug)]
struct Entry<P> {
    own: &'static Own,
    way: Result<Option<P>, PrepareError>,
    next: Link<P>,
}

impl<P> Default for Prepared<P> {
    fn default() -> Self {
        Self { types: OnceLock::new(), straight: AtomicPtr::new(ptr::null_mut()) }
    }
}

impl<P> Prepared<P> {
    /// What a type needs.
    ///
    /// # Errors
    /// Why it cannot meet the schema.
    #[inline(always)]
    pub(super) fn get(
        &self,
        own: &'static Own,
        make: impl Fn() -> Result<Option<P>, PrepareError>,
    ) -> Result<Option<&P>, &PrepareError> {
        if ptr::eq(self.straight.load(Ordering::Relaxed), own) { Ok(None) } else { self.find(own, make) }
    }

    #[inline(never)]
    fn find(
        &self,
        own: &'static Own,
        make: impl Fn() -> Result<Option<P>, PrepareError>,
    ) -> Result<Option<&P>, &PrepareError> {
        let mut link = &self.types;
        loop {
            let entry = link.get_or_init(|| Box::new(Entry { own, way: make(), next: OnceLock::new() }));
            if !ptr::eq(entry.own, own) {
                link = &entry.next;
                continue;
            }
            if let Ok(None) = entry.way {
                let (none, this) = (ptr::null_mut(), ptr::from_ref(own).cast_mut());
                // Another type may be there already.
                let _ = self.straight.compare_exchange(none, this, Ordering::Relaxed, Ordering::Relaxed);
            }
            return entry.way.as_ref().map(Option::as_ref);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn each_type_is_worked_out_once() {
        static TYPES: [Own; 3] = [const { Own::of::<i32>() }; 3];
        let [straight, through, refused] = &TYPES;
        let prepared = Prepared::default();
        let made = Cell::new(0);
        let make = |way: Result<Option<i32>, &str>| {
            made.set(made.get() + 1);
            way.map_err(|reason| PrepareError(reason.to_owned()))
        };
        for _ in 0..3 {
            assert_eq!(prepared.get(through, || make(Ok(Some(5)))), Ok(Some(&5)));
            assert_eq!(prepared.get(straight, || make(Ok(None))), Ok(None));
            let reason = prepared.get(refused, || make(Err("no"))).unwrap_err();
            assert_eq!(reason.0, "no");
        }
        assert_eq!(made.get(), 3);
    }
}
