//! What was written of a record out of the order of the schema: which fields, and where they are.

/// Runs that need no allocation.
const INLINE_MAX: usize = 64;

/// Fields that follow each other in the schema and in the buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// The first field.
    pub(super) first: u32,
    /// The field behind the last one.
    pub(super) behind: u32,
    /// Where they start.
    pub(super) start: usize,
    /// Where they end.
    pub(super) end: usize,
}

/// A stack of runs: records within records put theirs on top.
#[derive(Debug, Default)]
pub(super) struct Runs {
    inline: Option<[Run; INLINE_MAX]>,
    spilled: Vec<Run>,
    length: usize,
}

impl Runs {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length
    }

    #[inline(never)]
    pub(super) fn push(&mut self, run: Run) {
        if self.spilled.is_empty() {
            let inline = self.inline.get_or_insert([Run::default(); INLINE_MAX]);
            if let Some(place) = inline.get_mut(self.length) {
                *place = run;
                self.length += 1;
                return;
            }
            self.spilled.extend_from_slice(inline);
        }
        self.spilled.truncate(self.length);
        self.spilled.push(run);
        self.length += 1;
    }

    /// The runs from `base` on.
    #[inline]
    pub(super) fn from(&mut self, base: usize) -> &mut [Run] {
        let all = if self.spilled.is_empty() {
            self.inline.as_mut().map_or(&mut [][..], |inline| &mut inline[..])
        } else {
            &mut self.spilled[..]
        };
        all.get_mut(base..self.length).unwrap_or_default()
    }

    #[inline]
    pub(super) fn truncate(&mut self, base: usize) {
        self.length = self.length.min(base);
    }
}
