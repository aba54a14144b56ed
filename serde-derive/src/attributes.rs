//! What stands in `#[avro(…)]`, and doc comments.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{
    Attribute, DeriveInput, Error, Expr, ExprLit, ExprUnary, Ident, Lit, LitInt, LitStr, Meta, Result, UnOp,
};

use crate::names::{self, Spelling};

/// The name of the attribute.
const AVRO: &str = "avro";

/// What is said of a type.
pub(crate) struct Container {
    /// Without the namespace.
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) doc: Option<String>,
    pub(crate) aliases: Vec<String>,
    pub(crate) spelling: Option<Spelling>,
}

/// What is said of a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) rename: Option<LitStr>,
    pub(crate) doc: Option<String>,
    pub(crate) aliases: Vec<String>,
    /// The text of the default as JSON.
    pub(crate) default: Option<String>,
    /// The name of the fixed.
    pub(crate) fixed: Option<LitStr>,
    pub(crate) logical: Option<Logical>,
}

/// What is said of a variant.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) rename: Option<LitStr>,
    /// Where it is said that the variant is the default.
    pub(crate) default: Option<Span>,
}

/// A logical type.
pub(crate) struct Logical {
    pub(crate) name: String,
    pub(crate) span: Span,
    /// Precision and scale of a decimal.
    pub(crate) decimal: Option<(u32, u32)>,
}

impl Container {
    pub(crate) fn read(input: &DeriveInput) -> Result<Self> {
        let mut container = Self {
            name: input.ident.unraw().to_string(),
            namespace: None,
            doc: doc(&input.attrs),
            aliases: Vec::new(),
            spelling: None,
        };
        each(&input.attrs, |meta| {
            if meta.path.is_ident("name") {
                let name: LitStr = meta.value()?.parse()?;
                names::checked(&name.value(), name.span())?;
                container.name = name.value();
            } else if meta.path.is_ident("namespace") {
                let namespace: LitStr = meta.value()?.parse()?;
                names::checked_full(&namespace.value(), namespace.span())?;
                container.namespace = Some(namespace.value());
            } else if meta.path.is_ident("alias") {
                let alias: LitStr = meta.value()?.parse()?;
                names::checked_full(&alias.value(), alias.span())?;
                container.aliases.push(alias.value());
            } else if meta.path.is_ident("rename_all") {
                container.spelling = Some(Spelling::read(&meta.value()?.parse()?)?);
            } else {
                return Err(meta.error("on a type: name, namespace, alias, rename_all"));
            }
            Ok(())
        })?;
        Ok(container)
    }

    /// The name in the schema of a field or variant.
    pub(crate) fn spelled(&self, ident: &Ident, rename: Option<&LitStr>) -> Result<String> {
        let name = match (rename, self.spelling) {
            (Some(rename), _) => {
                names::checked(&rename.value(), rename.span())?;
                return Ok(rename.value());
            }
            (None, Some(spelling)) => spelling.apply(&ident.unraw().to_string()),
            (None, None) => ident.unraw().to_string(),
        };
        names::checked(&name, ident.span())?;
        Ok(name)
    }
}

impl Field {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self { doc: doc(attributes), ..Self::default() };
        each(attributes, |meta| {
            if meta.path.is_ident("rename") {
                field.rename = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("alias") {
                let alias: LitStr = meta.value()?.parse()?;
                names::checked(&alias.value(), alias.span())?;
                field.aliases.push(alias.value());
            } else if meta.path.is_ident("default") {
                field.default = Some(literal(&meta.value()?.parse()?)?);
            } else if meta.path.is_ident("default_json") {
                field.default = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("fixed") {
                let name: LitStr = meta.value()?.parse()?;
                names::checked(&name.value(), name.span())?;
                field.fixed = Some(name);
            } else if meta.path.is_ident("logical") {
                let name: LitStr = meta.value()?.parse()?;
                field.logical = Some(Logical { name: name.value(), span: name.span(), decimal: None });
            } else if meta.path.is_ident("decimal") {
                field.logical = Some(decimal(&meta)?);
            } else {
                return Err(
                    meta.error("on a field: rename, alias, default, default_json, fixed, logical, decimal")
                );
            }
            Ok(())
        })?;
        Ok(field)
    }
}

impl Variant {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut variant = Self::default();
        each(attributes, |meta| {
            if meta.path.is_ident("rename") {
                variant.rename = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("default") {
                variant.default = meta.path.get_ident().map(Ident::span);
            } else {
                return Err(meta.error("on a variant: rename, default"));
            }
            Ok(())
        })?;
        Ok(variant)
    }
}

fn each(attributes: &[Attribute], read: impl FnMut(ParseNestedMeta<'_>) -> Result<()>) -> Result<()> {
    let mut read = read;
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(AVRO))
        .try_for_each(|attribute| attribute.parse_nested_meta(&mut read))
}

fn decimal(meta: &ParseNestedMeta<'_>) -> Result<Logical> {
    let (mut precision, mut scale) = (None, 0);
    meta.parse_nested_meta(|inner| {
        let number = inner.value()?.parse::<LitInt>()?.base10_parse()?;
        if inner.path.is_ident("precision") {
            precision = Some(number);
        } else if inner.path.is_ident("scale") {
            scale = number;
        } else {
            return Err(inner.error("a decimal has a precision and a scale"));
        }
        Ok(())
    })?;
    let precision = precision.ok_or_else(|| meta.error("a decimal needs its precision"))?;
    if scale > precision {
        return Err(meta.error("the scale of a decimal is not above its precision"));
    }
    let span = meta.path.get_ident().map_or_else(Span::call_site, Ident::span);
    Ok(Logical { name: "decimal".to_owned(), span, decimal: Some((precision, scale)) })
}

/// A literal as JSON.
fn literal(expression: &Expr) -> Result<String> {
    match expression {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(text) => Ok(quoted(&text.value())),
            Lit::Bool(value) => Ok(value.value.to_string()),
            Lit::Int(number) => Ok(number.base10_digits().to_owned()),
            Lit::Float(number) => Ok(number.base10_digits().to_owned()),
            other => Err(Error::new_spanned(other, "use `default_json` for such a default")),
        },
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => Ok(format!("-{}", literal(expr)?)),
        other => {
            Err(Error::new_spanned(other, "a default is a literal; use `default_json` for anything else"))
        }
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if character < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            character => out.push(character),
        }
    }
    out.push('"');
    out
}

/// The doc comment, its lines joined as they are.
fn doc(attributes: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attributes.iter().filter_map(doc_line).collect();
    let text = lines.join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    let is_doc = attribute.path().is_ident("doc");
    match &pair.value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) if is_doc => Some(line.value().trim().to_owned()),
        _ => None,
    }
}

/// Refuses type parameters and more than one lifetime; gives the lifetime that the type borrows for.
pub(crate) fn lifetime(input: &DeriveInput) -> Result<Option<&syn::Lifetime>> {
    for parameter in &input.generics.params {
        if !matches!(parameter, syn::GenericParam::Lifetime(_)) {
            return Err(Error::new_spanned(
                parameter,
                "an Avro schema has no type parameters: write the type out",
            ));
        }
    }
    let mut lifetimes = input.generics.lifetimes();
    let first = lifetimes.next().map(|parameter| &parameter.lifetime);
    match lifetimes.next() {
        Some(second) => Err(Error::new_spanned(second, "a record borrows from one place: use one lifetime")),
        None => Ok(first),
    }
}
