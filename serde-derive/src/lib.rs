//! The derive macro of `serde-client`: a Rust type's Avro schema together with its encoder and decoder.

mod attributes;
mod choice;
mod frame;
mod names;
mod record;
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
/// `fixed = "Name"` for a `[u8; N]`, `logical = "…"` with a logical type's name, `decimal(precision = …, scale = …)`.
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
            other => Err(Error::new_spanned(other, "an Avro record has named fields: write `{ name: Type }`")),
        },
        Data::Enum(data) => choice::derive(input, &container, data),
        Data::Union(data) => {
            Err(Error::new_spanned(data.union_token, "a Rust union does not say what it holds: use an enum"))
        }
    }
}
