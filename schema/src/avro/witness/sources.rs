//! Which field of the writer fills a field of the reader.

use foldhash::{HashMap, HashMapExt};

use crate::avro::schema::{Field, Record};

/// The fields of a writer's record by name.
pub(super) struct Sources<'a>(HashMap<&'a str, usize>);

impl<'a> Sources<'a> {
    pub(super) fn of(writer: &'a Record) -> Self {
        let mut positions = HashMap::with_capacity(writer.fields.len());
        positions.extend(writer.fields.iter().enumerate().map(|(at, field)| (field.name.as_str(), at)));
        Self(positions)
    }

    /// The position of the writer's field of the same name, or else of the first alias that the writer has.
    pub(super) fn position(&self, field: &Field) -> Option<usize> {
        let mut names = std::iter::once(&field.name).chain(&field.aliases);
        names.find_map(|name| self.0.get(name.as_str()).copied())
    }
}
