//! A pair of schemas, a mapping between them and records to translate.

use std::path::Path;
use std::sync::Arc;

use fastrand::Rng;
use schema::format::Strictness;
use schema::model::ids::SchemaId;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_client::client::{Normalize, RegistryClient, SchemaDefinition};
use serde_client::codec::Limits;
use serde_client::framing::{Body, SchemaIdentity};
use serde_client::mock::MockRegistry;
use serde_client::translator::mapped::{DirectionSchemas, FileTables, MappedDirection, Side};
use serde_client::translator::mapping::compile::{NoTables, compile};
use serde_client::translator::mapping::file::MappingFile;
use serde_client::translator::mapping::flat::FlatProgram;
use serde_client::translator::mapping::language::{Pinned, RecordReader, RecordWriter};
use serde_client::translator::mapping::program::{Env, Program};
use serde_client::translator::mapping::value::Value;
use serde_client::translator::migration::{Direction, PinnedSchema};
use serde_client::translator::schema_store::{SchemaStore, StoredSchema};
use serde_client::translator::translation::{Part, SourceRecord, TargetRecord, Translate, WriterSchema};

use crate::failure::{Failure, wrong};
use crate::{hand, records};

/// Bytes in front of a record: a zero and the schema id.
const PREFIX: usize = 5;

/// A mapping in all the ways that it can be run.
pub(crate) struct Case {
    name: &'static str,
    /// With their prefix.
    records: Vec<Vec<u8>>,
    program: Arc<Program>,
    flat: FlatProgram,
    reader: RecordReader,
    writer: RecordWriter,
    translator: MappedDirection,
    hand: fn(&[u8], &mut Vec<u8>) -> Option<()>,
}

impl Case {
    /// Ten fields, of which one is renamed, one cast and one dropped.
    pub(crate) fn order(count: usize) -> Result<Self, Failure> {
        let (new, old) =
            (include_str!("../mappings/order-new.avsc"), include_str!("../mappings/order-old.avsc"));
        let mapping = include_str!("../mappings/order.yaml");
        Self::new("order", mapping, [new, old, new], records::order, count, hand::order)
    }

    /// The same of records that an earlier version has written: they have another field, and one less.
    pub(crate) fn earlier_order(count: usize) -> Result<Self, Failure> {
        let (new, old) =
            (include_str!("../mappings/order-new.avsc"), include_str!("../mappings/order-old.avsc"));
        let mapping = include_str!("../mappings/order.yaml");
        let earlier = include_str!("../mappings/order-earlier.avsc");
        let texts = [new, old, earlier];
        Self::new("earlier order", mapping, texts, records::earlier_order, count, hand::earlier_order)
    }

    /// The example of the guide.
    pub(crate) fn click(count: usize) -> Result<Self, Failure> {
        let new = include_str!("../../../examples/ad-clicks/migration/clicks-v3.avsc");
        let old = include_str!("../../../examples/ad-clicks/v2.avsc");
        let mapping = include_str!("../../../examples/ad-clicks/migration/mapping.yaml");
        Self::new("ad click", mapping, [new, old, new], records::click, count, hand::click)
    }

