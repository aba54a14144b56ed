//! Which values the reference registry wants at which keyword.

use crate::json::dialect::Draft;

/// What must stand at a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text.
    Text,
    /// A text that is a URI or a relative reference.
    Uri,
    /// A text that is a URI; everything that is no text is ignored.
    UriIfText,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// A whole number of 32 bits, spelled as one.
    Whole,
    /// A number other than 0.
    Divisor,
    /// A regular expression.
    Pattern,
    /// An array of anything.
    Array,
    /// An array of texts.
    Texts,
    /// An object of arrays of texts.
    TextsByName,
    /// The name of a type, or an array of names.
    Type,
    /// A schema.
    Schema,
    /// An array of schemas.
    Schemas,
    /// An object of schemas.
    SchemasByName,
    /// An object of schemas in which the id keyword may hold anything.
    Properties,
    /// An object of schemas whose names are regular expressions.
    SchemasByPattern,
    /// A schema or an array of schemas.
    SchemaOrSchemas,
    /// An object of schemas and arrays of texts.
    Dependencies,
    /// A `$ref`.
    Reference,
}

/// What must stand at `keyword`; `None` when the edition does not read it.
pub(super) fn shape(draft: Draft, keyword: &str) -> Option<Shape> {
    if draft.is_modern() { modern(keyword) } else { older(draft, keyword) }
}

/// Keywords of older editions that count beside `$ref`.
pub(super) fn counts_beside_reference(draft: Draft, keyword: &str) -> bool {
    draft.is_modern()
        || matches!(keyword, "$ref" | "title" | "description" | "readOnly" | "writeOnly")
        || keyword == draft.id_keyword()
}

fn older(draft: Draft, keyword: &str) -> Option<Shape> {
    Some(match keyword {
        "title" | "description" | "format" => Shape::Text,
        "id" | "$id" if keyword == draft.id_keyword() => Shape::Uri,
        "uniqueItems" => Shape::Boolean,
        "readOnly" | "writeOnly" if draft == Draft::Draft7 => Shape::Boolean,
        "exclusiveMinimum" | "exclusiveMaximum" if draft == Draft::Draft4 => Shape::Boolean,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => Shape::Number,
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            Shape::Whole
        }
        "multipleOf" => Shape::Divisor,
        "pattern" => Shape::Pattern,
        "enum" => Shape::Array,
        "required" => Shape::Texts,
        "type" => Shape::Type,
        "not" | "additionalProperties" | "additionalItems" => Shape::Schema,
        "propertyNames" | "contains" if draft >= Draft::Draft6 => Shape::Schema,
        "if" | "then" | "else" if draft == Draft::Draft7 => Shape::Schema,
        "allOf" | "anyOf" | "oneOf" => Shape::Schemas,
        "properties" => Shape::Properties,
        "patternProperties" => Shape::SchemasByPattern,
        "items" => Shape::SchemaOrSchemas,
        "dependencies" => Shape::Dependencies,
        "$ref" => Shape::Reference,
        _ => return None,
    })
}

fn modern(keyword: &str) -> Option<Shape> {
    Some(match keyword {
        "title" | "description" | "format" | "$dynamicAnchor" => Shape::Text,
        "$id" => Shape::UriIfText,
        "uniqueItems" | "readOnly" | "writeOnly" | "deprecated" => Shape::Boolean,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "minLength"
        | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => Shape::Number,
        "pattern" => Shape::Pattern,
        "enum" => Shape::Array,
        "required" => Shape::Texts,
        "dependentRequired" => Shape::TextsByName,
        "type" => Shape::Type,
        "not"
        | "additionalProperties"
        | "unevaluatedProperties"
        | "items"
        | "unevaluatedItems"
        | "contains"
        | "propertyNames"
        | "if"
        | "then"
        | "else" => Shape::Schema,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Shape::Schemas,
        "properties" | "dependentSchemas" | "$defs" => Shape::SchemasByName,
        "patternProperties" => Shape::SchemasByPattern,
        "$ref" | "$dynamicRef" => Shape::Reference,
        _ => return None,
    })
}

/// The names of types.
pub(super) const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "null", "array", "object"];
