//! The sentences, by groups of differences.

use super::super::difference::Difference as D;
use super::Case;

/// What is said about one difference.
pub(super) struct Words {
    pub(super) reason: String,
    pub(super) cure: String,
    pub(super) writer_cure: String,
}

/// Says what is wrong and what would cure it.
pub(super) fn words(case: &Case<'_, '_>) -> Words {
    match case.difference() {
        D::TypeChanged | D::TypeNarrowed => type_changed(case),
        D::SchemaAdded => items_added(case),
        D::EnumArrayNarrowed | D::EnumArrayChanged => values_changed(case),
        D::PatternChanged | D::MultipleOfChanged | D::MultipleOfExpanded | D::DependencyArrayChanged => {
            value_changed(case)
        }
        D::DependencyArrayAdded | D::DependencyArrayExtended | D::DependencySchemaAdded => dependency(case),
        D::RequiredAttributeAdded => required(case),
        D::RequiredPropertyAddedToUnopen => required_property(case),
        D::RequiredPropertyAddedToOpen
        | D::RequiredPropertyWithDefaultAddedToOpen
        | D::OptionalPropertyAddedToOpen => added_to_open(case),
        D::PropertyAddedNotCovered | D::ItemAddedNotCovered => added_not_covered(case),
        D::ItemAddedToOpen => item_added(case),
        D::PropertyRemovedFromClosed
        | D::ItemRemovedFromClosed
        | D::PropertyRemovedNotCovered
        | D::ItemRemovedNotCovered => removed(case),
        D::AdditionalPropertiesRemoved
        | D::UnevaluatedPropertiesRemoved
        | D::AdditionalItemsRemoved
        | D::UnevaluatedItemsRemoved => closed(case),
        D::AdditionalPropertiesNarrowed
        | D::UnevaluatedPropertiesNarrowed
        | D::AdditionalItemsNarrowed
        | D::UnevaluatedItemsNarrowed => narrowed(case),
        D::CombinedTypeChanged => combined_changed(case),
        D::ProductTypeExtended | D::SumTypeNarrowed | D::CombinedTypeSubschemasChanged => parts_changed(case),
        D::NotTypeExtended => excluded(case),
        D::UniqueItemsAdded => limit_added(case),
        _ if case.at(false).is_none() => limit_added(case),
        _ => limit_tightened(case),
    }
}

/// Why a part of a combined schema goes with none of the other side.
pub(super) fn lonely(case: &Case<'_, '_>) -> String {
    let subject = case.whole_subject();
    match case.lonely() {
        Some((true, part)) => format!("no part of {subject} in the writer goes with the reader's `{part}`"),
        Some((false, part)) => format!("no part of {subject} in the reader takes the writer's `{part}`"),
        None => format!("the parts of {subject} do not go together"),
    }
}

fn type_changed(case: &Case<'_, '_>) -> Words {
    let subject = case.whole_subject();
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    let (our_kind, their_kind) = (case.kind(true), case.kind(false));
    let reason = if our_kind == their_kind {
        format!("{subject} is `{ours}` in the reader, which cannot take `{theirs}`, as the writer has it")
    } else {
        format!("{subject} is {our_kind} in the reader, which cannot take {their_kind}, as the writer has it")
    };
    Words {
        reason,
        cure: format!(
            "In the {{reader}} schema, keep {subject} `{theirs}`, or let it take both with `\"anyOf\"`"
        ),
        writer_cure: format!("In the {{writer}} schema, keep {subject} `{ours}`"),
    }
}

fn items_added(case: &Case<'_, '_>) -> Words {
    let (subject, ours) = (case.subject(), case.snippet(true));
    Words {
        reason: format!(
            "the reader takes only items like `{ours}` in {subject}, and the writer may write items of any kind"
        ),
        cure: format!("In the {{reader}} schema, leave out `items` of {subject}"),
        writer_cure: format!("In the {{writer}} schema, add `\"items\": {ours}` to {subject}"),
    }
}

fn values_changed(case: &Case<'_, '_>) -> Words {
    let (subject, keyword) = (case.subject(), case.keyword());
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    let cure = if keyword == "enum" {
        format!("In the {{reader}} schema, let `enum` of {subject} have every value of `{theirs}`")
    } else {
        format!(
            "In the {{reader}} schema, keep `\"const\": {theirs}` of {subject}, or write both values as an `enum`"
        )
    };
    Words {
        reason: format!("the reader takes only `{ours}` for {subject}, and the writer may write `{theirs}`"),
        cure,
        writer_cure: format!("In the {{writer}} schema, let {subject} have no value besides `{ours}`"),
    }
}

