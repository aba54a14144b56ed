//! The schema of a field's type, with what its attributes add to it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Expr, GenericArgument, PathArguments, Result, Type};

use crate::attributes::Field;
use crate::logical::{self, Stands};

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
    let (row, properties) = (logical::row(logical)?, logical::properties(logical)?);
    match row.stands(logical, &word(field_type, shape))? {
        Stands::Plain => plain(field_type, shape, field, &properties),
        Stands::Converted => {
            let schema = row.schema(logical, field.fixed.as_ref(), &properties)?;
            let meaning = row.meaning(logical, field.fixed.is_some());
            Ok(quote!({
                native::stands::<#field_type, #meaning>();
                #schema
            }))
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
    let Some(logical) = &field.logical else { return Ok(quote!(native::Plain)) };
    let (shape, innermost) = innermost(field_type);
    let row = logical::row(logical)?;
    match row.stands(logical, &word(innermost, &shape))? {
        Stands::Plain => Ok(quote!(native::Plain)),
        Stands::Converted => Ok(row.meaning(logical, field.fixed.is_some())),
    }
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
