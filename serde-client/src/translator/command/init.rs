//! `translator init`: the skeleton of a mapping between two versions.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use super::output::Out;
use super::{Failure, Outcome, RegistryArgs};
use crate::translator::mapping::compile::{NoTables, Open, Sides, compile};
use crate::translator::mapping::file::MappingFile;
use crate::translator::mapping::language::Pinned;
use crate::translator::mapping::suggest::suggest;
use crate::translator::migration::{Direction, PinnedSchema};
use crate::translator::schema_store::SchemaStore;

#[derive(Debug, Args)]
pub(super) struct Init {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Value schema of the topic that is left, as SUBJECT:VERSION.
    #[arg(long, value_name = "SUBJECT:VERSION", value_parser = pinned)]
    old: PinnedSchema,
    /// Value schema of the topic that is moved to.
    #[arg(long, value_name = "SUBJECT:VERSION", value_parser = pinned)]
    new: PinnedSchema,
    /// Key schema of the topic that is left; without it keys are copied as bytes.
    #[arg(long, value_name = "SUBJECT:VERSION", value_parser = pinned, requires = "new_key")]
    old_key: Option<PinnedSchema>,
    /// Key schema of the topic that is moved to.
    #[arg(long, value_name = "SUBJECT:VERSION", value_parser = pinned, requires = "old_key")]
    new_key: Option<PinnedSchema>,
    /// The topic that is left; without it the subject says: `orders` of `orders-value`.
    #[arg(long, value_name = "TOPIC")]
    old_topic: Option<String>,
    /// The topic that is moved to.
    #[arg(long, value_name = "TOPIC")]
    new_topic: Option<String>,
    /// Name of the migration; without it that of the new topic.
    #[arg(long)]
    name: Option<String>,
    /// Consumers move first: the old topic is translated into the new one.
    #[arg(long)]
    consumers_first: bool,
    /// Where the mapping is written; without it to the standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn pinned(text: &str) -> Result<PinnedSchema, String> {
    let (subject, version) =
        text.rsplit_once(':').ok_or("SUBJECT:VERSION is needed, such as `orders-value:3`")?;
    let version: u32 =
        version.parse().map_err(|_| "the version is a number: mappings are pinned".to_owned())?;
    if subject.is_empty() || version == 0 {
        return Err("SUBJECT:VERSION is needed, such as `orders-value:3`".to_owned());
    }
    Ok(PinnedSchema { subject: subject.to_owned(), version, message: None })
}

impl Init {
    pub(super) async fn run(self, out: &mut Out) -> Result<Outcome, Failure> {
        let store = self.registry.store(&[], None)?;
        let old = load(&store, &self.old).await?;
        let new = load(&store, &self.new).await?;
        let keys = match (&self.old_key, &self.new_key) {
            (Some(old), Some(new)) => Some((load(&store, old).await?, load(&store, new).await?)),
            _ => None,
        };
        let direction = if self.consumers_first { Direction::OldToNew } else { Direction::NewToOld };
        let text = self.skeleton(direction, (&old, &new), keys.as_ref())?;
        let Some(path) = &self.out else {
            out.line(text.trim_end());
            return Ok(Outcome::Done);
        };
        let name = path.display();
        if path.exists() {
            return Err(Failure(format!("{name} is there already: remove it, or name another file")));
        }
        std::fs::write(path, text).map_err(|error| Failure(format!("{name}: {error}")))?;
        out.line(format!("{name} is written: fill in what is marked, then run `translator plan {name}`."));
        Ok(Outcome::Done)
    }

