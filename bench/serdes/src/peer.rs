//! What is measured of whom.

use crate::failure::Failure;
use crate::pass::Pass;
use crate::peers::{apache, fast, hand, own, prost, whole, whole_protobuf};
#[cfg(feature = "registry-clients")]
use crate::peers::{converter, registry_client};
use crate::shape::{Data, Shape};

/// What is done with a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    /// Write a typed value into a buffer that is used again.
    Encode,
    /// Read into a new value that owns all it holds.
    Owned,
    /// Read into a new value that borrows from the record.
    Borrowed,
    /// Read into an existing value.
    Into,
    /// Read into a value that any schema's records fit in.
    Generic,
    /// Read with another schema into a value that owns all it holds.
    Reader,
    /// Read with another schema into a value that borrows from the record.
    ReaderBorrowed,
}

impl Operation {
    /// All of them, in the order of the tables.
    pub(crate) const ALL: [Self; 7] = [
        Self::Encode,
        Self::Owned,
        Self::Borrowed,
        Self::Into,
        Self::Generic,
        Self::Reader,
        Self::ReaderBorrowed,
    ];

    /// The operation of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// As it is called in tables and on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::Owned => "decode owned",
            Self::Borrowed => "decode borrowed",
            Self::Into => "decode into",
            Self::Generic => "decode generic",
            Self::Reader => "reader schema",
            Self::ReaderBorrowed => "reader schema, borrowed",
        }
    }

    /// The hand-written code that it is compared with: there is none that is generic.
    pub(crate) fn yardstick(self) -> Self {
        if self == Self::Generic { Self::Owned } else { self }
    }
}

/// A measurement that is ready to run.
pub(crate) type Ready<'d> = (Operation, Box<dyn Pass + 'd>);

/// A library, or a way to use one.
pub(crate) trait Peer<S: Shape> {
    /// As it is called in tables and on the command line.
    fn name(&self) -> &'static str;
    /// All that it can do with records of the shape.
    fn passes<'d>(&self, data: &'d Data<S>) -> Result<Vec<Ready<'d>>, Failure>;
}

/// All peers, the yardstick first.
pub(crate) fn all<S: Shape>() -> Vec<Box<dyn Peer<S>>> {
    let mut peers: Vec<Box<dyn Peer<S>>> = vec![
        Box::new(hand::Hand),
        Box::new(own::Plain),
        Box::new(own::Derived),
        Box::new(whole::WholePlain),
        Box::new(whole::WholeDerived),
        Box::new(fast::Fast),
        Box::new(apache::Apache),
        Box::new(prost::Prost),
        Box::new(whole_protobuf::WholeProtobuf),
    ];
    peers.extend(registry_clients());
    peers
}

/// The two other registry clients, where they were built.
fn registry_clients<S: Shape>() -> Vec<Box<dyn Peer<S>>> {
    #[cfg(feature = "registry-clients")]
    return vec![Box::new(converter::Converter), Box::new(registry_client::RegistryClient)];
    #[cfg(not(feature = "registry-clients"))]
    Vec::new()
}
