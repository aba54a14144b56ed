//! The rules that look at two types without going into them.

use crate::avro::schema::{Enum, Kind, Named, Primitive};

/// Up to this many symbols a scan beats a hash set.
const SYMBOL_SCAN_MAX: usize = 16;

/// Whether `reader` takes data of `writer`: the same type, or one that holds all its values.
pub(in crate::avro) fn promotes(writer: Primitive, reader: Primitive) -> bool {
    use Primitive::{Bytes, Double, Float, Int, Long, String};
    writer == reader
        || matches!(
            (writer, reader),
            (Int, Long | Float | Double)
                | (Long, Float | Double)
                | (Float, Double)
                | (String, Bytes)
                | (Bytes, String)
        )
}

/// Whether the reader's type goes by the writer's name: equal without their namespaces, or an alias of the reader that
/// is the writer's full name. Aliases of the writer do not count.
pub(super) fn names_match(reader: &Named, writer: &Named) -> bool {
    reader.name.simple == writer.name.simple || reader.aliases.contains(&writer.name)
}

/// Whether the reader knows every symbol of the writer, or has a default for the others.
pub(super) fn symbols_match(reader: &Enum, writer: &Enum) -> bool {
    reader.default.is_some()
        || reader.symbols.starts_with(&writer.symbols)
        || missing_symbols(reader, writer).is_empty()
}

/// The writer's symbols that the reader does not know, sorted.
pub(super) fn missing_symbols<'a>(reader: &Enum, writer: &'a Enum) -> Vec<&'a str> {
    let symbols = writer.symbols.iter().map(String::as_str);
    let mut missing: Vec<&str> = if reader.symbols.len() <= SYMBOL_SCAN_MAX {
        symbols.filter(|symbol| !reader.symbols.iter().any(|known| known == symbol)).collect()
    } else {
        let known: foldhash::HashSet<&str> = reader.symbols.iter().map(String::as_str).collect();
        symbols.filter(|symbol| !known.contains(symbol)).collect()
    };
    missing.sort_unstable();
    missing
}

/// The name of a kind as the reference registry prints it.
pub(in crate::avro) fn type_name(kind: &Kind) -> String {
    kind.word().to_ascii_uppercase()
}
