//! Mappings as a whole: text of a file, schemas, a record in, a record out.

mod field;
mod flat;
mod laws;
mod rules;

use schema::format::Strictness;
use schema::model::schema::SchemaType;
use schema::parsed::ParsedSchema;
use schema::references::ResolvedReferences;
use serde_json::Value as Json;

use super::compile::{Compiled, Sides, Tables, compile};
use super::file::MappingFile;
use super::json_form;
use super::language::Pinned;
use super::program::Env;
use super::report::Class;
use crate::translator::migration::Direction;

/// A direction with its schemas.
struct Mapped {
    source: Pinned,
    target: Pinned,
    compiled: Compiled,
}

struct Regions;

impl Tables for Regions {
    fn rows(&self, file: &str) -> Result<std::collections::HashMap<String, String>, String> {
        match file {
            "regions.csv" => {
                Ok([("DE", "EMEA"), ("US", "AMER")].map(|(k, v)| (k.to_owned(), v.to_owned())).into())
            }
            _ => Err(format!("there is no file `{file}`")),
        }
    }
}

fn pinned(schema_type: SchemaType, text: &str) -> Pinned {
    let parsed =
        ParsedSchema::parse(schema_type, text, &ResolvedReferences::default(), Strictness::New).unwrap();
    Pinned::new(parsed, None).unwrap()
}

/// Rules for the value, between two Avro schemas.
fn avro(source: &str, target: &str, rules: &str) -> Mapped {
    between(pinned(SchemaType::Avro, source), pinned(SchemaType::Avro, target), rules)
}

fn between(source: Pinned, target: Pinned, rules: &str) -> Mapped {
    let head = "apiVersion: srt/v1\nkind: TopicMigration\nname: t\n\
        old: {topic: a, value: {subject: a-value, version: 1}}\nnew: {topic: b, value: {subject: b-value, version: 1}}\n";
    let file = MappingFile::parse(&format!("{head}map:\n  new->old:\n{rules}")).unwrap();
    let sides = Sides { value: (&source.model, &target.model), key: None };
    let compiled = compile(&file.maps[&Direction::NewToOld], sides, &Regions);
    let mapped = Mapped { source, target, compiled };
    if mapped.compiled.value.is_some() && mapped.source.schema.schema_type() == SchemaType::Avro {
        flat::check(&mapped, &mapped.source, 0);
    }
    mapped
}

impl Mapped {
    /// What becomes of a record, all in JSON; or the path and reason why nothing does.
    fn run(&self, input: Json) -> Result<Json, String> {
        let problems: Vec<String> = self.compiled.problems.iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{problems:#?}");
        let value = json_form::from_json(&self.source.model, self.source.model.root, &input).unwrap();
        let made = self.compiled.value.as_ref().unwrap().run(Env::of(&value));
        let made = made.map_err(|fault| {
            let (path, reason) = fault.into_parts();
            format!("{path}: {reason}")
        })?;
        Ok(json_form::to_json(&self.target.model, self.target.model.root, &made))
    }

    fn problems(&self) -> String {
        self.compiled.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    fn class(&self, target: &str) -> Class {
        let row = self.compiled.rows.iter().find(|row| row.target == target);
        row.unwrap_or_else(|| panic!("no row for {target}: {:#?}", self.compiled.rows)).class
    }
}
