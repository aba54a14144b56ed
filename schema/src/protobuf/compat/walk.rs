//! Both schemas side by side: which pairs of messages are compared, and what was found.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::difference::Difference;
use super::explain;
use super::place::Place;
use super::side::Side;
use super::{FINDINGS_LENGTH_MAX, FINDINGS_MAX};
use crate::incompatibility::Incompatibility;
use crate::protobuf::names::{Declared, Found};
use crate::protobuf::syntax::Message;

/// When the answer about two imported types is taken from the last time they met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recall {
    /// Where the walk would find the same again: as the reference registry, which does not remember.
    Exact,
    /// Always: each pair is compared once.
    Always,
}

/// A message by its place in memory: the walk holds both schemas.
type Identity = *const Message;

/// What is known about a pair of imported types.
struct Known {
    compatible: bool,
    /// The messages that were compared on the way, if some of them refer to each other.
    circle: Vec<Identity>,
}

/// Walks two schemas side by side.
pub(super) struct Walk<'w, 'a> {
    pub(super) writer: &'w Side<'a>,
    pub(super) reader: &'w Side<'a>,
    pub(super) place: Place,
    recall: Recall,
    steps_left: u64,
    findings: Vec<Incompatibility>,
    text_length: usize,
    listed: HashSet<(&'static str, String)>,
    /// The writer's messages that are being compared, with their depth.
    open: HashMap<Identity, usize>,
    /// Every message of the writer that was entered, in order.
    trail: Vec<Identity>,
    /// The outermost open message that was met again.
    met_again: usize,
    known: HashMap<(Identity, Identity), Known>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(reader: &'w Side<'a>, writer: &'w Side<'a>, recall: Recall, steps_max: u64) -> Self {
        Self {
            writer,
            reader,
            place: Place::top(reader, writer),
            recall,
            steps_left: steps_max,
            findings: Vec::new(),
            text_length: 0,
            listed: HashSet::new(),
            open: HashMap::new(),
            trail: Vec::new(),
            met_again: usize::MAX,
            known: HashMap::new(),
        }
    }

    /// All findings; `None` when the steps did not suffice.
    pub(super) fn findings(mut self) -> Option<Vec<Incompatibility>> {
        let (writer, reader) = (self.writer.root(), self.reader.root());
        if writer.package != reader.package {
            self.add(Difference::PackageChanged);
        }
        self.compare_types(&writer.types, &reader.types);
        (self.steps_left > 0 || self.is_full()).then_some(self.findings)
    }

    /// Counts steps; false when the walk is over.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.steps_left = self.steps_left.saturating_sub(steps as u64);
        self.steps_left > 0 && !self.is_full()
    }

    fn is_full(&self) -> bool {
        self.findings.len() >= FINDINGS_MAX || self.text_length >= FINDINGS_LENGTH_MAX
    }

    /// Lists a difference unless it is listed, and answers that the two are not compatible.
    pub(super) fn add(&mut self, difference: Difference<'a>) -> bool {
        let path = self.place.path(difference.spot());
        if !self.is_full() && self.listed.insert((difference.kind(), path.clone())) {
            let finding = explain::finding(self.reader, self.writer, &self.place, difference, path);
            self.text_length += finding.text_length();
            self.findings.push(finding);
        }
        false
    }

    /// Opens a message of the writer; false if it is open already.
    pub(super) fn open(&mut self, message: &'a Message) -> bool {
        let depth = self.open.len();
        match self.open.get(&std::ptr::from_ref(message)) {
            Some(&met) => {
                self.met_again = self.met_again.min(met);
                false
            }
            None => {
                self.open.insert(message, depth);
                self.trail.push(message);
                true
            }
        }
    }

    pub(super) fn close(&mut self, message: &'a Message) {
        self.open.remove(&std::ptr::from_ref(message));
    }

    /// Compares two types of the same name where they are declared, whichever files these are; true if compatible.
    pub(super) fn compare_declared(&mut self, reader: Found<'a>, writer: Found<'a>, local: &str) -> bool {
        let (Declared::Message(ours), Declared::Message(theirs)) = (reader.declared, writer.declared) else {
            return true;
        };
        let pair = (std::ptr::from_ref(ours), std::ptr::from_ref(theirs));
        if pair.0 == pair.1 {
            return true;
        }
        if let Some(compatible) = self.recall(pair) {
            return compatible;
        }
        let place = Place { local: local.to_owned(), reader_scope: reader.id, writer_scope: writer.id };
        let outer = std::mem::replace(&mut self.place, place);
        let (depth, start) = (self.open.len(), self.trail.len());
        let met_outside = std::mem::replace(&mut self.met_again, usize::MAX);
        let compatible = self.compare_messages(theirs, ours);
        self.place = outer;
        if self.met_again >= depth || self.recall == Recall::Always {
            let is_circle = self.met_again != usize::MAX;
            let trail = self.trail.get(start..).unwrap_or_default();
            let circle = if is_circle { trail.to_vec() } else { Vec::new() };
            self.known.insert(pair, Known { compatible, circle });
            self.met_again = met_outside;
        } else {
            self.met_again = self.met_again.min(met_outside);
        }
        compatible
    }

    /// The answer about a pair, if the walk would give the same again.
    fn recall(&mut self, pair: (Identity, Identity)) -> Option<bool> {
        let known = self.known.get(&pair)?;
        if self.recall == Recall::Exact && known.circle.iter().any(|each| self.open.contains_key(each)) {
            return None;
        }
        self.steps_left = self.steps_left.saturating_sub(known.circle.len() as u64);
        self.trail.extend_from_slice(&known.circle);
        Some(known.compatible)
    }
}
