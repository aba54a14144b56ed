//! How the pieces of a schema object become one schema.
//!
//! Pieces of the same kind merge. A list of types takes pieces that belong to one of its types. Everything else makes
//! an `allOf`, inside of which pieces of the same kind still merge; from then on a list of types takes no more.

use crate::json::load::Loader;
use crate::json::model::{ArrayRules, Criterion, Kind, NodeId, NumberRules, ObjectRules, StringRules};
use crate::json::references::Place;

/// What one keyword says.
pub(super) enum Piece {
    String(StringRules),
    Number(NumberRules),
    Object(ObjectRules),
    Array(ArrayRules),
    /// A kind that never merges.
    Other(Kind),
    /// Several types.
    Types(Vec<Piece>),
    /// A keyword that is known and says nothing.
    Nothing,
}

/// What the keywords so far say.
#[derive(Default)]
pub(super) enum Product {
    #[default]
    None,
    One(Piece),
    All(Vec<Piece>),
}

impl Product {
    /// Adds what the next keyword says.
    pub(super) fn join(&mut self, piece: Piece) {
        *self = match (std::mem::take(self), piece) {
            (Self::None, Piece::Nothing) => Self::All(Vec::new()),
            (Self::None, piece) => Self::One(piece),
            (Self::One(Piece::Types(mut types)), piece) => {
                match merge_into(&mut types, piece, Reach::SameKind) {
                    None => Self::One(Piece::Types(types)),
                    Some(piece) => all(vec![Piece::Types(types)], piece),
                }
            }
            (Self::One(one), Piece::Types(mut types)) => match merge_into(&mut types, one, Reach::SameKind) {
                None => Self::One(Piece::Types(types)),
                Some(one) => all(vec![one], Piece::Types(types)),
            },
            (Self::One(one), piece) => {
                let mut pieces = vec![one];
                match merge_into(&mut pieces, piece, Reach::Mergeable) {
                    None => match pieces.pop() {
                        Some(one) => Self::One(one),
                        None => Self::None,
                    },
                    Some(piece) => all(pieces, piece),
                }
            }
            (Self::All(pieces), piece) => all(pieces, piece),
        };
    }

    /// The schema, and whether it is an `allOf` or a list of types that nobody wrote as such.
    pub(super) fn finish<'a>(self, loader: &mut Loader<'a>, place: &Place<'a>) -> (Kind, bool) {
        let mut pieces = match self {
            Self::None => return (Kind::Empty, false),
            Self::One(piece) => return piece.finish(loader, place),
            Self::All(pieces) => pieces,
        };
        match (pieces.pop(), pieces.is_empty()) {
            (None, _) => (Kind::Empty, false),
            (Some(only), true) => only.finish(loader, place),
            (Some(last), false) => {
                pieces.push(last);
                (Kind::Combined(Criterion::All, nodes(pieces, loader, place)), true)
            }
        }
    }
}

fn all(mut pieces: Vec<Piece>, piece: Piece) -> Product {
    if !matches!(piece, Piece::Nothing)
        && let Some(piece) = merge_into(&mut pieces, piece, Reach::Mergeable)
    {
        pieces.push(piece);
    }
    Product::All(pieces)
}

/// With which pieces of a list another one merges.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// With those that have keywords of their own.
    Mergeable,
    /// With any of the same kind; those without keywords of their own stand beside each other.
    SameKind,
}

/// Merges a piece with the first of its kind, or gives it back.
fn merge_into(pieces: &mut Vec<Piece>, piece: Piece, reach: Reach) -> Option<Piece> {
    let mut piece = piece;
    for other in pieces.iter_mut() {
        match (other, piece) {
            (Piece::String(rules), Piece::String(more)) => {
                rules.merge(more);
                return None;
            }
            (Piece::Number(rules), Piece::Number(more)) => {
                rules.merge(more);
                return None;
            }
            (Piece::Object(rules), Piece::Object(more)) => {
                rules.merge(more);
                return None;
            }
            (Piece::Array(rules), Piece::Array(more)) => {
                rules.merge(more);
                return None;
            }
            (_, back) => piece = back,
        }
    }
    let is_twin =
        |other: &Piece, kind: &Kind| matches!(other, Piece::Other(other) if other.class() == kind.class());
    if reach == Reach::SameKind
        && let Piece::Other(kind) = &piece
        && pieces.iter().any(|other| is_twin(other, kind))
    {
        pieces.push(piece);
        return None;
    }
    Some(piece)
}

