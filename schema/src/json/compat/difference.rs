//! The kinds of difference that make two schemas incompatible, with the words that clients of the reference registry
//! know. Differences that never matter have no kind here: nothing is kept of them.

use crate::model::config::CompatibilityPolicy;

/// Declares the kinds: name, wire name, sentence, and whether the lenient policy takes it.
macro_rules! differences {
    ($($name:ident $wire:literal $sentence:ident $lenient:literal;)*) => {
        /// A kind of difference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(in crate::json) enum Difference {
            $(#[doc = concat!("`", $wire, "`")] $name,)*
        }

        impl Difference {
            /// Every kind.
            #[cfg(test)]
            pub(in crate::json) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire.
            pub(in crate::json) fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $wire,)*
                }
            }

            fn sentence(self) -> Sentence {
                match self {
                    $(Self::$name => Sentence::$sentence,)*
                }
            }

            /// Whether the policy takes the difference for harmless.
            pub(in crate::json) fn is_harmless(self, policy: CompatibilityPolicy) -> bool {
                policy == CompatibilityPolicy::Lenient && match self {
                    $(Self::$name => $lenient,)*
                }
            }
        }
    };
}

/// The sentences that kinds share.
#[derive(Clone, Copy)]
enum Sentence {
    Absent,
    Keyword,
    More,
    Less,
    Changed,
    Fewer,
    Extended,
    Type,
    AddedToOpen,
    AddedToUnopen,
    RemovedFromClosed,
    RemovedNotCovered,
    AddedNotCovered,
}

differences! {
    SchemaAdded "SCHEMA_ADDED" Absent false;
    TypeNarrowed "TYPE_NARROWED" Type false;
    TypeChanged "TYPE_CHANGED" Type false;
    MaxLengthAdded "MAX_LENGTH_ADDED" Keyword false;
    MaxLengthDecreased "MAX_LENGTH_DECREASED" Less false;
    MinLengthAdded "MIN_LENGTH_ADDED" Keyword false;
    MinLengthIncreased "MIN_LENGTH_INCREASED" More false;
    PatternAdded "PATTERN_ADDED" Keyword false;
    PatternChanged "PATTERN_CHANGED" Changed false;
    MaximumAdded "MAXIMUM_ADDED" Keyword false;
    MaximumDecreased "MAXIMUM_DECREASED" Less false;
    MinimumAdded "MINIMUM_ADDED" Keyword false;
    MinimumIncreased "MINIMUM_INCREASED" More false;
    ExclusiveMaximumAdded "EXCLUSIVE_MAXIMUM_ADDED" Keyword false;
    ExclusiveMaximumDecreased "EXCLUSIVE_MAXIMUM_DECREASED" Less false;
    ExclusiveMinimumAdded "EXCLUSIVE_MINIMUM_ADDED" Keyword false;
    ExclusiveMinimumIncreased "EXCLUSIVE_MINIMUM_INCREASED" More false;
    MultipleOfAdded "MULTIPLE_OF_ADDED" Keyword false;
    MultipleOfExpanded "MULTIPLE_OF_EXPANDED" More false;
    MultipleOfChanged "MULTIPLE_OF_CHANGED" Changed false;
    RequiredAttributeAdded "REQUIRED_ATTRIBUTE_ADDED" Keyword false;
    MaxPropertiesAdded "MAX_PROPERTIES_ADDED" Keyword false;
    MaxPropertiesDecreased "MAX_PROPERTIES_DECREASED" Less false;
    MinPropertiesAdded "MIN_PROPERTIES_ADDED" Keyword false;
    MinPropertiesIncreased "MIN_PROPERTIES_INCREASED" More false;
    AdditionalPropertiesRemoved "ADDITIONAL_PROPERTIES_REMOVED" Keyword true;
    AdditionalPropertiesNarrowed "ADDITIONAL_PROPERTIES_NARROWED" Fewer true;
    DependencyArrayAdded "DEPENDENCY_ARRAY_ADDED" Keyword false;
    DependencyArrayExtended "DEPENDENCY_ARRAY_EXTENDED" Extended false;
    DependencyArrayChanged "DEPENDENCY_ARRAY_CHANGED" Changed false;
    DependencySchemaAdded "DEPENDENCY_SCHEMA_ADDED" Keyword false;
    RequiredPropertyAddedToOpen "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" AddedToOpen false;
    RequiredPropertyWithDefaultAddedToOpen "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL" AddedToOpen true;
    OptionalPropertyAddedToOpen "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" AddedToOpen true;
    RequiredPropertyAddedToUnopen "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL" AddedToUnopen false;
    PropertyRemovedFromClosed "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL" RemovedFromClosed true;
    PropertyRemovedNotCovered "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" RemovedNotCovered true;
    PropertyAddedNotCovered "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" AddedNotCovered true;
    UnevaluatedPropertiesRemoved "UNEVALUATED_PROPERTIES_REMOVED" Keyword true;
    UnevaluatedPropertiesNarrowed "UNEVALUATED_PROPERTIES_NARROWED" Fewer true;
    MaxItemsAdded "MAX_ITEMS_ADDED" Keyword false;
    MaxItemsDecreased "MAX_ITEMS_DECREASED" Less false;
    MinItemsAdded "MIN_ITEMS_ADDED" Keyword false;
    MinItemsIncreased "MIN_ITEMS_INCREASED" More false;
    MaxContainsAdded "MAX_CONTAINS_ADDED" Keyword false;
    MaxContainsDecreased "MAX_CONTAINS_DECREASED" Less false;
    MinContainsAdded "MIN_CONTAINS_ADDED" Keyword false;
    MinContainsIncreased "MIN_CONTAINS_INCREASED" More false;
    UniqueItemsAdded "UNIQUE_ITEMS_ADDED" Keyword false;
    AdditionalItemsRemoved "ADDITIONAL_ITEMS_REMOVED" Keyword false;
    AdditionalItemsNarrowed "ADDITIONAL_ITEMS_NARROWED" Fewer false;
    UnevaluatedItemsRemoved "UNEVALUATED_ITEMS_REMOVED" Keyword false;
    UnevaluatedItemsNarrowed "UNEVALUATED_ITEMS_NARROWED" Fewer false;
    ItemAddedToOpen "ITEM_ADDED_TO_OPEN_CONTENT_MODEL" AddedToOpen false;
    ItemRemovedFromClosed "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL" RemovedFromClosed false;
    ItemRemovedNotCovered "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" RemovedNotCovered false;
    ItemAddedNotCovered "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" AddedNotCovered false;
    EnumArrayNarrowed "ENUM_ARRAY_NARROWED" Fewer false;
    EnumArrayChanged "ENUM_ARRAY_CHANGED" Type false;
    CombinedTypeChanged "COMBINED_TYPE_CHANGED" Type false;
    ProductTypeExtended "PRODUCT_TYPE_EXTENDED" Extended false;
    SumTypeNarrowed "SUM_TYPE_NARROWED" Fewer false;
    CombinedTypeSubschemasChanged "COMBINED_TYPE_SUBSCHEMAS_CHANGED" Type false;
    NotTypeExtended "NOT_TYPE_EXTENDED" Extended false;
}

