//! The mappings of other types of a topic, from the files that a mapping names under `types`.

use std::collections::BTreeMap;

use super::{Failure, Loaded, read_mapping};
use crate::translator::lookup_tables::FileTables;
use crate::translator::mapped::MappedDirection;
use crate::translator::mapping::file::{DirectionRules, UsedMapping};
use crate::translator::migration::{Direction, TopicSchemas};

impl Loaded {
    /// The mappings of the types that a direction names beside its own, by the full names of the types.
    pub(super) fn types(&self, direction: Direction) -> Result<Vec<(String, Self)>, Failure> {
        let rules = self.rules(direction)?;
        let used = |(name, used): (&String, &UsedMapping)| {
            let wrong = |reason: String| {
                let at = used.at;
                Failure(format!("{}: line {}, column {}: {reason}", self.path.display(), at.line, at.column))
            };
            let loaded = self.used(used, rules, direction);
            loaded.map(|loaded| (name.clone(), loaded)).map_err(|Failure(reason)| wrong(reason))
        };
        rules.types.mappings.iter().map(used).collect()
    }

    fn used(
        &self,
        used: &UsedMapping,
        rules: &DirectionRules,
        direction: Direction,
    ) -> Result<Self, Failure> {
        let path = self.path.with_file_name(&used.file);
        let mut file = read_mapping(&path)?;
        let own = &self.file.migration;
        let place = |topic: &mut TopicSchemas, own: &TopicSchemas| {
            if topic.topic != own.topic {
                return Err(Failure(format!(
                    "`{}` is for `{}`, not for `{}`",
                    used.file, topic.topic, own.topic
                )));
            }
            if topic.key.as_ref().is_some_and(|key| Some(key) != own.key.as_ref()) {
                return Err(Failure(format!("`{}` has another key: leave it out there", used.file)));
            }
            topic.key.clone_from(&own.key);
            Ok(())
        };
        place(&mut file.migration.old, &own.old)?;
        place(&mut file.migration.new, &own.new)?;
        let Some(other) = file.maps.get_mut(&direction) else {
            return Err(Failure(format!("`{}` has no rules for `{direction}`", used.file)));
        };
        if !other.types.mappings.is_empty() {
            return Err(Failure(format!("`{}` names types of its own: name them here", used.file)));
        }
        // All records of a topic have keys of one kind.
        other.key.clone_from(&rules.key);
        other.field.clone_from(&rules.field);
        Ok(Self { tables: FileTables::beside(&path), path, file, store: self.store.clone() })
    }

    pub(super) fn rules(&self, direction: Direction) -> Result<&DirectionRules, Failure> {
        let missing = || Failure(format!("the mapping has no rules for `{direction}`"));
        self.file.maps.get(&direction).ok_or_else(missing)
    }

    /// The mapping of the pinned type alone.
    pub(super) async fn compiled(&self, direction: Direction) -> Result<MappedDirection, Failure> {
        let schemas = self.schemas(direction).await?;
        let mapped = MappedDirection::new(self.store.clone(), schemas, self.rules(direction)?, &self.tables);
        mapped.map_err(|error| Failure(format!("{}: {error}", self.path.display())))
    }

    /// The mappings of [`Self::types`].
    pub(super) async fn compiled_types(
        &self,
        direction: Direction,
    ) -> Result<BTreeMap<String, MappedDirection>, Failure> {
        let mut compiled = BTreeMap::new();
        for (name, used) in self.types(direction)? {
            compiled.insert(name, used.compiled(direction).await?);
        }
        Ok(compiled)
    }
}
