//! What holds for every valid Avro schema.

#![cfg(test)]

mod generator;

use proptest::prelude::*;
use schema::avro::AvroSchema;
use schema::format::{SchemaFormat, Strictness};
use schema::references::ResolvedReferences;

fn parse(text: &str) -> AvroSchema {
    AvroSchema::parse(text, &ResolvedReferences::none(), Strictness::New)
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What an independent library takes the schema for.
fn parsing_canonical_form(text: &str) -> String {
    apache_avro::Schema::parse_str(text).unwrap_or_else(|error| panic!("{error}: {text}")).canonical_form()
}

proptest! {
    #[test]
    fn canonical_text_is_stable(text in generator::schema_text()) {
        let parsed = parse(&text);
        let again = parse(parsed.canonical());
        prop_assert_eq!(again.canonical(), parsed.canonical());
        prop_assert!(again.is_same_definition(&parsed));
        let stored = AvroSchema::parse(&text, &ResolvedReferences::none(), Strictness::Stored);
        let stored = stored.map(|stored| stored.canonical().to_owned());
        prop_assert_eq!(stored.as_deref(), Ok(parsed.canonical()));
    }

    #[test]
    fn normalizing_twice_changes_nothing(text in generator::schema_text()) {
        let normalized = parse(&text).normalized().expect("a normalised form");
        let again = normalized.normalized().expect("a normalised form");
        prop_assert_eq!(again.canonical(), normalized.canonical());
        prop_assert!(again.is_same_definition(&normalized));
    }

    #[test]
    fn another_library_reads_the_same_schema(text in generator::schema_text()) {
        let expected = parsing_canonical_form(&text);
        let parsed = parse(&text);
        prop_assert_eq!(parsing_canonical_form(parsed.canonical()), expected.clone());
        let normalized = parsed.normalized().expect("a normalised form");
        prop_assert_eq!(parsing_canonical_form(normalized.canonical()), expected);
    }

    #[test]
    fn tags_come_back_and_go_away(text in generator::schema_text()) {
        use schema::model::api::{SchemaEntity, SchemaTags};
        let parsed = parse(&text);
        let fields = parsed.top_level_fields();
        let root: serde_json::Value = serde_json::from_str(parsed.canonical()).expect("JSON");
        prop_assume!(!fields.is_empty());
        let namespace = root["namespace"].as_str().map(|namespace| format!("{namespace}.")).unwrap_or_default();
        let record = format!("{namespace}{}", root["name"].as_str().expect("a name"));
        let tags = |path: String, entity_type: &str| SchemaTags {
            schema_entity: SchemaEntity { entity_path: path, entity_type: entity_type.to_owned() },
            tags: vec!["PII".to_owned(), "GDPR".to_owned()],
        };
        let add = [tags(record.clone(), "sr_record"), tags(format!("{record}.{}", fields[0]), "sr_field")];
        let tagged = parsed.retagged(&add, &[]).expect("known places");
        prop_assert_eq!(tagged.tags(), add.to_vec());
        let untagged = tagged.retagged(&[], &add).expect("known places");
        prop_assert_eq!(untagged.canonical(), parsed.canonical());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[\\[\\]{}\",:a-z0-9. \\\\\n/*]{0,60}") {
        if let Ok(parsed) = AvroSchema::parse(&text, &ResolvedReferences::none(), Strictness::Stored) {
            prop_assert!(!parsed.canonical().is_empty());
        }
    }

    #[test]
    fn no_broken_schema_makes_the_parser_panic(
        text in generator::schema_text(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:0n-]",
    ) {
        let characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        let broken: String = characters[..at].iter().chain(with.chars().collect::<Vec<_>>().iter()).chain(&characters[at + 1..]).collect();
        for strictness in [Strictness::New, Strictness::Stored] {
            if let Ok(parsed) = AvroSchema::parse(&broken, &ResolvedReferences::none(), strictness) {
                prop_assert!(parsed.memory_size() > 0);
            }
        }
    }
}
