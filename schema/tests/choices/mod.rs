//! What random schemas are made by: decisions from a list of bytes, so that proptest can shrink what fails.

/// A source of decisions; when it runs dry every decision is 0, the simplest.
pub(crate) struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
    /// Names that were given; a test may leave some out.
    pub(crate) names: u32,
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes: bytes.iter(), names: 0 }
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.bytes.next().copied().unwrap_or(0)) % count.max(1)
    }

    pub(crate) fn yes(&mut self) -> bool {
        self.below(2) == 1
    }

    /// A name that was not given yet.
    pub(crate) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }
}
