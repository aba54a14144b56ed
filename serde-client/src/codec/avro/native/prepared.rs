//! What is worked out of a schema for one Rust type, where the codec does not know the type beforehand.

use std::ops::Deref;
use std::ptr;
use std::sync::OnceLock;

use super::own::Own;
use crate::codec::PrepareError;

/// Kept for the first type that asks; for any other it is made each time, as a codec is compiled for one type in use.
#[derive(Debug)]
pub(super) struct Prepared<P>(OnceLock<(&'static Own, Result<P, PrepareError>)>);

/// What was kept, or was made just now.
#[derive(Debug)]
pub(super) enum Held<'a, P> {
    Kept(&'a P),
    Made(Box<P>),
}

impl<P> Default for Prepared<P> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<P> Prepared<P> {
    /// What is kept for a type.
    #[inline]
    pub(super) fn kept(&self, own: &'static Own) -> Option<&P> {
        match self.0.get() {
            Some((first, Ok(plan))) if ptr::eq(*first, own) => Some(plan),
            _ => None,
        }
    }

    /// What is kept for a type, or made for it now.
    #[cold]
    #[inline(never)]
    pub(super) fn get(
        &self,
        own: &'static Own,
        make: impl Fn() -> Result<P, PrepareError>,
    ) -> Result<Held<'_, P>, PrepareError> {
        match self.0.get_or_init(|| (own, make())) {
            (first, Ok(plan)) if ptr::eq(*first, own) => Ok(Held::Kept(plan)),
            (first, Err(error)) if ptr::eq(*first, own) => Err(error.clone()),
            _ => make().map(|plan| Held::Made(Box::new(plan))),
        }
    }
}

impl<P> Deref for Held<'_, P> {
    type Target = P;

    #[inline]
    fn deref(&self) -> &P {
        match self {
            Self::Kept(plan) => plan,
            Self::Made(plan) => plan,
        }
    }
}