    fn skeleton(
        &self,
        direction: Direction,
        (old, new): (&Pinned, &Pinned),
        keys: Option<&(Pinned, Pinned)>,
    ) -> Result<String, Failure> {
        let head = self.head(direction)?;
        let file = MappingFile::parse(&format!("{head}map:\n  {direction}:\n    auto: exact+widen+alias\n"))
            .map_err(Failure::new)?;
        let rules = file.maps.get(&direction).ok_or_else(|| Failure("no rules".to_owned()))?;
        let ordered = |old, new| if direction == Direction::NewToOld { (new, old) } else { (old, new) };
        let (source, target) = ordered(old, new);
        let key = keys.map(|(old, new)| ordered(old, new));
        let sides = Sides {
            value: (&source.model, &target.model),
            key: key.map(|(source, target)| (&source.model, &target.model)),
        };
        let compiled = compile(rules, sides, &NoTables);
        let mut text = head;
        let (open, lost) = (&compiled.unmapped.targets, &compiled.unmapped.sources);
        let _ = writeln!(text, "map:\n  {direction}:");
        let filled = compiled
            .rows
            .iter()
            .filter(|row| row.class != crate::translator::mapping::report::Class::Unmapped);
        let _ = writeln!(
            text,
            "    # {} leaves are filled without a rule; `translator plan` lists them.",
            filled.count()
        );
        let _ = writeln!(text, "    auto: exact+widen+alias");
        for (name, in_key) in [("key", true), ("value", false)] {
            let own: Vec<&Open> = open.iter().filter(|open| open.in_key == in_key).collect();
            if own.is_empty() {
                continue;
            }
            let _ = writeln!(text, "    {name}:");
            let (source, target) = if in_key { sides.key.unwrap_or(sides.value) } else { sides.value };
            for open in own {
                let target_name = if open.path.is_empty() { "$" } else { &open.path };
                let _ = writeln!(text, "      # {target_name}: {}", open.ty);
                let suggestions = suggest(source, target, open, lost);
                if suggestions.is_empty() {
                    let _ = writeln!(text, "      # {target_name}: $.…");
                }
                for suggestion in suggestions {
                    let _ = writeln!(
                        text,
                        "      # {target_name}: {}   # {}",
                        suggestion.rule, suggestion.reason
                    );
                }
            }
        }
        if !lost.is_empty() {
            let _ =
                writeln!(text, "    # What gets lost is listed here with a reason, unless a rule uses it.");
            let _ = writeln!(text, "    drop:");
            for open in lost {
                let _ = writeln!(
                    text,
                    "      # - {{path: {}, reason: \"…\", approved_by: …}}   # {}",
                    quoted(&open.path),
                    open.ty
                );
            }
        }
        Ok(text)
    }

    /// The settings.
    fn head(&self, direction: Direction) -> Result<String, Failure> {
        let topic = |given: &Option<String>, pinned: &PinnedSchema, option: &str| {
            given.clone().or_else(|| pinned.subject.strip_suffix("-value").map(str::to_owned)).ok_or_else(
                || Failure(format!("the subject `{}` does not say its topic: give {option}", pinned.subject)),
            )
        };
        let old_topic = topic(&self.old_topic, &self.old, "--old-topic")?;
        let new_topic = topic(&self.new_topic, &self.new, "--new-topic")?;
        let schema = |pinned: &PinnedSchema| {
            format!("{{subject: {}, version: {}}}", quoted(&pinned.subject), pinned.version)
        };
        let key = |key: &Option<PinnedSchema>| {
            key.as_ref().map_or_else(String::new, |key| format!("key: {}, ", schema(key)))
        };
        let mut text = String::new();
        let _ = writeln!(text, "apiVersion: srt/v1\nkind: TopicMigration");
        let _ = writeln!(text, "name: {}", self.name.as_ref().unwrap_or(&new_topic));
        if let Some(url) = &self.registry.url() {
            let _ = writeln!(text, "registry: {{url: {}}}", quoted(url));
        }
        let _ = writeln!(
            text,
            "old: {{topic: {}, {}value: {}}}",
            quoted(&old_topic),
            key(&self.old_key),
            schema(&self.old)
        );
        let _ = writeln!(
            text,
            "new: {{topic: {}, {}value: {}}}",
            quoted(&new_topic),
            key(&self.new_key),
            schema(&self.new)
        );
        let _ = writeln!(text, "directions: [{direction}]");
        let _ = writeln!(text, "delivery: exactly_once");
        let _ = writeln!(text, "errors: {{policy: dlq, topic: {}}}", quoted(&format!("{new_topic}.dlq")));
        Ok(text)
    }
}

async fn load(store: &SchemaStore, place: &PinnedSchema) -> Result<Pinned, Failure> {
    let stored = store.pinned(place).await.map_err(Failure::new)?;
    Pinned::new(stored.schema, place.message.clone()).map_err(Failure::new)
}

/// A text as YAML takes it anywhere.
fn quoted(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-./$".contains(character);
    if !text.is_empty()
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
        && text.chars().all(is_plain)
    {
        text.to_owned()
    } else {
        serde_json::Value::String(text.to_owned()).to_string()
    }
}
