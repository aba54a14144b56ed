//! What every command that reads or writes topics takes.

use std::sync::Arc;

use clap::Args;

use super::{Failure, Loaded};
use crate::translator::cluster::Connection;
use crate::translator::migration::Direction;
use crate::translator::typed::TypedDirection;

/// Where Kafka is.
#[derive(Debug, Args)]
pub(super) struct KafkaArgs {
    /// `host:port` of a broker, more of them with commas between; the environment's KAFKA_BOOTSTRAP_SERVERS without it.
    #[arg(long, short, value_name = "HOST:PORT")]
    bootstrap: Option<String>,
    /// A setting of librdkafka, such as `-X security.protocol=SASL_SSL`; may be repeated.
    #[arg(short = 'X', value_name = "NAME=VALUE", value_parser = property)]
    properties: Vec<(String, String)>,
}

fn property(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is needed")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

impl KafkaArgs {
    pub(super) fn connection(&self) -> Result<Connection, Failure> {
        let named = self.bootstrap.clone();
        let bootstrap = named.or_else(|| std::env::var("KAFKA_BOOTSTRAP_SERVERS").ok());
        let bootstrap = bootstrap.filter(|bootstrap| !bootstrap.is_empty()).ok_or_else(|| {
            Failure("no Kafka is named: give --bootstrap HOST:PORT, or KAFKA_BOOTSTRAP_SERVERS".to_owned())
        })?;
        Ok(Connection { bootstrap, properties: self.properties.clone() })
    }
}

/// `new->old` or `old->new`.
pub(super) fn direction(text: &str) -> Result<Direction, String> {
    [Direction::NewToOld, Direction::OldToNew]
        .into_iter()
        .find(|direction| direction.word() == text || direction.slug() == text)
        .ok_or_else(|| "`new->old` or `old->new` is needed".to_owned())
}

impl Loaded {
    /// The direction that is asked for; the only one of the mapping when none is.
    pub(super) fn direction(&self, asked: Option<Direction>) -> Result<Direction, Failure> {
        let known = &self.file.migration.directions;
        match asked {
            Some(asked) if known.contains(&asked) => Ok(asked),
            Some(asked) => Err(Failure(format!("`directions` of the mapping does not name `{asked}`"))),
            None => match known.iter().collect::<Vec<_>>().as_slice() {
                [only] => Ok(**only),
                _ => Err(Failure("the mapping has two directions: say which with --direction".to_owned())),
            },
        }
    }

    /// The direction that is asked for; all of the mapping when none is.
    pub(super) fn directions(&self, asked: Option<Direction>) -> Result<Vec<Direction>, Failure> {
        match asked {
            Some(_) => Ok(vec![self.direction(asked)?]),
            None => Ok(self.file.migration.directions.iter().copied().collect()),
        }
    }

    /// A direction that translates.
    pub(super) async fn mapped(&self, direction: Direction) -> Result<Arc<TypedDirection>, Failure> {
        let main = self.compiled(direction).await?;
        let others = self.compiled_types(direction).await?;
        let mapped = TypedDirection::new(self.store.clone(), main, others, self.rules(direction)?.types.rest);
        mapped.map(Arc::new).map_err(Failure::new)
    }
}
