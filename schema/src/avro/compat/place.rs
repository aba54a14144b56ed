//! Where in the two schemas a comparison stands.

use std::fmt::Write;

use crate::avro::schema::{Field, Record};

/// One step down.
#[derive(Clone, Copy, Debug)]
pub(in crate::avro) enum Step<'a> {
    /// Into a field of the reader.
    Field {
        /// The reader's record.
        record: &'a Record,
        /// Position of the field in it.
        index: usize,
    },
    /// To the type of a field.
    Type,
    /// To the elements of an array.
    Items,
    /// To the values of a map.
    Values,
    /// To a branch of the writer's union.
    Branch(usize),
    /// To the symbols of an enum.
    Symbols,
    /// To the name of a named type.
    Name,
    /// To the size of a fixed.
    Size,
}

/// The steps from the roots to the current types. Text is made only when a finding asks for it.
#[derive(Debug, Default)]
pub(in crate::avro) struct Place<'a> {
    steps: Vec<Step<'a>>,
    restart: usize,
}

impl<'a> Place<'a> {
    pub(in crate::avro) fn push(&mut self, step: Step<'a>) {
        self.steps.push(step);
    }

    pub(in crate::avro) fn pop(&mut self) {
        self.steps.pop();
    }

    /// Enters a branch of a writer's union that meets a reader without one: the reference registry counts its
    /// locations from there. Returns what [`Place::leave_branch`] needs.
    pub(super) fn enter_branch(&mut self, index: usize) -> usize {
        let outer = std::mem::replace(&mut self.restart, self.steps.len());
        self.push(Step::Branch(index));
        outer
    }

    pub(super) fn leave_branch(&mut self, outer: usize) {
        self.pop();
        self.restart = outer;
    }

    /// The path from the roots as a JSON pointer.
    pub(in crate::avro) fn path(&self) -> String {
        pointer(&self.steps)
    }

    /// The path as the reference registry prints it.
    pub(in crate::avro) fn location(&self) -> String {
        pointer(self.steps.get(self.restart..).unwrap_or_default())
    }

    /// The innermost field around the place, and its record.
    pub(in crate::avro) fn field(&self) -> Option<(&'a Record, &'a Field)> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Field { record, index } => record.fields.get(*index).map(|field| (*record, field)),
            _ => None,
        })
    }

    /// The steps from the innermost field's type, or from the root where there is no field.
    pub(in crate::avro) fn inside_field(&self) -> &[Step<'a>] {
        let start = self.steps.iter().rposition(|step| matches!(step, Step::Type)).map_or(0, |at| at + 1);
        self.steps.get(start..).unwrap_or_default()
    }
}

fn pointer(steps: &[Step<'_>]) -> String {
    if steps.is_empty() {
        return "/".to_owned();
    }
    let mut path = String::new();
    for step in steps {
        path.push('/');
        match step {
            Step::Field { index, .. } => drop(write!(path, "fields/{index}")),
            Step::Branch(index) => drop(write!(path, "{index}")),
            Step::Type => path.push_str("type"),
            Step::Items => path.push_str("items"),
            Step::Values => path.push_str("values"),
            Step::Symbols => path.push_str("symbols"),
            Step::Name => path.push_str("name"),
            Step::Size => path.push_str("size"),
        }
    }
    path
}
