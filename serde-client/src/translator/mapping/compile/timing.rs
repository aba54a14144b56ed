//! The rule `time`.

use super::actions::Made;
use super::{Half, Scope, Typed};
use crate::codec::avro::LogicalType;
use crate::translator::mapping::problem::{Place, Problem};
use crate::translator::mapping::program::{Op, Time, TimeFrom, TimeTo};
use crate::translator::mapping::rule::{TimeForm, TimeRule};
use crate::translator::mapping::shape::{Integer, Kind, TypeId};

const MILLIS: i64 = 1_000_000;
const MICROS: i64 = 1_000;
const SECONDS: i64 = 1_000_000_000;

impl Half<'_> {
    /// A point in time in another writing: that of `wanted`, or the one that the rule names.
    pub(super) fn time(
        &mut self,
        at: Place,
        rule: &TimeRule,
        wanted: Option<TypeId>,
        scope: &Scope,
    ) -> Made<Typed> {
        let wrong = |message: String| Some(Problem::new(at, message));
        let typed = self.natural(&rule.of, scope)?;
        let (source, may_be_null) = self.types.non_null(typed.ty);
        let from = self.form_of(source, rule.from).map_err(wrong)?;
        let from = match from {
            TimeForm::Days => TimeFrom::Days,
            TimeForm::Rfc3339 => TimeFrom::Rfc3339,
            TimeForm::IsoDate => TimeFrom::IsoDate,
            counted => TimeFrom::Unit(unit(counted)),
        };
        let target = match (wanted, rule.to) {
            (Some(wanted), _) => wanted,
            (None, Some(TimeForm::Rfc3339 | TimeForm::IsoDate)) => self.types.push(Kind::String, None),
            (None, Some(_)) => self.types.push(Kind::Integer(Integer::I64), None),
            (None, None) => {
                return Err(wrong("`to` is missing: inside another rule nothing else says it".to_owned()));
            }
        };
        let (inner, nullable) = self.types.non_null(target);
        if wanted.is_some() && may_be_null && !nullable {
            return Err(wrong(
                "the time can be null and the target cannot: put `default` around it".to_owned(),
            ));
        }
        let to = self.form_of(inner, rule.to).map_err(wrong)?;
        let is_narrow = matches!(self.types.kind(inner), Kind::Integer(Integer::I32));
        let to = match to {
            TimeForm::Days => TimeTo::Days,
            TimeForm::Rfc3339 => TimeTo::Rfc3339,
            TimeForm::IsoDate => TimeTo::IsoDate,
            counted => TimeTo::Unit(unit(counted), is_narrow),
        };
        let ty = if wanted.is_none() && may_be_null { self.nullable(target) } else { target };
        let time = Time { from, to, offset_minutes: rule.offset_minutes };
        Ok(Typed { op: Op::Time(Box::new(typed.op), time), ty, path: String::new() })
    }

    /// How a type writes a time; `said` is what the rule says.
    fn form_of(&self, ty: TypeId, said: Option<TimeForm>) -> Result<TimeForm, String> {
        let found = self.types.get(ty);
        let by_meaning = match found.meaning {
            Some(LogicalType::TimestampMillis | LogicalType::LocalTimestampMillis) => Some(TimeForm::Millis),
            Some(LogicalType::TimestampMicros | LogicalType::LocalTimestampMicros) => Some(TimeForm::Micros),
            Some(LogicalType::TimestampNanos | LogicalType::LocalTimestampNanos) => Some(TimeForm::Nanos),
            Some(LogicalType::Date) => Some(TimeForm::Days),
            _ => None,
        };
        let what = self.types.describe(ty);
        let form = match (by_meaning, said) {
            (Some(known), Some(said)) if known != said => {
                return Err(format!("the type says {what}, and the rule says another unit"));
            }
            (Some(known), _) => known,
            (None, Some(said)) => said,
            (None, None) if matches!(found.kind, Kind::String) => TimeForm::Rfc3339,
            (None, None) => {
                return Err(format!("{what} does not say how it writes a time: add `from`, or `to`"));
            }
        };
        let is_text = matches!(form, TimeForm::Rfc3339 | TimeForm::IsoDate);
        let fits = match &found.kind {
            Kind::String => is_text,
            Kind::Integer(Integer::I32) => !is_text,
            Kind::Integer(Integer::I64) => !is_text,
            _ => false,
        };
        if fits { Ok(form) } else { Err(format!("{what} does not hold a time of this form")) }
    }
}

fn unit(form: TimeForm) -> i64 {
    match form {
        TimeForm::Seconds => SECONDS,
        TimeForm::Millis => MILLIS,
        TimeForm::Micros => MICROS,
        TimeForm::Nanos | TimeForm::Days | TimeForm::Rfc3339 | TimeForm::IsoDate => 1,
    }
}
