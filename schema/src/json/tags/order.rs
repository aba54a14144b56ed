//! The order in which the parts of a combined schema are numbered.

use std::cmp::Ordering;

use super::text_of;
use super::view::{Kind, View};
use crate::document::Json;
use crate::json::normalize::utf16_order;
use crate::json::references::Resolver;

/// Schemas looked at for one sorting, at most. Beyond that, parts count as equal and keep the order of the text.
const COMPARED_MAX: usize = 500_000;
/// Schemas inside of schemas that are compared, at most.
const DEPTH_MAX: usize = 100;

/// Sorts schemas as the reference registry does; equal ones keep their order.
pub(super) struct Sorting<'s, 'a> {
    resolver: &'s mut Resolver<'a>,
    left: usize,
}

impl<'s, 'a> Sorting<'s, 'a> {
    pub(super) fn new(resolver: &'s mut Resolver<'a>) -> Self {
        Self { resolver, left: COMPARED_MAX }
    }

    pub(super) fn sort(&mut self, views: &mut [View<'a>]) {
        self.sort_at(views, 0);
    }

    fn sort_at(&mut self, views: &mut [View<'a>], depth: usize) {
        // By hand, since an order that is cut short by the budget is none, for which `sort_by` may panic.
        let mut at: Vec<usize> = Vec::with_capacity(views.len());
        for (next, view) in views.iter().enumerate() {
            let (mut low, mut high) = (0, at.len());
            while low < high {
                let middle = low.midpoint(high);
                let order = at.get(middle).and_then(|other| views.get(*other));
                match order.map(|other| self.order(view, other, depth)) {
                    Some(Ordering::Less) => high = middle,
                    _ => low = middle + 1,
                }
            }
            at.insert(low, next);
        }
        let sorted: Vec<View<'a>> = at.iter().filter_map(|from| views.get(*from).cloned()).collect();
        views.clone_from_slice(&sorted);
    }

    fn order(&mut self, one: &View<'a>, other: &View<'a>, depth: usize) -> Ordering {
        if self.left == 0 || depth == DEPTH_MAX {
            return Ordering::Equal;
        }
        self.left -= 1;
        rank(&one.kind)
            .cmp(&rank(&other.kind))
            .then_with(|| annotation(one, "title", other))
            .then_with(|| annotation(one, "description", other))
            .then_with(|| annotation(one, "default", other))
            .then_with(|| self.inner_order(one, other, depth + 1))
    }

    fn inner_order(&mut self, one: &View<'a>, other: &View<'a>, depth: usize) -> Ordering {
        if let (Some(first), Some(second)) = (one.combined(), other.combined()) {
            return first.cmp(&second).then_with(|| self.parts_order(one, other, depth));
        }
        match (&one.kind, &other.kind) {
            (Kind::Const(first), Kind::Const(second)) => utf16_order(&text_of(first), &text_of(second)),
            (Kind::Enum(first), Kind::Enum(second)) => {
                texts_order(first.iter().map(text_of).collect(), second.iter().map(text_of).collect())
            }
            (Kind::Not, Kind::Not) => self.at_order(one, "not", other, depth),
            (Kind::Conditional, Kind::Conditional) => {
                ["if", "then", "else"].iter().fold(Ordering::Equal, |so_far, keyword| {
                    so_far.then_with(|| self.at_order(one, keyword, other, depth))
                })
            }
            (Kind::Object, Kind::Object) => texts_order(property_names(one), property_names(other))
                .then_with(|| texts_order(required(one), required(other))),
            (Kind::Array, Kind::Array) => self.maybe_order(one.items(), other.items(), depth),
            (Kind::Reference(first), Kind::Reference(second)) => {
                let first = self.resolver.resolve(&one.place, first).map(View::of);
                let second = self.resolver.resolve(&other.place, second).map(View::of);
                self.maybe_order(first, second, depth)
            }
            _ => Ordering::Equal,
        }
    }

    fn parts_order(&mut self, one: &View<'a>, other: &View<'a>, depth: usize) -> Ordering {
        let (mut first, mut second) = (one.children(), other.children());
        self.sort_at(&mut first, depth);
        self.sort_at(&mut second, depth);
        let mut pairs = first.iter().zip(&second);
        pairs
            .find_map(|(one, other)| {
                Some(self.order(one, other, depth)).filter(|order| *order != Ordering::Equal)
            })
            .unwrap_or(Ordering::Equal)
    }

    fn at_order(&mut self, one: &View<'a>, keyword: &str, other: &View<'a>, depth: usize) -> Ordering {
        match (one.at(keyword), other.at(keyword)) {
            (Some(first), Some(second)) => self.order(&first, &second, depth),
            // What is absent counts as an empty schema.
            (Some(first), None) => rank(&first.kind).cmp(&rank(&Kind::Empty)),
            (None, Some(second)) => rank(&Kind::Empty).cmp(&rank(&second.kind)),
            (None, None) => Ordering::Equal,
        }
    }

    fn maybe_order(&mut self, one: Option<View<'a>>, other: Option<View<'a>>, depth: usize) -> Ordering {
        match (one, other) {
            (Some(first), Some(second)) => self.order(&first, &second, depth),
            (first, second) => first.is_some().cmp(&second.is_some()),
        }
    }
}

/// Kinds by their names.
fn rank(kind: &Kind<'_>) -> u8 {
    match kind {
        Kind::Array => 0,
        Kind::Boolean => 1,
        Kind::Combined(..) | Kind::Types(_) | Kind::Parts(_) => 2,
        Kind::Conditional => 3,
        Kind::Const(_) => 4,
        Kind::Empty => 5,
        Kind::Enum(_) => 6,
        Kind::False => 7,
        Kind::Not => 8,
        Kind::Null => 9,
        Kind::Number => 10,
        Kind::Object => 11,
        Kind::Reference(_) => 12,
        Kind::String => 13,
        Kind::True => 14,
    }
}

/// Absent ones come first.
fn annotation(one: &View<'_>, keyword: &str, other: &View<'_>) -> Ordering {
    let text = |view: &View<'_>| view.place.node.get(keyword).filter(|_| view.is_whole).map(text_of);
    match (text(one), text(other)) {
        (Some(first), Some(second)) => utf16_order(&first, &second),
        (first, second) => first.is_some().cmp(&second.is_some()),
    }
}

/// Fewer come first, then what is smaller when sorted.
fn texts_order(mut one: Vec<String>, mut other: Vec<String>) -> Ordering {
    if one.len() != other.len() {
        return one.len().cmp(&other.len());
    }
    one.sort_by(|first, second| utf16_order(first, second));
    other.sort_by(|first, second| utf16_order(first, second));
    let orders = one.iter().zip(&other).map(|(first, second)| utf16_order(first, second));
    orders.fold(Ordering::Equal, Ordering::then)
}

fn property_names(view: &View<'_>) -> Vec<String> {
    match view.place.node.get("properties") {
        Some(Json::Object(members)) => members.iter().map(|(name, _)| name.clone()).collect(),
        _ => Vec::new(),
    }
}

fn required(view: &View<'_>) -> Vec<String> {
    match view.place.node.get("required") {
        Some(Json::Array(names)) => names.iter().map(text_of).collect(),
        _ => Vec::new(),
    }
}