fn value_changed(case: &Case<'_, '_>) -> Words {
    let (subject, keyword) = (case.subject(), case.keyword());
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    Words {
        reason: format!("`{keyword}` of {subject} is `{ours}` in the reader and `{theirs}` in the writer"),
        cure: format!(
            "In the {{reader}} schema, set `{keyword}` of {subject} back to `{theirs}`, or leave it out"
        ),
        writer_cure: format!("In the {{writer}} schema, keep `{keyword}` of {subject} at `{ours}`"),
    }
}

fn limit_added(case: &Case<'_, '_>) -> Words {
    let (subject, keyword, ours) = (case.subject(), case.keyword(), case.snippet(true));
    let demand = if ours.is_empty() { format!("`{keyword}`") } else { format!("`\"{keyword}\": {ours}`") };
    Words {
        reason: format!("the reader demands {demand} of {subject}, and the writer does not"),
        cure: format!("In the {{reader}} schema, leave out `{keyword}` of {subject}"),
        writer_cure: format!("In the {{writer}} schema, add {demand} to {subject}"),
    }
}

fn limit_tightened(case: &Case<'_, '_>) -> Words {
    let (subject, keyword) = (case.subject(), case.keyword());
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    Words {
        reason: format!(
            "the reader demands `\"{keyword}\": {ours}` of {subject}, and the writer only `\"{keyword}\": {theirs}`"
        ),
        cure: format!("In the {{reader}} schema, set `{keyword}` of {subject} back to `{theirs}`"),
        writer_cure: format!("In the {{writer}} schema, keep `{keyword}` of {subject} at `{ours}`"),
    }
}

fn dependency(case: &Case<'_, '_>) -> Words {
    let (subject, name) = (case.subject(), case.name());
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    let back = if theirs.is_empty() {
        format!("leave out the dependency on `{name}` of {subject}")
    } else {
        format!("set the dependency on `{name}` of {subject} back to `{theirs}`")
    };
    Words {
        reason: format!(
            "where {subject} has a property `{name}`, the reader also demands `{ours}`, and the writer does not"
        ),
        cure: format!("In the {{reader}} schema, {back}"),
        writer_cure: format!(
            "In the {{writer}} schema, add the dependency `{ours}` on `{name}` to {subject}"
        ),
    }
}

fn required(case: &Case<'_, '_>) -> Words {
    let (subject, name) = (case.subject(), case.name());
    Words {
        reason: format!("the reader requires property `{name}` of {subject}, which the writer may leave out"),
        cure: format!(
            "In the {{reader}} schema, take `{name}` out of `required` of {subject}, or give the property a `default`"
        ),
        writer_cure: format!("In the {{writer}} schema, add `{name}` to `required` of {subject}"),
    }
}

fn required_property(case: &Case<'_, '_>) -> Words {
    let (subject, name) = (case.subject(), case.name());
    Words {
        reason: format!("the reader requires property `{name}` of {subject}, which the writer does not know"),
        cure: format!(
            "In the {{reader}} schema, give property `{name}` a `default`, or take it out of `required` of {subject}"
        ),
        writer_cure: format!(
            "In the {{writer}} schema, add property `{name}` to {subject} and to its `required`"
        ),
    }
}

fn added_to_open(case: &Case<'_, '_>) -> Words {
    let (subject, name, ours) = (case.subject(), case.name(), case.snippet(true));
    let is_required = case.difference() == D::RequiredPropertyAddedToOpen;
    let and = if is_required { ", or leave it out, while the reader requires it" } else { "" };
    let cure = if is_required {
        format!(
            "In the {{reader}} schema, leave property `{name}` out of {subject}; or make it optional, which the \
             compatibility policy LENIENT allows"
        )
    } else {
        format!(
            "In the {{reader}} schema, leave property `{name}` out of {subject} or let it take anything: \
             `\"{name}\": {{}}`; or set the compatibility policy to LENIENT, which allows it"
        )
    };
    Words {
        reason: format!(
            "the writer leaves {subject} open: it may write a property `{name}` of any kind{and}, and the reader takes \
             only `{ours}` there"
        ),
        cure,
        writer_cure: format!(
            "In the {{writer}} schema, add property `{name}` to {subject} as the {{reader}} schema has it: `{ours}`"
        ),
    }
}

fn added_not_covered(case: &Case<'_, '_>) -> Words {
    let (subject, ours, what) = (case.subject(), case.snippet(true), what(case));
    Words {
        reason: format!(
            "the writer may write {what} in {subject} as its schema for further ones says, and the reader takes only \
             `{ours}` there"
        ),
        cure: format!(
            "In the {{reader}} schema, let {what} of {subject} take everything that the {{writer}} schema lets further \
             ones be"
        ),
        writer_cure: format!(
            "In the {{writer}} schema, add {what} to {subject} as the {{reader}} schema has it: `{ours}`"
        ),
    }
}

