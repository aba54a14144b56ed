//! Whether a value that a schema lists is valid for another. Three answers: yes, no, and "cannot be told".

use super::decimal::Decimal;
use super::facts::{Contains, Layer, Tuple};
use super::gather::{Dependent, OPAQUE, condition, dependents, limits};
use super::matching::Matching;
use super::place::{Place, count, texts};
use super::types::Types;
use crate::document::Json;
use crate::json::Draft;

/// Schemas that are looked at for one value, at most.
const STEPS_MAX: usize = 5_000;
/// Items of an array that are compared with each other, at most.
const UNIQUE_ITEMS_MAX: usize = 100;

/// Whether `value` is valid at `place`; `None` when that cannot be told.
pub(crate) fn evaluate(place: Place<'_>, value: &Json, matching: &Matching) -> Option<bool> {
    Evaluation { matching, left: STEPS_MAX, open: Vec::new() }.valid(place, value)
}

/// Whether two values are equal; `None` when a number is too long to tell.
pub(crate) fn equal(one: &Json, other: &Json) -> Option<bool> {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => match (Decimal::parse(a), Decimal::parse(b)) {
            (Some(a), Some(b)) => Some(a == b),
            _ => None,
        },
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            all(a.iter().zip(b).map(|(a, b)| equal(a, b)))
        }
        (Json::Object(a), Json::Object(b)) if a.len() == b.len() => all(a
            .iter()
            .map(|(name, value)| other.get(name).map_or(Some(false), |theirs| equal(value, theirs)))),
        (Json::Array(_), Json::Array(_)) | (Json::Object(_), Json::Object(_)) => Some(false),
        (a, b) => Some(a == b),
    }
}

/// "No" if one is no, else "cannot be told" if one is so.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for answer in answers {
        match answer {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    not(all(answers.map(not)))
}

fn not(answer: Option<bool>) -> Option<bool> {
    answer.map(|answer| !answer)
}

struct Evaluation<'m> {
    matching: &'m Matching,
    left: usize,
    /// The pairs of schema and value that are being looked at: a reference may lead back into one.
    open: Vec<(usize, usize)>,
}

