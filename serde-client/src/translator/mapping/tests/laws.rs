//! What holds for every pair of schemas.

use fastrand::Rng;

use super::*;
use crate::translator::mapping::check::Trial;
use crate::translator::mapping::generate::tests::{avro_record, json_record, protobuf};

const SCHEMAS: u64 = 40;
const RECORDS: usize = 40;

fn random(language: SchemaType, seed: u64) -> Pinned {
    let mut random = Rng::with_seed(seed);
    let text = match language {
        SchemaType::Avro => avro_record(&mut random, &mut 0, 3).to_string(),
        SchemaType::Protobuf => protobuf(&mut random),
        SchemaType::Json => json_record(&mut random, 3).to_string(),
    };
    pinned(language, &text)
}

const LANGUAGES: [SchemaType; 3] = [SchemaType::Avro, SchemaType::Protobuf, SchemaType::Json];

#[test]
fn a_schema_maps_to_itself_without_a_rule() {
    for language in LANGUAGES {
        for seed in 0..SCHEMAS {
            let (source, target) = (random(language, seed), random(language, seed));
            let mapped = between(source, target, "    auto: exact");
            let place = format!("{language}, seed {seed}");
            assert_eq!(mapped.problems(), "", "{place}");
            let other = mapped.compiled.rows.iter().find(|row| row.class != Class::Exact);
            assert_eq!(other, None, "{place}");
            let program = mapped.compiled.value.as_ref().unwrap();
            let found = Trial::new(&mapped.source, &mapped.target, program).unwrap().generated(RECORDS, seed);
            assert_eq!((&found.refused, &found.broken), (&Vec::new(), &Vec::new()), "{place}");
            assert_eq!(found.translated + found.unwritable, RECORDS, "{place}");
        }
    }
}

#[test]
fn what_is_complete_never_makes_what_the_target_does_not_take() {
    let mut complete = 0;
    for from in LANGUAGES {
        for to in LANGUAGES {
            for seed in 0..SCHEMAS {
                let (source, target) = (random(from, seed), random(to, seed + SCHEMAS));
                let mapped = between(source, target, "    auto: exact+widen+alias");
                let Some(program) = &mapped.compiled.value else { continue };
                complete += 1;
                let found =
                    Trial::new(&mapped.source, &mapped.target, program).unwrap().generated(RECORDS, seed);
                assert_eq!(found.broken, Vec::new(), "{from} to {to}, seed {seed}");
            }
        }
    }
    assert!(complete > 0, "no pair was complete: the test says nothing");
}