fn item_added(case: &Case<'_, '_>) -> Words {
    let (subject, ours, what) = (case.subject(), case.snippet(true), what(case));
    Words {
        reason: format!(
            "the writer leaves {subject} open: it may write {what} of any kind, and the reader takes only `{ours}` there"
        ),
        cure: format!(
            "In the {{reader}} schema, leave {what} out of {subject} or let it take anything: `{{}}`"
        ),
        writer_cure: format!(
            "In the {{writer}} schema, add {what} to {subject} as the {{reader}} schema has it: `{ours}`"
        ),
    }
}

fn removed(case: &Case<'_, '_>) -> Words {
    let (subject, theirs, what) = (case.subject(), case.snippet(false), what(case));
    let is_closed = matches!(case.difference(), D::PropertyRemovedFromClosed | D::ItemRemovedFromClosed);
    let takes = if is_closed { "takes none that it does not list" } else { "takes others there" };
    Words {
        reason: format!(
            "the writer may write {what} in {subject}, which the reader does not list, and the reader {takes}"
        ),
        cure: format!("In the {{reader}} schema, keep {what} in {subject}: `{theirs}`"),
        writer_cure: format!("In the {{writer}} schema, leave {what} out of {subject}"),
    }
}

/// The property or item that a difference is about.
fn what(case: &Case<'_, '_>) -> String {
    match case.step() {
        super::super::pairs::Step::Index(_, index) => format!("an item {index}"),
        _ => format!("property `{}`", case.name()),
    }
}

fn further(case: &Case<'_, '_>) -> &'static str {
    match case.keyword() {
        "additionalItems" | "unevaluatedItems" => "items",
        _ => "properties",
    }
}

fn closed(case: &Case<'_, '_>) -> Words {
    let (subject, keyword, further) = (case.subject(), case.keyword(), further(case));
    Words {
        reason: format!(
            "the reader takes no {further} in {subject} that it does not list, and the writer may write some"
        ),
        cure: format!("In the {{reader}} schema, leave {subject} open: take `\"{keyword}\": false` out"),
        writer_cure: format!("In the {{writer}} schema, add `\"{keyword}\": false` to {subject}"),
    }
}

fn narrowed(case: &Case<'_, '_>) -> Words {
    let (subject, keyword, further) = (case.subject(), case.keyword(), further(case));
    let ours = case.snippet(true);
    Words {
        reason: format!(
            "the reader takes only further {further} like `{ours}` in {subject}, and the writer may write any"
        ),
        cure: format!("In the {{reader}} schema, leave out `{keyword}` of {subject}"),
        writer_cure: format!("In the {{writer}} schema, add `\"{keyword}\": {ours}` to {subject}"),
    }
}

fn combined_changed(case: &Case<'_, '_>) -> Words {
    let subject = case.whole_subject();
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    Words {
        reason: format!(
            "{subject} combines its parts as `{ours}` in the reader and as `{theirs}` in the writer"
        ),
        cure: format!(
            "In the {{reader}} schema, keep the keyword that the {{writer}} schema combines {subject} with, or use \
             `anyOf`, which takes more"
        ),
        writer_cure: format!(
            "In the {{writer}} schema, keep the keyword that the {{reader}} schema combines {subject} with"
        ),
    }
}

fn parts_changed(case: &Case<'_, '_>) -> Words {
    let subject = case.whole_subject();
    let (ours, theirs) = (case.snippet(true), case.snippet(false));
    let (reason, cure, writer_cure) = match case.difference() {
        D::ProductTypeExtended => (
            format!("the reader holds {subject} to more schemas than the writer: `{ours}`"),
            "leave out the schemas that were added",
            "add the schemas that the {reader} schema has",
        ),
        D::SumTypeNarrowed => (
            format!(
                "the reader has fewer alternatives for {subject} than the writer, which may write `{theirs}`"
            ),
            "add the alternatives that are missing",
            "leave out the alternatives that the {reader} schema does not have",
        ),
        _ => (
            lonely(case),
            "let each part take what one part of the {writer} schema describes",
            "keep each part within one part of the {reader} schema",
        ),
    };
    Words {
        reason,
        cure: format!("In the {{reader}} schema, for {subject}, {cure}"),
        writer_cure: format!("In the {{writer}} schema, for {subject}, {writer_cure}"),
    }
}

fn excluded(case: &Case<'_, '_>) -> Words {
    let (subject, ours, theirs) = (case.subject(), case.snippet(true), case.snippet(false));
    Words {
        reason: format!(
            "the reader excludes `{ours}` from {subject}, which is not covered by what the writer excludes: `{theirs}`"
        ),
        cure: format!("In the {{reader}} schema, exclude no more than `{theirs}` from {subject}"),
        writer_cure: format!("In the {{writer}} schema, exclude `{ours}` from {subject}, too"),
    }
}
