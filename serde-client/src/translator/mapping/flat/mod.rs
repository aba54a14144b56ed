//! The flat path from Avro to Avro: rules compiled for one writer schema and one target.
//!
//! The record is passed over once, which checks it and marks the places where something begins that a rule needs; then
//! the target is written in the order of its fields: spans of the source where both sides are encoded alike, bytes that
//! are known beforehand, and values of single fields. Only what needs more is evaluated by the general program, on values
//! of the fields that it names.
//!
//! The flat path never refuses a record. Whatever it does not expect, legal or not, it leaves to the general path, whose
//! answer counts; so both give the same bytes and the same faults.

mod build;
mod cursor;
mod emit;
mod node;
mod scan;
mod sparse;

use std::sync::Arc;

use schema::parsed::ParsedSchema;

use self::cursor::Cursor;
use self::emit::Emit;
use self::node::Nodes;
use self::scan::Scan;
use self::sparse::Sparse;
use super::language::{AvroWriter, Pinned};
use super::program::{Env, Program};
use super::value::Value;
use crate::codec::avro::{Output, says_the_same};

/// Places in a record that a program can remember. Records with more are left to the general path.
const MARKS_MAX: usize = 256;

/// A compiled triple of writer schema, rules and target schema.
///
/// The writer need not be the version that the rules are made for: fields that only one of the two has or that stand in
/// another order, unions with null where the writer has none, and integers that became longer are passed over as they are.
#[derive(Debug)]
pub struct FlatProgram {
    program: Arc<Program>,
    writer: AvroWriter,
    nodes: Nodes,
    scan: Box<[Scan]>,
    defaults: Defaults,
    emits: Box<[Emit]>,
    is_flat: bool,
    /// What the general program sees of a record, where it is needed at all.
    sparse: Option<Sparse>,
}

/// What stands for fields that the writer does not have: bytes that follow the record, as it were.
#[derive(Debug, Default)]
struct Defaults {
    bytes: Vec<u8>,
    scan: Vec<Scan>,
}

/// Where things begin in the record at hand, and which branches its unions have. Set by the scan.
type Marks = [usize; MARKS_MAX];

impl FlatProgram {
    /// Compiles `program`, which makes records of `target` out of records of `pinned`, for what `writer` wrote. `None`
    /// when only the general path can: other languages, writers that differ in other ways, rules that look at the key.
    #[must_use]
    pub fn new(
        writer: &ParsedSchema,
        pinned: &Pinned,
        program: &Arc<Program>,
        target: &Pinned,
    ) -> Option<Self> {
        let (ParsedSchema::Avro(source), ParsedSchema::Avro(reader), ParsedSchema::Avro(schema)) =
            (writer, &pinned.schema, &target.schema)
        else {
            return None;
        };
        let reader = if says_the_same(source, reader) { source } else { reader };
        build::build(source, reader, AvroWriter::new(schema), program)
    }

    /// Whether everything is copied or made field by field, and neither the general program nor its conversions of whole
    /// records and lists have a part in it.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.is_flat
    }

    /// Translates a record without its prefix and appends the result to `out`. `around` is what stands around the
    /// record; its values are not looked at.
    ///
    /// `None` leaves the record to the general path; what was appended by then is undefined.
    pub fn run<'v>(&self, record: &'v [u8], around: Env<'v>, out: &mut Vec<u8>) -> Option<()> {
        let mut marks: Marks = [0; MARKS_MAX];
        let mut cursor = Cursor::new(record, 0);
        self.scan(&self.scan, &mut cursor, &mut marks)?;
        cursor.is_at_end().then_some(())?;
        let followed;
        let record = if self.defaults.bytes.is_empty() {
            record
        } else {
            followed = [record, &self.defaults.bytes].concat();
            self.scan(&self.defaults.scan, &mut Cursor::new(&followed, record.len()), &mut marks)?;
            &followed
        };
        let root = match &self.sparse {
            Some(sparse) => self.value_of(sparse, record, &marks)?,
            None => Value::Null,
        };
        let env = Env { root: &root, this: &root, key: None, item: None, entry: None, ..around };
        self.emit(&self.emits, record, &mut marks, env, &mut Output::new(out, record.len()))
    }
}
