//! The proof where records have chosen their own partitions.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::super::cluster::Span;
use super::super::eras::Eras;
use super::super::translation::Translate;
use super::comparison::{Comparison, Expected, Written};
use super::expectation::Expectation;
use super::latest::LatestByKey;
use super::proof::{DeadLetters, Proof, VerifyError, written};
use super::report::{Counts, DIFFERENCES_MAX, Scope, VerifyReport};
use super::scattered::{Found, Scattered, SharedKeys};

impl Proof<'_> {
    /// Compares all partitions of the source with all of the target.
    pub(super) fn prove_elsewhere(
        &self,
        (translate, runtime, eras): (&Arc<dyn Translate>, &Handle, &Eras),
        mut letters: DeadLetters,
        report: &mut VerifyReport,
    ) -> Result<(), VerifyError> {
        let spans = self.spans()?;
        let mut expectation =
            Expectation::new(self.migration, self.direction, translate, runtime.clone(), eras.clone());
        let mut keys = SharedKeys::default();
        if self.scope == Scope::LatestByKey {
            self.latest_elsewhere(&spans, letters, &mut expectation, (&mut keys, report))?;
        } else {
            let mut scattered = Scattered::default();
            self.read_target(&spans, &mut report.counts, |source, found, written| {
                scattered.see(source, Found::new(found.0, found.1, found.2, written));
            })?;
            for span in spans {
                let letters = letters.remove(&span.partition).unwrap_or_default();
                let all = (&mut scattered, &mut expectation, &mut keys);
                self.every_elsewhere(span, letters, all, report)?;
            }
        }
        report.shared_keys = keys.count();
        Ok(())
    }

    /// Gives every record of the target that this direction wrote, with the partition that it comes from: its origin,
    /// partition and offset, and what it is.
    fn read_target(
        &self,
        spans: &[Span],
        counts: &mut Counts,
        mut see: impl FnMut(i32, (i64, i32, i64), &Written),
    ) -> Result<(), VerifyError> {
        let target = &self.migration.target(self.direction).topic;
        let mut reader = self.read(target, &self.cluster.spans(target)?)?;
        while let Some((origin, record)) = self.next_written(&mut reader, &mut counts.native)? {
            let span = spans.iter().find(|span| span.partition == origin.partition);
            if span.is_none_or(|span| origin.offset < span.end) {
                see(origin.partition, (origin.offset, record.partition, record.offset), &written(&record));
            }
        }
        Ok(())
    }

    fn every_elsewhere(
        &self,
        mut span: Span,
        letters: (HashSet<i64>, Vec<i64>),
        (scattered, expectation, keys): (&mut Scattered, &mut Expectation, &mut SharedKeys),
        report: &mut VerifyReport,
    ) -> Result<(), VerifyError> {
        let mut origins = scattered.of(span.partition);
        let mut comparison = self.comparison(&mut span, letters, origins.first());
        let mut source = self.read(&self.migration.source(self.direction).topic, &[span])?;
        while let Some(record) = source.read()? {
            while let Some(found) = origins.before(record.offset) {
                comparison.stray(found.origin, found.offset);
            }
            let expected = expectation.of(&record, comparison.is_dead_lettered(record.offset))?;
            if let Expected::Written(Written { key: Some(key), .. }) = &expected {
                keys.see(span.partition, key);
            }
            let belongs = expectation.partition().filter(|_| matches!(expected, Expected::Written(_)));
            let takes = origins.take(record.offset, belongs);
            match takes.found {
                None => comparison.unmatched(record.offset, &expected),
                Some(found) => self.compare(&mut comparison, &expected, belongs, found)?,
            }
            takes.again.iter().for_each(|found| comparison.behind(found.origin, found.offset));
        }
        while let Some(found) = origins.before(span.end) {
            comparison.stray(found.origin, found.offset);
        }
        report.spans.push((span.partition, span.from, span.end));
        report.counts.add(&comparison.counts);
        report.differences.extend(comparison.differences);
        Ok(())
    }

    fn compare(
        &self,
        comparison: &mut Comparison,
        expected: &Expected,
        belongs: Option<i32>,
        found: Found,
    ) -> Result<(), VerifyError> {
        if let Some(belongs) = belongs.filter(|belongs| *belongs != found.partition) {
            let detail = format!("it stands in partition {} and belongs in {belongs}", found.partition);
            comparison.misplaced(found.origin, found.offset, detail);
            return Ok(());
        }
        let read;
        let is = match expected {
            Expected::Written(wanted) if found.is(wanted) => wanted,
            // The record itself says what is wrong with it; a few are enough.
            Expected::Written(_) if comparison.differences.len() < DIFFERENCES_MAX => {
                let span = Span { partition: found.partition, from: found.offset, end: found.offset + 1 };
                let target = &self.migration.target(self.direction).topic;
                read = self.read(target, &[span])?.read()?.as_ref().map(written).unwrap_or_default();
                &read
            }
            _ => {
                read = Written::default();
                &read
            }
        };
        comparison.matched(found.origin, expected, found.offset, is);
        Ok(())
    }

    /// Compares the latest records of keys.
    fn latest_elsewhere(
        &self,
        spans: &[Span],
        mut letters: DeadLetters,
        expectation: &mut Expectation,
        (keys, report): (&mut SharedKeys, &mut VerifyReport),
    ) -> Result<(), VerifyError> {
        let mut latest = LatestByKey::default();
        for span in spans {
            let (letters, _) = letters.remove(&span.partition).unwrap_or_default();
            self.expect_latest(*span, &letters, expectation, |record, expected| {
                if let (Some(key), Expected::Written(Written { key: Some(target), .. })) =
                    (&record.key, expected)
                {
                    keys.see(span.partition, target);
                    latest.expect((span.partition, record.offset), key, expected);
                } else if let Some(key) = &record.key {
                    latest.expect((span.partition, record.offset), key, expected);
                }
            })?;
            report.spans.push((span.partition, span.from, span.end));
        }
        self.read_target(spans, &mut report.counts, |source, (origin, partition, offset), written| {
            latest.find((source, origin), (partition, offset), written);
        })?;
        latest.finish();
        report.counts.add(&latest.counts);
        report.differences.extend(latest.differences);
        Ok(())
    }
}
