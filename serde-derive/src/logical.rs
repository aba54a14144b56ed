//! Avro's logical types: which Rust types they can be said of, and what stands on the wire for others.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Ident, LitStr, Result};

use crate::attributes::Logical;

/// How values of a type get onto the wire.
pub(crate) enum Stands {
    /// As they are.
    Plain,
    /// Converted, by the type's `serde_client::logical::Logical`.
    Converted,
}

/// A logical type.
pub(crate) struct Row {
    /// The plain types that it can be said of.
    fits: &'static [&'static str],
    /// What it is called in `serde_client::logical::meaning`.
    meaning: &'static str,
    wire: Wire,
}

/// What stands on the wire for a value that is converted.
enum Wire {
    /// A primitive type.
    Primitive(&'static str),
    /// A fixed, of so many bytes.
    Fixed(usize),
    /// A primitive type, or a fixed if the field says so.
    Either(&'static str, usize),
}

pub(crate) fn row(logical: &Logical) -> Result<Row> {
    let int = |meaning| Row { fits: &["i32"], meaning, wire: Wire::Primitive("int") };
    let long = |meaning| Row { fits: &["i64"], meaning, wire: Wire::Primitive("long") };
    Ok(match logical.name.as_str() {
        "date" => int("Date"),
        "time-millis" => int("TimeMillis"),
        "time-micros" => long("TimeMicros"),
        "timestamp-millis" => long("TimestampMillis"),
        "timestamp-micros" => long("TimestampMicros"),
        "timestamp-nanos" => long("TimestampNanos"),
        "local-timestamp-millis" => long("LocalTimestampMillis"),
        "local-timestamp-micros" => long("LocalTimestampMicros"),
        "local-timestamp-nanos" => long("LocalTimestampNanos"),
        "uuid" => Row {
            fits: &["String", "str", "Cow<str>", "[u8; N]"],
            meaning: "Uuid",
            wire: Wire::Either("string", 16),
        },
        "decimal" => Row {
            fits: &["Vec<u8>", "[u8]", "Cow<[u8]>", "[u8; N]"],
            meaning: "Decimal",
            wire: Wire::Primitive("bytes"),
        },
        "duration" => Row { fits: &["[u8; N]"], meaning: "Duration", wire: Wire::Fixed(12) },
        other => return Err(Error::new(logical.span, format!("Avro has no logical type `{other}`"))),
    })
}

impl Row {
    /// How a type gets onto the wire, by what the table calls it.
    pub(crate) fn stands(&self, logical: &Logical, word: &str) -> Result<Stands> {
        if self.fits.contains(&word) {
            return Ok(Stands::Plain);
        }
        if !is_plain(word) {
            return Ok(Stands::Converted);
        }
        let (name, fits) = (&logical.name, self.fits.join(", "));
        let reason =
            format!("`{name}` is a logical type of {fits} and of types that stand for it, not of `{word}`");
        Err(Error::new(logical.span, reason))
    }

    /// The schema of what is converted.
    pub(crate) fn schema(
        &self,
        logical: &Logical,
        fixed: Option<&LitStr>,
        properties: &TokenStream,
    ) -> Result<TokenStream> {
        match (&self.wire, fixed) {
            (Wire::Fixed(size) | Wire::Either(_, size), Some(name)) => {
                Ok(quote!(known.fixed(#name, #size, #properties)))
            }
            (Wire::Primitive(word) | Wire::Either(word, _), None) => {
                Ok(quote!(native::text::with_properties(native::text::json(#word), #properties)))
            }
            (Wire::Primitive(_), Some(name)) => Err(Error::new(
                name.span(),
                format!("only a `[u8; N]` can be a fixed for `{}`", logical.name),
            )),
            (Wire::Fixed(_), None) => Err(Error::new(
                logical.span,
                format!(
                    "a fixed has a name in Avro: write `logical = \"{}\", fixed = \"Name\"`",
                    logical.name
                ),
            )),
        }
    }

    /// The type that stands for the logical type.
    pub(crate) fn meaning(&self, logical: &Logical, is_fixed: bool) -> TokenStream {
        let name = match (&self.wire, is_fixed) {
            (Wire::Either(..), true) => format!("{}Fixed", self.meaning),
            _ => self.meaning.to_owned(),
        };
        let name = Ident::new(&name, logical.span);
        match logical.decimal {
            Some((precision, scale)) => quote!(native::meaning::#name<#precision, #scale>),
            None => quote!(native::meaning::#name),
        }
    }
}

/// Whether a type has a schema of its own without a logical type, so that it stands for none.
fn is_plain(word: &str) -> bool {
    const NUMBERS: [&str; 10] = ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "f32", "f64"];
    const OTHERS: [&str; 7] = ["String", "str", "Cow<str>", "Vec<u8>", "[u8]", "Cow<[u8]>", "[u8; N]"];
    NUMBERS.contains(&word) || OTHERS.contains(&word)
}

/// `logicalType` and its parameters.
pub(crate) fn properties(logical: &Logical) -> Result<TokenStream> {
    let name = &logical.name;
    Ok(match logical.decimal {
        Some((precision, scale)) => quote!(&[
            ("logicalType", native::text::json(#name)),
            ("precision", native::text::json(#precision)),
            ("scale", native::text::json(#scale)),
        ]),
        None if name == "decimal" => {
            return Err(Error::new(logical.span, "write decimal(precision = …, scale = …)"));
        }
        None => quote!(&[("logicalType", native::text::json(#name))]),
    })
}
