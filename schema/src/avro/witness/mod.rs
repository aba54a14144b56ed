//! Proof of a finding: a value that the writer may write and the reader cannot take.
//!
//! `locate` follows the path of a finding through both schemas and says what a value must be like to get there
//! (`Demand`); `search` does the same for what lies inside unions; `encode` makes the smallest such value of the
//! writer's schema; `decode` reads its bytes as the Avro specification resolves schemas, and only a value that is
//! refused at the place of the finding is shown.
//!
//! Limits: types of the writer, steps of the search, values read, and the length of a witness. Beyond them the answer
//! is that there is no witness, with the reason.

mod decode;
mod encode;
mod locate;
mod search;
mod smallest;
mod sources;
#[cfg(test)]
mod tests;
mod words;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::schema::AvroSchema;
use crate::evidence::{DOCUMENT_LENGTH_MAX, Evidence, Witness};
use crate::incompatibility::{CHECK_FAILED, Incompatibility};
pub use decode::{Broken, Refusal, resolve};
use encode::Unwritable;
use locate::Unlocated;
use smallest::Smallest;

/// One step of a value of the writer's schema towards the place where a reader is to stumble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Toward {
    /// The field of the writer's record at this position.
    Field(usize),
    /// An element of an array.
    Item,
    /// A value of a map.
    Value,
    /// The branch of the writer's union at this position.
    Branch(usize),
    /// The symbol of the writer's enum at this position.
    Symbol(usize),
}

/// What a value must be like, from its top downwards. Where nothing more is demanded the reader is to stumble.
#[derive(Debug, Default)]
struct Demand(Vec<(Toward, Demand)>);

impl Demand {
    fn toward(step: Toward, inner: Self) -> Self {
        Self(vec![(step, inner)])
    }

    /// Demands what `other` does, too.
    fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// What is demanded behind `step`.
    fn behind(&self, step: Toward) -> impl Iterator<Item = &Self> {
        self.0.iter().filter(move |(first, _)| *first == step).map(|(_, inner)| inner)
    }
}

/// Values that prove `findings`, tried before they are returned.
pub(super) fn evidence(
    reader: &AvroSchema,
    writer: &AvroSchema,
    findings: &[Incompatibility],
) -> Vec<Evidence> {
    let smallest = Smallest::of(writer);
    let evidence = |finding| match witness(reader, writer, smallest.as_ref(), finding) {
        Ok(witness) => Evidence::Witness(witness),
        Err(reason) => Evidence::Absent(reason),
    };
    findings.iter().map(evidence).collect()
}

fn witness(
    reader: &AvroSchema,
    writer: &AvroSchema,
    smallest: Option<&Smallest>,
    finding: &Incompatibility,
) -> Result<Witness, String> {
    if finding.kind == CHECK_FAILED {
        return Err("the comparison came to no answer, so there is no rule for a record to break".to_owned());
    }
    let smallest = smallest.ok_or("the writer's schema is too large to look for a record")?;
    let demand =
        locate::demand(reader, writer, smallest, &finding.path).map_err(|unlocated| match unlocated {
            Unlocated::TooMuchWork => "looking for a record took too much work".to_owned(),
            Unlocated::Readable => READABLE.to_owned(),
        })?;
    let written = encode::encode(writer, smallest, &demand).map_err(|unwritable| match unwritable {
        Unwritable::NoValue(of) => {
            format!("no record of the writer reaches this place: {of} on the way has no finite value")
        }
        Unwritable::TooLong => {
            format!(
                "the smallest record that reaches this place is longer than {DOCUMENT_LENGTH_MAX} characters"
            )
        }
    })?;
    let refusals = resolve(reader, writer, &written.bytes).map_err(|broken| match broken {
        Broken::TooMuchWork => "trying the record with the reader took too much work".to_owned(),
        Broken::NotOfTheWriter => "no record was found that the writer can write".to_owned(),
    })?;
    let refusal = refusals.into_iter().find(|refusal| refusal.path == finding.path).ok_or(READABLE)?;
    let encoded = STANDARD.encode(&written.bytes);
    if encoded.len() > DOCUMENT_LENGTH_MAX {
        return Err(format!(
            "the bytes of the smallest record are longer than {DOCUMENT_LENGTH_MAX} characters"
        ));
    }
    Ok(Witness { document: written.document, encoded: Some(encoded), failure: refusal.failure })
}

/// The reference registry wants one branch that reads everything; data only need one for each value.
const READABLE: &str = "every record that was tried is read by some branch of the reader's union, though no single branch \
                        reads all that the writer may write";
