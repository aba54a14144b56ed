//! The schema of a field's type, with what its attributes add to it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, GenericArgument, Ident, PathArguments, Result, Type};

use crate::attributes::{Field, Logical};

/// What a Rust type is made of, as far as attributes have to look into it.
enum Shape<'t> {
    Option(&'t Type),
    List(&'t Type),
    Map(&'t Type),
    Box(&'t Type),
    /// `[u8; N]`.
    Fixed(&'t Expr),
    Other,
}

/// An expression for the schema of a field, as JSON.
pub(crate) fn schema(field_type: &Type, field: &Field) -> Result<TokenStream> {
    if field.fixed.is_none() && field.logical.is_none() {
        return match innermost(field_type) {
            (Shape::Fixed(_), fixed) => Err(Error::new_spanned(
                fixed,
                "a fixed has a name in Avro: write #[avro(fixed = \"Name\")] on the field",
            )),
            _ => Ok(quote!(<#field_type as native::AvroSchema>::avro_schema(known))),
        };
    }
    adorned(field_type, field)
}

/// Whether `null` is a value of the type.
pub(crate) fn is_option(field_type: &Type) -> bool {
    matches!(shape(field_type), Shape::Option(_))
}

fn innermost(field_type: &Type) -> (Shape<'_>, &Type) {
    match shape(field_type) {
        Shape::Option(inner) | Shape::List(inner) | Shape::Map(inner) | Shape::Box(inner) => innermost(inner),
        leaf => (leaf, field_type),
    }
}

fn adorned(field_type: &Type, field: &Field) -> Result<TokenStream> {
    Ok(match shape(field_type) {
        Shape::Option(inner) => {
            let inner = adorned(inner, field)?;
            quote!(native::text::optional(#inner))
        }
        Shape::List(inner) => {
            let inner = adorned(inner, field)?;
            quote!(native::text::list(#inner))
        }
        Shape::Map(inner) => {
            let inner = adorned(inner, field)?;
            quote!(native::text::map(#inner))
        }
        Shape::Box(inner) => adorned(inner, field)?,
        leaf => self::leaf(field_type, &leaf, field)?,
    })
}

fn leaf(field_type: &Type, shape: &Shape<'_>, field: &Field) -> Result<TokenStream> {
    let Some(logical) = &field.logical else { return plain(field_type, shape, field, &quote!(&[])) };
    let (row, properties) = (row(logical)?, properties(logical)?);
    let word = word(field_type, shape);
    if row.fits.contains(&word.as_str()) {
        return plain(field_type, shape, field, &properties);
    }
    if is_plain(&word) {
        let (name, fits) = (&logical.name, row.fits.join(", "));
        let reason =
            format!("`{name}` is a logical type of {fits} and of types that stand for it, not of `{word}`");
        return Err(Error::new(logical.span, reason));
    }
    match (&field.fixed, row.size) {
        (Some(name), Some(size)) => Ok(quote!(known.fixed(#name, #size, #properties))),
        (Some(name), None) => {
            Err(Error::new(name.span(), format!("only a `[u8; N]` can be a fixed for `{}`", logical.name)))
        }
        (None, Some(_)) if row.base == FIXED => Err(Error::new(
            logical.span,
            format!("a fixed has a name in Avro: write `logical = \"{}\", fixed = \"Name\"`", logical.name),
        )),
        (None, _) => {
            let base = row.base;
            Ok(quote!(native::text::with_properties(native::text::json(#base), #properties)))
        }
    }
}

/// The schema of a type that is what stands on the wire.
fn plain(
    field_type: &Type,
    shape: &Shape<'_>,
    field: &Field,
    properties: &TokenStream,
) -> Result<TokenStream> {
    match (shape, &field.fixed) {
        (Shape::Fixed(size), Some(name)) => Ok(quote!(known.fixed(#name, #size, #properties))),
        (Shape::Fixed(_), None) => Err(Error::new_spanned(
            field_type,
            "a fixed has a name in Avro: write `fixed = \"Name\"` as well",
        )),
        (_, Some(name)) => Err(Error::new(name.span(), "only a `[u8; N]` is a fixed")),
        (_, None) => Ok(quote! {
            native::text::with_properties(<#field_type as native::AvroSchema>::avro_schema(known), #properties)
        }),
    }
}

/// As which logical type the values of a field are converted, if their type is not what stands on the wire: a type for the
/// parameter of the traits.
pub(crate) fn meaning(field_type: &Type, field: &Field) -> Result<TokenStream> {
    let plain = quote!(native::Plain);
    let Some(logical) = &field.logical else { return Ok(plain) };
    let (shape, innermost) = innermost(field_type);
    let (row, word) = (row(logical)?, word(innermost, &shape));
    if row.fits.contains(&word.as_str()) {
        return Ok(plain);
    }
    let meaning = Ident::new(
        match (row.meaning, &field.fixed) {
            ("Uuid", Some(_)) => "UuidFixed",
            (meaning, _) => meaning,
        },
        logical.span,
    );
    Ok(match logical.decimal {
        Some((precision, scale)) => quote!(native::meaning::#meaning<#precision, #scale>),
        None => quote!(native::meaning::#meaning),
    })
}

/// The base of what is a fixed and nothing else.
const FIXED: &str = "fixed";

/// A logical type.
struct Row {
    /// The plain types that it can be said of.
    fits: &'static [&'static str],
    /// What it is called among the meanings of `serde-client`.
    meaning: &'static str,
    /// What stands on the wire for other types.
    base: &'static str,
    /// Bytes of the fixed that it can be.
    size: Option<usize>,
}

fn row(logical: &Logical) -> Result<Row> {
    let number = |fits, meaning, base| Row { fits, meaning, base, size: None };
    const INT: &[&str] = &["i32"];
    const LONG: &[&str] = &["i64"];
    Ok(match logical.name.as_str() {
        "date" => number(INT, "Date", "int"),
        "time-millis" => number(INT, "TimeMillis", "int"),
        "time-micros" => number(LONG, "TimeMicros", "long"),
        "timestamp-millis" => number(LONG, "TimestampMillis", "long"),
        "timestamp-micros" => number(LONG, "TimestampMicros", "long"),
        "timestamp-nanos" => number(LONG, "TimestampNanos", "long"),
        "local-timestamp-millis" => number(LONG, "LocalTimestampMillis", "long"),
        "local-timestamp-micros" => number(LONG, "LocalTimestampMicros", "long"),
        "local-timestamp-nanos" => number(LONG, "LocalTimestampNanos", "long"),
        "uuid" => Row {
            fits: &["String", "str", "Cow<str>", "[u8; N]"],
            meaning: "Uuid",
            base: "string",
            size: Some(16),
        },
        "decimal" => number(&["Vec<u8>", "[u8]", "Cow<[u8]>", "[u8; N]"], "Decimal", "bytes"),
        "duration" => Row { fits: &["[u8; N]"], meaning: "Duration", base: FIXED, size: Some(12) },
        other => {
            return Err(Error::new(logical.span, format!("Avro has no logical type `{other}`")));
        }
    })
}

/// Whether the schema of a type is known without a logical type, so that it stands for none.
fn is_plain(word: &str) -> bool {
    const PLAIN: [&str; 17] = [
        "bool",
        "i8",
        "i16",
        "i32",
        "i64",
        "u8",
        "u16",
        "u32",
        "f32",
        "f64",
        "String",
        "str",
        "Cow<str>",
        "Vec<u8>",
        "[u8]",
        "Cow<[u8]>",
        "[u8; N]",
    ];
    PLAIN.contains(&word)
}

/// `logicalType` and its parameters.
fn properties(logical: &Logical) -> Result<TokenStream> {
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

/// What a logical type's table calls a type.
fn word(field_type: &Type, shape: &Shape<'_>) -> String {
    match (shape, field_type) {
        (Shape::Fixed(_), _) => "[u8; N]".to_owned(),
        (_, Type::Reference(reference)) => word(&reference.elem, &Shape::Other),
        (_, Type::Slice(slice)) => format!("[{}]", word(&slice.elem, &Shape::Other)),
        (_, Type::Path(path)) => {
            let Some(segment) = path.path.segments.last() else { return String::new() };
            match argument(&segment.arguments) {
                Some(inner) => format!("{}<{}>", segment.ident, word(inner, &Shape::Other)),
                None => segment.ident.to_string(),
            }
        }
        (_, other) => quote!(#other).to_string(),
    }
}

fn shape(field_type: &Type) -> Shape<'_> {
    match field_type {
        Type::Array(array) if is_byte(&array.elem) => Shape::Fixed(&array.len),
        Type::Path(path) => {
            let Some(segment) = path.path.segments.last() else { return Shape::Other };
            let Some(inner) = argument(&segment.arguments) else { return Shape::Other };
            match segment.ident.to_string().as_str() {
                "Option" => Shape::Option(inner),
                "Vec" if !is_byte(inner) => Shape::List(inner),
                "HashMap" | "BTreeMap" => Shape::Map(inner),
                "Box" => Shape::Box(inner),
                _ => Shape::Other,
            }
        }
        Type::Paren(inner) => shape(&inner.elem),
        Type::Group(inner) => shape(&inner.elem),
        _ => Shape::Other,
    }
}

fn is_byte(candidate: &Type) -> bool {
    matches!(candidate, Type::Path(path) if path.path.is_ident("u8"))
}

/// The last type argument, but for a map's hasher: the second of two or more.
fn argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    });
    types.take(2).last()
}
