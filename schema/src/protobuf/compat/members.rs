//! The fields of one message by number.

use crate::protobuf::syntax::{Field, Message, OneOf};

/// A field with the oneof around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    pub(super) field: &'a Field,
    pub(super) oneof: Option<&'a OneOf>,
}

/// The fields of a message in order of their numbers; of two with the same number the last counts.
#[derive(Debug)]
pub(super) struct Members<'a>(Vec<Member<'a>>);

impl<'a> Members<'a> {
    pub(super) fn of(message: &'a Message) -> Self {
        let inside = message
            .oneofs
            .iter()
            .flat_map(|oneof| oneof.fields.iter().map(move |field| Member { field, oneof: Some(oneof) }));
        let mut members: Vec<Member<'a>> =
            message.fields.iter().map(|field| Member { field, oneof: None }).chain(inside).collect();
        let is_ordered = members.is_sorted_by(|one, next| one.field.tag < next.field.tag);
        if !is_ordered {
            // The sort keeps the order of equals, so that the last comes first and stays.
            members.reverse();
            members.sort_by_key(|member| member.field.tag);
            members.dedup_by_key(|member| member.field.tag);
        }
        Self(members)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn find(&self, tag: i32) -> Option<Member<'a>> {
        let index = self.0.binary_search_by_key(&tag, |member| member.field.tag).ok()?;
        self.0.get(index).copied()
    }

    /// The fields of both messages, those of the same number side by side.
    pub(super) fn beside(
        &self,
        other: &Self,
    ) -> impl Iterator<Item = (Option<Member<'a>>, Option<Member<'a>>)> {
        let (mut ones, mut others) = (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        std::iter::from_fn(move || {
            let tag =
                |member: Option<&Member<'a>>| member.map_or(i64::MAX, |member| i64::from(member.field.tag));
            let (one, next) = (tag(ones.peek()), tag(others.peek()));
            let pair = (
                if one <= next { ones.next() } else { None },
                if next <= one { others.next() } else { None },
            );
            (pair.0.is_some() || pair.1.is_some()).then_some(pair)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, tag: i32) -> Field {
        Field { name: name.to_owned(), tag, ..Field::default() }
    }

    #[test]
    fn the_last_of_two_namesakes_counts() {
        let oneofs = vec![OneOf {
            name: "o".to_owned(),
            fields: vec![field("c", 2), field("d", 1)],
            ..OneOf::default()
        }];
        let one = Message {
            fields: vec![field("a", 2), field("b", 7)],
            oneofs: oneofs.clone(),
            ..Message::default()
        };
        let other = Message { fields: vec![field("x", 7), field("y", 9)], ..Message::default() };
        let (one, other) = (Members::of(&one), Members::of(&other));
        let name =
            |member: Option<Member<'_>>| member.map_or("-".to_owned(), |member| member.field.name.clone());
        let pairs: Vec<String> =
            one.beside(&other).map(|(one, other)| format!("{}{}", name(one), name(other))).collect();
        assert_eq!(pairs, ["d-", "c-", "bx", "-y"]);
        assert_eq!(one.find(2).and_then(|found| found.oneof).map(|oneof| oneof.name.as_str()), Some("o"));
        assert!(one.find(3).is_none());
    }
}