impl Evaluation<'_> {
    fn valid(&mut self, place: Place<'_>, value: &Json) -> Option<bool> {
        match place.schema {
            Json::Bool(answer) => return Some(*answer),
            Json::Object(_) => {}
            _ => return None,
        }
        let pair = (place.address(), std::ptr::from_ref(value).addr());
        if self.open.contains(&pair) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.open.push(pair);
        let answer = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.object(place, value));
        self.open.pop();
        answer
    }

    fn object(&mut self, place: Place<'_>, value: &Json) -> Option<bool> {
        let reference = match place.keyword("$ref") {
            Some(_) => place.target().and_then(|target| self.valid(target, value)),
            None => Some(true),
        };
        if place.is_only_reference() {
            return reference;
        }
        let unknown = ["$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems"];
        let known = (!unknown.iter().any(|name| place.keyword(name).is_some())).then_some(true);
        let answers = [
            reference,
            known,
            self.typed(place, value),
            Self::listed(place, value),
            self.by_kind(place, value),
            self.combined(place, value),
        ];
        all(answers.into_iter())
    }

    fn typed(&self, place: Place<'_>, value: &Json) -> Option<bool> {
        if place.keyword("type").is_none() {
            return Some(true);
        }
        Some(Types::of(value)?.lies_in(Types::allowed_by(place)?))
    }

    fn listed(place: Place<'_>, value: &Json) -> Option<bool> {
        let among = match place.keyword("enum") {
            Some(Json::Array(values)) => any(values.iter().map(|listed| equal(listed, value))),
            Some(_) => None,
            None => Some(true),
        };
        let constant = match place.keyword("const") {
            Some(constant) if place.draft > Draft::Draft4 => equal(constant, value),
            _ => Some(true),
        };
        all([among, constant].into_iter())
    }

    fn by_kind(&mut self, place: Place<'_>, value: &Json) -> Option<bool> {
        match value {
            Json::Number(spelling) => Self::number(place, spelling),
            Json::String(text) => self.text(place, text),
            Json::Array(items) => self.array(place, items),
            Json::Object(members) => self.members(place, members),
            Json::Null | Json::Bool(_) => Some(true),
        }
    }

    fn number(place: Place<'_>, spelling: &str) -> Option<bool> {
        const KEYWORDS: &[&str] =
            &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
        if !KEYWORDS.iter().any(|keyword| place.keyword(keyword).is_some()) {
            return Some(true);
        }
        let number = Decimal::parse(spelling)?;
        let readable = KEYWORDS.iter().all(|keyword| match place.keyword(keyword) {
            Some(Json::Number(spelling)) => Decimal::parse(spelling).is_some(),
            Some(Json::Bool(_)) => place.draft == Draft::Draft4,
            Some(_) => false,
            None => true,
        });
        if !readable {
            return None;
        }
        let (low, high) = limits(place);
        let above = low.iter().all(|low| number > low.value || (number == low.value && !low.exclusive));
        let below = high.iter().all(|high| number < high.value || (number == high.value && !high.exclusive));
        let step = place.keyword("multipleOf").and_then(Decimal::of);
        Some(above && below && step.is_none_or(|step| number.is_multiple_of(step)))
    }

    fn text(&self, place: Place<'_>, text: &str) -> Option<bool> {
        let length = u64::try_from(text.chars().count()).ok()?;
        let pattern = match place.keyword("pattern") {
            Some(pattern) => pattern.as_str().and_then(|pattern| self.matching.finds(pattern, text)),
            None => Some(true),
        };
        let opaque = OPAQUE.iter().map(|keyword| match place.keyword(keyword) {
            Some(Json::String(value)) => self.matching.keyword_takes(keyword, value, place.draft, text),
            Some(_) => None,
            None => Some(true),
        });
        all([within(place, length, "minLength", "maxLength"), pattern].into_iter().chain(opaque))
    }

    fn array(&mut self, place: Place<'_>, items: &[Json]) -> Option<bool> {
        let length = u64::try_from(items.len()).ok()?;
        let mut answer = within(place, length, "minItems", "maxItems");
        if place.keyword("uniqueItems") == Some(&Json::Bool(true)) {
            if items.len() > UNIQUE_ITEMS_MAX {
                return None;
            }
            let pairs = items.iter().enumerate().flat_map(|(at, one)| {
                items.get(at + 1..).unwrap_or_default().iter().map(move |other| not(equal(one, other)))
            });
            answer = all([answer, all(pairs)].into_iter());
        }
        if let Some(tuple) = Tuple::of(place) {
            for (index, item) in items.iter().enumerate() {
                let item = tuple.item(index).map_or(Some(true), |schema| self.valid(schema, item));
                answer = all([answer, item].into_iter());
            }
        }
        if let Some(Contains { schema, counts }) = Contains::of(place) {
            let answers = items.iter().map(|item| self.valid(schema, item)).collect::<Option<Vec<_>>>();
            let found = answers.map(|answers| answers.into_iter().filter(|answer| *answer).count());
            let found = found.and_then(|found| u64::try_from(found).ok());
            let fits = found.map(|found| found >= counts.min && counts.max.is_none_or(|max| found <= max));
            answer = all([answer, fits].into_iter());
        }
        answer
    }

    fn members(&mut self, place: Place<'_>, members: &[(String, Json)]) -> Option<bool> {
        let length = u64::try_from(members.len()).ok()?;
        let has = |name: &str| members.iter().any(|(key, _)| key == name);
        let required = texts(place.keyword("required")).all(has);
        let mut answer =
            all([within(place, length, "minProperties", "maxProperties"), Some(required)].into_iter());
        if let Some(layer) = Layer::of(place) {
            for (name, value) in members {
                let schemas = layer.at(name, self.matching);
                let fits = schemas.and_then(|schemas| {
                    all(schemas
                        .into_iter()
                        .map(|schema| self.valid(schema, value))
                        .collect::<Vec<_>>()
                        .into_iter())
                });
                answer = all([answer, fits].into_iter());
            }
        }
        if place.draft > Draft::Draft4
            && let Some(names) = place.schema_at("propertyNames")
        {
            for (name, _) in members {
                let fits = self.valid(names, &Json::String(name.clone()));
                answer = all([answer, fits].into_iter());
            }
        }
        let object = Json::Object(members.to_vec());
        for (name, dependent) in dependents(place).into_iter().filter(|(name, _)| has(name)) {
            let _ = name;
            let fits = match dependent {
                Dependent::Names(names) => Some(texts(Some(names)).all(has)),
                Dependent::Schema(schema) => self.valid(schema, &object),
            };
            answer = all([answer, fits].into_iter());
        }
        answer
    }

    fn combined(&mut self, place: Place<'_>, value: &Json) -> Option<bool> {
        let mut each = |keyword| -> Vec<Option<bool>> {
            place.schemas_at(keyword).map(|branch| self.valid(branch, value)).collect()
        };
        let (every, some, one) = (each("allOf"), each("anyOf"), each("oneOf"));
        let some = if some.is_empty() { Some(true) } else { any(some.into_iter()) };
        let one = match one.iter().copied().collect::<Option<Vec<bool>>>() {
            _ if one.is_empty() => Some(true),
            Some(answers) => Some(answers.into_iter().filter(|answer| *answer).count() == 1),
            None => None,
        };
        let negated = match place.schema_at("not") {
            Some(schema) => not(self.valid(schema, value)),
            None => Some(true),
        };
        let conditional = match condition(place).map(|condition| self.valid(condition, value)) {
            None => Some(true),
            Some(None) => None,
            Some(Some(met)) => {
                let schema = place.schema_at(if met { "then" } else { "else" });
                schema.map_or(Some(true), |schema| self.valid(schema, value))
            }
        };
        all([all(every.into_iter()), some, one, negated, conditional].into_iter())
    }
}

/// Whether a count lies between the values of two keywords.
fn within(place: Place<'_>, length: u64, min: &str, max: &str) -> Option<bool> {
    let bound = |keyword| place.keyword(keyword).map(count);
    match (bound(min), bound(max)) {
        (Some(None), _) | (_, Some(None)) => None,
        (min, max) => Some(
            min.flatten().is_none_or(|min| length >= min) && max.flatten().is_none_or(|max| length <= max),
        ),
    }
}

impl<'s> Layer<'s> {
    /// Everything that it says of the member of a name; `None` when a pattern cannot be tried on the name.
    pub(crate) fn at(&self, name: &str, matching: &Matching) -> Option<Vec<Place<'s>>> {
        let mut found = Vec::new();
        let declared = self.properties.iter().filter(|(key, _)| key == name);
        found.extend(declared.map(|(_, schema)| self.place.within(schema)));
        for (pattern, schema) in self.patterns {
            if matching.finds(pattern, name)? {
                found.push(self.place.within(schema));
            }
        }
        if found.is_empty() {
            found.extend(self.rest);
        }
        Some(found)
    }
}