    fn new(
        name: &'static str,
        mapping: &str,
        // Source, target, and what has written the records.
        texts: [&str; 3],
        record: fn(&mut Rng) -> Value<'static>,
        count: usize,
        hand: fn(&[u8], &mut Vec<u8>) -> Option<()>,
    ) -> Result<Self, Failure> {
        let file = MappingFile::parse(mapping).map_err(|problems| Failure::Wrong(format!("{problems:?}")))?;
        let rules = file.maps.get(&Direction::NewToOld).ok_or_else(|| wrong("no rules"))?;
        let [source, target, written] = texts;
        let schemas = DirectionSchemas { value: (side(source, 1)?, side(target, 2)?), key: None };
        let compiled = compile(rules, schemas.sides(), &NoTables);
        let program = compiled.value.ok_or_else(|| Failure::Wrong(format!("{:?}", compiled.problems)))?;
        let (from, to) = (schemas.value.0.pinned.clone(), schemas.value.1.pinned.clone());
        let version = pinned(written)?;
        let flat =
            FlatProgram::new(&version.schema, &from, &program, &to).ok_or_else(|| wrong("not flat"))?;
        if !flat.is_flat() {
            return Err(wrong(format!("{name}: the general program makes a part")));
        }
        let id = if written == source { 1 } else { 3 };
        let records = records::framed(&version, id, record, count)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = runtime.block_on(registered([source, target, written]))?;
        let tables = FileTables::beside(Path::new(""));
        let translator =
            MappedDirection::new(SchemaStore::new(client, None), schemas, rules, &tables).map_err(wrong)?;
        let identity = SchemaIdentity::Id(id);
        runtime.block_on(translator.prepare(WriterSchema { part: Part::Value, identity })).map_err(wrong)?;
        Ok(Self {
            name,
            records,
            reader: RecordReader::new(&version.schema, &from, Limits::default()).map_err(wrong)?,
            writer: RecordWriter::new(&to).map_err(wrong)?,
            program,
            flat,
            translator,
            hand,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn count(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn mean_length(&self) -> usize {
        self.records.iter().map(|record| record.len() - PREFIX).sum::<usize>() / self.records.len().max(1)
    }

    /// Whether all paths make the same of all records.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let mut target = TargetRecord::default();
        for record in &self.records {
            let [mut flat, mut general, mut by_hand] = [(); 3].map(|()| vec![0, 0, 0, 0, 2]);
            self.one_translated(record, &mut target)?;
            self.one_flat(record, &mut flat)?;
            self.one_general(record, &mut general)?;
            (self.hand)(body(record), &mut by_hand).ok_or_else(|| wrong("refused by hand"))?;
            if flat != general || general != by_hand || target.value.bytes != general {
                return Err(wrong(format!("{}: {flat:x?}, {general:x?}, {by_hand:x?}", self.name)));
            }
        }
        Ok(())
    }

    fn one_translated(&self, record: &[u8], target: &mut TargetRecord) -> Result<(), Failure> {
        let source = SourceRecord {
            key: None,
            value: Some(record),
            headers: &[],
            timestamp: None,
            partition: 0,
            offset: 0,
        };
        self.translator.translate(&source, target).map_err(wrong)
    }

    fn one_flat(&self, record: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        self.flat
            .run(body(record), Env::of(&Value::Null), out)
            .ok_or_else(|| wrong("left to the general path"))
    }

    fn one_general(&self, record: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        let value = self.reader.read(Body::bare(body(record))).map_err(wrong)?;
        let made = self.program.run(Env::of(&value)).map_err(|fault| wrong(fault.into_parts().1))?;
        self.writer.write(&made, out).map_err(wrong)
    }

    /// All records by the translator, with their prefixes; gives the bytes that were written.
    pub(crate) fn translated(&self) -> Result<usize, Failure> {
        let mut target = TargetRecord::default();
        let mut written = 0;
        for record in &self.records {
            self.one_translated(record, &mut target)?;
            written += target.value.bytes.len();
        }
        Ok(written)
    }

    pub(crate) fn flat(&self) -> Result<usize, Failure> {
        self.pass(|record, out| self.one_flat(record, out))
    }

    pub(crate) fn general(&self) -> Result<usize, Failure> {
        self.pass(|record, out| self.one_general(record, out))
    }

    pub(crate) fn by_hand(&self) -> Result<usize, Failure> {
        self.pass(|record, out| (self.hand)(body(record), out).ok_or_else(|| wrong("refused by hand")))
    }

    fn pass(&self, one: impl Fn(&[u8], &mut Vec<u8>) -> Result<(), Failure>) -> Result<usize, Failure> {
        let (mut out, mut written) = (Vec::new(), 0);
        for record in &self.records {
            out.clear();
            one(record, &mut out)?;
            written += out.len();
        }
        Ok(written)
    }
}

/// A registry in this process, with ids from 1 on.
async fn registered(texts: [&str; 3]) -> Result<RegistryClient, Failure> {
    let client = MockRegistry::new().client();
    for (number, text) in texts.into_iter().enumerate() {
        let definition = SchemaDefinition::avro(text);
        client.register(&format!("bench-{number}"), &definition, Normalize::No).await.map_err(wrong)?;
    }
    Ok(client)
}

fn body(record: &[u8]) -> &[u8] {
    record.get(PREFIX..).unwrap_or_default()
}

/// One side of the pair, by the id that the registry has given it.
fn side(text: &str, id: SchemaId) -> Result<Side, Failure> {
    let pinned = pinned(text)?;
    let schema = pinned.schema.clone();
    let place = PinnedSchema { subject: "bench-value".to_owned(), version: 1, message: None };
    Ok(Side { place, stored: StoredSchema { id, guid: None, schema }, pinned })
}

/// A schema in Avro's own words, ready to read and write records.
pub(crate) fn pinned(text: &str) -> Result<Pinned, Failure> {
    let schema = ParsedSchema::parse(SchemaType::Avro, text, &ResolvedReferences::default(), Strictness::New);
    Pinned::new(schema.map_err(wrong)?, None).map_err(wrong)
}
