//! Rust enums: Avro's enums and unions.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Error, Fields, Ident, Result, Type};

use crate::attributes::{self, Container};
use crate::frame;

/// The implementations for an enum: an Avro enum when no variant holds anything, and otherwise a union.
pub(crate) fn derive(input: &DeriveInput, container: &Container, data: &DataEnum) -> Result<TokenStream> {
    if data.variants.is_empty() {
        return Err(Error::new_spanned(&input.ident, "an enum without variants has no values to write"));
    }
    let is_enum = data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit));
    let body = if is_enum { symbols(container, data)? } else { union(container, data)? };
    frame::implementations(input, body)
}

fn symbols(container: &Container, data: &DataEnum) -> Result<frame::Body> {
    let (mut names, mut default) = (Vec::new(), None);
    for variant in &data.variants {
        let read = attributes::Variant::read(&variant.attrs)?;
        let name = container.spelled(&variant.ident, read.rename.as_ref())?;
        if let Some(span) = read.default
            && default.replace(name.clone()).is_some()
        {
            return Err(Error::new(span, "an enum has one default"));
        }
        names.push(name);
    }
    let named = frame::named(container);
    let default = frame::optional(default.as_ref());
    let idents: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let count = idents.len();
    let (numbers, wire): (Vec<usize>, Vec<i64>) = (0..count).zip(0..).unzip();
    let pick = quote! {
        match number {
            #(#numbers => ::core::result::Result::Ok(Self::#idents),)*
            _ => ::core::result::Result::Err(input.fault("an enum has no such symbol")),
        }
    };
    Ok(frame::Body {
        branch: container.name.clone(),
        schema: quote! {
            known.named(&#named, |_| native::text::symbols(&[#(#names),*], #default))
        },
        wire_min: quote!(1),
        encode: quote! {
            out.long(match self { #(Self::#idents => #wire,)* });
            ::core::result::Result::Ok(())
        },
        decode: quote! {
            let number = input.index(#count)?;
            #pick
        },
        decode_into: replace(),
        resolve: quote! {
            let number = place.symbol(input)?;
            #pick
        },
    })
}

/// One branch of a union: a type, or nothing for `null`.
struct Branch<'i> {
    ident: &'i Ident,
    held: Option<&'i Type>,
}

fn union(container: &Container, data: &DataEnum) -> Result<frame::Body> {
    if container.namespace.is_some() || !container.aliases.is_empty() {
        return Err(Error::new_spanned(
            data.enum_token,
            "a union has no name, namespace or aliases of its own: its branches do",
        ));
    }
    let mut branches = Vec::new();
    for variant in &data.variants {
        attributes::Variant::read(&variant.attrs)?;
        let held = match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| &field.ty)
            }
            other => {
                return Err(Error::new_spanned(
                    other,
                    "a branch of a union is one type: let the variant hold one value, a struct for a record",
                ));
            }
        };
        branches.push(Branch { ident: &variant.ident, held });
    }
    Ok(union_body(&branches))
}

fn union_body(branches: &[Branch<'_>]) -> frame::Body {
    let null: Type = syn::parse_quote!(());
    let types: Vec<&Type> = branches.iter().map(|branch| branch.held.unwrap_or(&null)).collect();
    let count = branches.len();
    let (mut writes, mut reads, mut resolves) = (Vec::new(), Vec::new(), Vec::new());
    for ((Branch { ident, held }, held_type), number) in branches.iter().zip(&types).zip(0_usize..) {
        let wire = i64::try_from(number).unwrap_or(i64::MAX);
        let name = ident.to_string();
        match held {
            Some(_) => {
                writes.push(quote! {
                    Self::#ident(value) => {
                        out.long(#wire);
                        <#held_type as native::AvroEncode>::avro_encode(value, out)
                            .map_err(|misfit| misfit.within(#name))
                    }
                });
                reads.push(quote! {
                    #number => <#held_type as native::AvroDecode<'de>>::avro_decode(input)
                        .map(Self::#ident).map_err(|fault| fault.within(#name)),
                });
                resolves.push(quote! {
                    if place.is_branch::<#held_type>() {
                        return <#held_type as native::AvroDecode<'de>>::avro_resolve(place, input)
                            .map(Self::#ident).map_err(|fault| fault.within(#name));
                    }
                });
            }
            None => {
                writes.push(quote!(Self::#ident => { out.long(#wire); ::core::result::Result::Ok(()) }));
                reads.push(quote!(#number => ::core::result::Result::Ok(Self::#ident),));
                resolves.push(quote! {
                    if place.is_branch::<()>() {
                        return ::core::result::Result::Ok(Self::#ident);
                    }
                });
            }
        }
    }
    frame::Body {
        branch: "union".to_owned(),
        schema: quote!(native::text::union(::std::vec![
            #(<#types as native::AvroSchema>::avro_schema(known)),*
        ])),
        wire_min: quote!(1),
        encode: quote!(match self { #(#writes)* }),
        decode: quote! {
            match input.index(#count)? {
                #(#reads)*
                _ => ::core::result::Result::Err(input.fault("a union has no such branch")),
            }
        },
        decode_into: replace(),
        resolve: quote! {
            let place = place.settled(input)?;
            #(#resolves)*
            ::core::result::Result::Err(place.refused(input))
        },
    }
}

fn replace() -> TokenStream {
    quote! {
        *self = <Self as native::AvroDecode<'de>>::avro_decode(input)?;
        ::core::result::Result::Ok(())
    }
}
