//! The derive macro of `serde-client`: a Rust type's Avro schema together with its encoder and decoder.

mod attributes;
mod choice;
mod frame;
mod logical;
mod names;
mod record;
mod resolve;
mod types;

use proc_macro::TokenStream;
use syn::{Data, DeriveInput, Error, Fields, Result, parse_macro_input};

/// Makes the Avro schema of a type, and the code that writes and reads it by that schema.
///
/// A struct with named fields becomes a record, an enum of unit variants an enum, and an enum whose variants hold one
/// value each a union; a unit variant of a union is `null`. Doc comments become `doc`.
///
/// On the type: `#[avro(name = "…")]`, `namespace = "…"`, `alias = "…"` (may be repeated), `rename_all = "…"` with
/// `camelCase`, `PascalCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `UPPERCASE` or `lowercase`.
///
/// On a field: `rename = "…"`, `alias = "…"`, `default = …` with a literal, `default_json = "…"` for any other value,
/// `fixed = "Name"` for a `[u8; N]`, `logical = "…"` with a logical type's name, `decimal(precision = …, scale = …)`. The
/// field of a logical type is of the plain type, or of one that `serde_client::logical` knows: a date, a UUID, a decimal.
/// An `Option` has the default `null`.
///
/// On a variant: `rename = "…"`; on one variant of an enum: `default`.
#[proc_macro_derive(AvroRecord, attributes(avro))]
pub fn avro_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn derived(input: &DeriveInput) -> Result<proc_macro2::TokenStream> {
    let container = attributes::Container::read(input)?;
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => record::derive(input, &container, fields),
            other => {
                Err(Error::new_spanned(other, "an Avro record has named fields: write `{ name: Type }`"))
            }
        },
        Data::Enum(data) => choice::derive(input, &container, data),
        Data::Union(data) => {
            Err(Error::new_spanned(data.union_token, "a Rust union does not say what it holds: use an enum"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(item: &str, reason: &str) {
        let error = derived(&syn::parse_str(item).unwrap()).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn what_has_no_schema_is_refused_with_the_reason() {
        for (item, reason) in [
            ("struct S(i32);", "named fields"),
            ("struct S;", "named fields"),
            ("union S { a: i32 }", "use an enum"),
            ("enum S {}", "no values to write"),
            ("enum S { A(i32, i32) }", "one type"),
            ("enum S { A(i32), B { b: i32 } }", "one type"),
            ("struct S<T> { a: T }", "no type parameters"),
            ("struct S<'a, 'b> { a: &'a str, b: &'b str }", "one lifetime"),
            ("struct S { a: [u8; 4] }", "has a name in Avro"),
            ("struct S { a: Vec<[u8; 4]> }", "has a name in Avro"),
            ("#[avro(namespace = \"n\")] enum S { A(i32) }", "no name, namespace or aliases"),
        ] {
            check_refused(item, reason);
        }
    }

    #[test]
    fn attributes_are_checked_where_they_stand() {
        for (attribute, field_type, reason) in [
            ("rename = \"a-b\"", "i32", "is no name in Avro"),
            ("alias = \"1\"", "i32", "is no name in Avro"),
            ("logical = \"timestamp\"", "i64", "no logical type `timestamp`"),
            ("logical = \"date\"", "i64", "of i32 and of types that stand for it, not of `i64`"),
            (
                "logical = \"timestamp-millis\"",
                "Option<i32>",
                "of i64 and of types that stand for it, not of `i32`",
            ),
            ("logical = \"uuid\"", "Vec<u8>", "not of `Vec<u8>`"),
            ("logical = \"decimal\"", "Vec<u8>", "precision"),
            ("decimal(scale = 1)", "Vec<u8>", "needs its precision"),
            ("decimal(precision = 1, scale = 2)", "Vec<u8>", "not above its precision"),
            ("logical = \"duration\"", "[u8; 12]", "fixed = \"Name\""),
            ("logical = \"duration\"", "Span", "fixed = \"Name\""),
            ("fixed = \"F\"", "String", "only a `[u8; N]`"),
            ("logical = \"date\", fixed = \"F\"", "NaiveDate", "only a `[u8; N]`"),
            ("default = f()", "i32", "a default is a literal"),
            ("skip", "i32", "on a field: rename"),
        ] {
            check_refused(&format!("struct S {{ #[avro({attribute})] a: {field_type} }}"), reason);
        }
        check_refused("#[avro(rename_all = \"x\")] struct S {}", "one of camelCase");
        check_refused("#[avro(name = \"a.b\")] struct S {}", "is no name in Avro");
        check_refused("enum S { #[avro(default)] A, #[avro(default)] B }", "one default");
    }
}