fn nodes<'a>(pieces: Vec<Piece>, loader: &mut Loader<'a>, place: &Place<'a>) -> Vec<NodeId> {
    let mut nodes = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (kind, is_generated) = piece.finish(loader, place);
        let id = loader.part(place, kind);
        loader.node(id).is_generated = is_generated;
        nodes.push(id);
    }
    nodes
}

impl Piece {
    fn finish<'a>(self, loader: &mut Loader<'a>, place: &Place<'a>) -> (Kind, bool) {
        match self {
            Self::String(rules) => (Kind::String(Box::new(rules)), false),
            Self::Number(rules) => (Kind::Number(Box::new(rules)), false),
            Self::Object(mut rules) => {
                rules.properties.require(&rules.required);
                (Kind::Object(Box::new(rules)), false)
            }
            Self::Array(mut rules) => {
                rules.permits_additional |= rules.items.is_some() || rules.additional.is_some();
                (Kind::Array(Box::new(rules)), false)
            }
            Self::Other(kind) => (kind, false),
            Self::Types(types) => (Kind::Combined(Criterion::Any, nodes(types, loader, place)), true),
            Self::Nothing => (Kind::Empty, false),
        }
    }
}

impl StringRules {
    fn merge(&mut self, more: Self) {
        self.is_required |= more.is_required;
        self.min_length = more.min_length.or(self.min_length);
        self.max_length = more.max_length.or(self.max_length);
        self.pattern = more.pattern.or(self.pattern.take());
    }
}

impl NumberRules {
    fn merge(&mut self, more: Self) {
        self.is_required |= more.is_required;
        self.is_integer |= more.is_integer;
        self.minimum = more.minimum.or(self.minimum);
        self.maximum = more.maximum.or(self.maximum);
        self.exclusive_minimum = more.exclusive_minimum.or(self.exclusive_minimum);
        self.exclusive_maximum = more.exclusive_maximum.or(self.exclusive_maximum);
        self.multiple_of = more.multiple_of.or(self.multiple_of.take());
    }
}

impl ObjectRules {
    fn merge(&mut self, more: Self) {
        self.is_required |= more.is_required;
        if more.properties.len() > 0 {
            self.properties = more.properties;
        }
        self.required.extend(more.required);
        self.patterns.extend(more.patterns);
        self.permits_additional &= more.permits_additional;
        self.additional = more.additional.or(self.additional);
        self.unevaluated = more.unevaluated.or(self.unevaluated);
        self.names = more.names.or(self.names);
        self.min_properties = more.min_properties.or(self.min_properties);
        self.max_properties = more.max_properties.or(self.max_properties);
        self.required_with.extend(more.required_with);
        self.schema_with.extend(more.schema_with);
    }
}

impl ArrayRules {
    fn merge(&mut self, more: Self) {
        self.is_required |= more.is_required;
        self.items = more.items.or(self.items);
        self.tuple.extend(more.tuple);
        self.permits_additional &= more.permits_additional;
        self.additional = more.additional.or(self.additional);
        self.unevaluated = more.unevaluated.or(self.unevaluated);
        self.contains = more.contains.or(self.contains);
        self.min_items = more.min_items.or(self.min_items);
        self.max_items = more.max_items.or(self.max_items);
        self.min_contains = more.min_contains.or(self.min_contains);
        self.max_contains = more.max_contains.or(self.max_contains);
        self.is_unique |= more.is_unique;
    }
}