impl Difference {
    /// The reference registry's sentence about a difference at `path`, with `{reader}` and `{writer}` for the sides.
    pub(in crate::json) fn description(self, path: &str) -> String {
        let (r, w) = ("{reader}", "{writer}");
        match self.sentence() {
            Sentence::Absent => String::new(),
            Sentence::Keyword => {
                format!("The keyword at path '{path}' in the {r} schema is not present in the {w} schema")
            }
            Sentence::More => {
                format!(
                    "The value at path '{path}' in the {r} schema is more than its value in the {w} schema"
                )
            }
            Sentence::Less => {
                format!(
                    "The value at path '{path}' in the {r} schema is less than its value in the {w} schema"
                )
            }
            Sentence::Changed => {
                format!("The value at path '{path}' is different between the {r} and {w} schema")
            }
            Sentence::Fewer => format!(
                "An array or combined type at path '{path}' has fewer elements in the {r} schema than the {w} schema"
            ),
            Sentence::Extended => format!(
                "An array or combined type at path '{path}' has more elements in the {r} schema than the {w} schema"
            ),
            Sentence::Type => {
                format!("A type at path '{path}' is different between the {r} schema and the {w} schema")
            }
            Sentence::AddedToOpen => format!(
                "The {r} schema has an open content model and has a property or item at path '{path}' which is missing \
                 in the {w} schema"
            ),
            Sentence::AddedToUnopen => format!(
                "The {r} schema has an unopen content model and has a required property at path '{path}' which is \
                 missing in the {w} schema"
            ),
            Sentence::RemovedFromClosed => format!(
                "The {r} has a closed content model and is missing a property or item present at path '{path}' in the \
                 {w} schema"
            ),
            Sentence::RemovedNotCovered => format!(
                "A property or item is missing in the {r} schema but present at path '{path}' in the {w} schema and is \
                 not covered by its partially open content model"
            ),
            Sentence::AddedNotCovered => format!(
                "The {r} schema has a property or item at path '{path}' which is missing in the {w} schema and is not \
                 covered by its partially open content model"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lenient_policy_takes_any() {
        let harmless = |policy| Difference::ALL.iter().filter(|kind| kind.is_harmless(policy)).count();
        assert_eq!(harmless(CompatibilityPolicy::Strict), 0);
        assert_eq!(harmless(CompatibilityPolicy::Logical), 0);
        assert_eq!(harmless(CompatibilityPolicy::Lenient), 9);
    }
}
