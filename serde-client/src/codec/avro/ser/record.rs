//! Records: fields in the order of the type, bytes in the order of the schema.

use std::slice;

use serde::ser::Serialize;

use super::Encoder;
use super::place::NodeWriter;
use super::runs::Run;
use crate::codec::EncodeError;
use crate::codec::avro::plan::{RecordPlan, Write};

/// A record being written.
#[derive(Debug)]
pub(super) struct Fields<'a, 'p, 'o> {
    pub(super) encoder: &'a mut Encoder<'p, 'o>,
    plan: &'p RecordPlan,
    /// The fields behind the last one that was written.
    rest: slice::Iter<'p, Write>,
    /// Where the record starts.
    start: usize,
    /// Where the run that is being written starts, and its first field.
    run: (usize, usize),
    /// Runs of the records around this one.
    base: usize,
}

impl<'a, 'p, 'o> Fields<'a, 'p, 'o> {
    #[inline(always)]
    pub(super) fn new(encoder: &'a mut Encoder<'p, 'o>, index: u32) -> Self {
        let plan = encoder.plan.record(index);
        let start = encoder.out.position();
        let base = encoder.runs.len();
        Self { encoder, plan, rest: plan.writes.iter(), start, run: (start, 0), base }
    }

    /// The number of the field behind the last one that was written.
    fn next(&self) -> usize {
        self.plan.writes.len() - self.rest.len()
    }

    /// Writes the field of that name. Addresses are compared first: a type always gives the same ones.
    #[inline(always)]
    pub(super) fn named<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        let write = match self.rest.as_slice().first() {
            Some(write) if write.key.is(name) => {
                let _ = self.rest.next();
                write
            }
            _ => self.find_static(name)?,
        };
        self.put(write, value)
    }

    /// Writes the next field.
    #[inline(always)]
    pub(super) fn write<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        let write = self.step()?;
        self.put(write, value)
    }

    /// Goes behind the next field.
    #[inline]
    fn step(&mut self) -> Result<&'p Write, EncodeError> {
        match self.rest.next() {
            Some(write) => Ok(write),
            None => Err(self.too_many()),
        }
    }

    #[inline(always)]
    fn put<T: Serialize + ?Sized>(&mut self, write: &'p Write, value: &T) -> Result<(), EncodeError> {
        match value.serialize(NodeWriter { encoder: self.encoder, place: &write.place }) {
            Ok(()) => Ok(()),
            Err(misfit) => Err(self.within(misfit)),
        }
    }

    #[cold]
    #[inline(never)]
    fn too_many(&self) -> EncodeError {
        EncodeError::new(format!("more values than the record {} has fields", self.plan.shape.name))
    }

    #[cold]
    #[inline(never)]
    fn within(&self, misfit: EncodeError) -> EncodeError {
        let field = self.next().checked_sub(1).and_then(|at| self.plan.shape.fields.get(at));
        misfit.within(field.map_or("", |field| &*field.name))
    }

    #[inline(never)]
    fn find_static(&mut self, name: &'static str) -> Result<&'p Write, EncodeError> {
        let writes = &self.plan.writes;
        let known =
            if self.is_next(name) { None } else { writes.iter().position(|write| write.key.is(name)) };
        let at = match known {
            Some(at) => at,
            None => self.position(name)?,
        };
        if let Some(write) = writes.get(at) {
            write.key.learn(name);
        }
        self.go_to(at);
        self.step()
    }

    fn is_next(&self, name: &str) -> bool {
        self.plan.shape.fields.get(self.next()).is_some_and(|field| &*field.name == name)
    }

    fn position(&self, name: &str) -> Result<usize, EncodeError> {
        let at = if self.is_next(name) { Some(self.next()) } else { self.plan.shape.position(name) };
        at.ok_or_else(|| {
            let record = &self.plan.shape.name;
            EncodeError::new(format!(
                "the record {record} of the schema has no field `{name}`; add it to the schema, or leave it out of the \
                 type with #[serde(skip)]"
            ))
        })
    }

    /// Goes to the field of a name that is no constant: the key of a map.
    pub(super) fn find(&mut self, name: &str) -> Result<(), EncodeError> {
        let at = self.position(name)?;
        self.go_to(at);
        Ok(())
    }

    fn go_to(&mut self, at: usize) {
        if at != self.next() {
            self.end_run();
            self.rest = self.plan.writes.get(at..).unwrap_or_default().iter();
            self.run = (self.encoder.out.position(), at);
        }
    }

    fn end_run(&mut self) {
        let ((start, first), next) = (self.run, self.next());
        if first == next {
            return;
        }
        // Positions of fields fit, as those of types in a plan do.
        let (first, behind) = (u32::try_from(first), u32::try_from(next));
        if let (Ok(first), Ok(behind)) = (first, behind) {
            self.encoder.runs.push(Run { first, behind, start, end: self.encoder.out.position() });
        }
    }

    /// Says that the type leaves a field out.
    #[inline]
    pub(super) fn leave_out(&mut self, name: &'static str) -> Result<(), EncodeError> {
        if !self.is_next(name) {
            return Ok(());
        }
        self.absent_next()
    }

    fn absent_next(&mut self) -> Result<(), EncodeError> {
        self.absent(self.next())?;
        self.step().map(|_| ())
    }

    fn absent(&mut self, at: usize) -> Result<(), EncodeError> {
        match self.plan.absent.get(at) {
            Some(Some(bytes)) => {
                self.encoder.out.raw(bytes);
                Ok(())
            }
            _ => Err(self.missing(at)),
        }
    }

    #[cold]
    #[inline(never)]
    fn missing(&self, at: usize) -> EncodeError {
        let name = self.plan.shape.fields.get(at).map_or("", |field| &*field.name);
        EncodeError::new("the type has no such field, and the schema has no default for it").within(name)
    }

    /// Ends the record.
    #[inline]
    pub(super) fn end(&mut self) -> Result<(), EncodeError> {
        if self.encoder.runs.len() != self.base || self.run.1 != 0 {
            return self.put_in_order();
        }
        while self.rest.len() > 0 {
            self.absent_next()?;
        }
        Ok(())
    }

    /// Writes the record again, in order, behind what there is of it, and moves it to its place.
    #[inline(never)]
    fn put_in_order(&mut self) -> Result<(), EncodeError> {
        self.end_run();
        let (base, count) = (self.base, self.encoder.runs.len() - self.base);
        self.encoder.runs.from(base).sort_unstable_by_key(|run| run.first);
        let ordered = self.encoder.out.position();
        let mut next = 0;
        for at in 0..count {
            let run = self.encoder.runs.from(base).get(at).copied().unwrap_or_default();
            if (run.first as usize) < next {
                let name = self.plan.shape.fields.get(run.first as usize).map_or("", |field| &*field.name);
                return Err(EncodeError::new("the field is given twice").within(name));
            }
            for absent in next..run.first as usize {
                self.absent(absent)?;
            }
            self.encoder.out.repeat(run.start, run.end);
            next = run.behind as usize;
        }
        for absent in next..self.plan.writes.len() {
            self.absent(absent)?;
        }
        self.encoder.runs.truncate(base);
        self.encoder.out.cut(self.start, ordered);
        Ok(())
    }
}
