//! What is worked out of a schema for one Rust type, where the codec does not know the type beforehand.

use std::ops::Deref;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::own::Own;
use crate::codec::PrepareError;

/// How a type meets a schema.
#[derive(Debug)]
pub(super) enum Way<P> {
    /// The schema is the type's own: its code is all that is needed.
    Straight,
    /// By what was worked out for the two schemas.
    Through(P),
}

/// Kept for the first type that asks; for any other it is made each time, as a codec is compiled for one type in use.
#[derive(Debug)]
pub(super) struct Prepared<P> {
    first: OnceLock<(&'static Own, Result<Way<P>, PrepareError>)>,
    /// The first type if its way is straight, so that the usual case is one comparison. Nothing is read through it.
    straight: AtomicPtr<Own>,
}

/// What was kept, or was made just now.
#[derive(Debug)]
pub(super) enum Held<'a, P> {
    Kept(&'a Way<P>),
    Made(Box<Way<P>>),
}

impl<P> Default for Prepared<P> {
    fn default() -> Self {
        Self { first: OnceLock::new(), straight: AtomicPtr::new(ptr::null_mut()) }
    }
}

impl<P> Prepared<P> {
    /// Whether the schema is known to be that of a type.
    #[inline]
    pub(super) fn is_straight(&self, own: &'static Own) -> bool {
        ptr::eq(self.straight.load(Ordering::Relaxed), own)
    }

    /// What is kept for a type, or made for it now.
    #[inline(never)]
    pub(super) fn get(
        &self,
        own: &'static Own,
        make: impl Fn() -> Result<Way<P>, PrepareError>,
    ) -> Result<Held<'_, P>, PrepareError> {
        match self.first.get_or_init(|| (own, make())) {
            (first, Ok(way)) if ptr::eq(*first, own) => {
                if let Way::Straight = way {
                    self.straight.store(ptr::from_ref(own).cast_mut(), Ordering::Relaxed);
                }
                Ok(Held::Kept(way))
            }
            (first, Err(error)) if ptr::eq(*first, own) => Err(error.clone()),
            _ => make().map(|way| Held::Made(Box::new(way))),
        }
    }
}

impl<P> Deref for Held<'_, P> {
    type Target = Way<P>;

    #[inline]
    fn deref(&self) -> &Way<P> {
        match self {
            Self::Kept(way) => way,
            Self::Made(way) => way,
        }
    }
}
