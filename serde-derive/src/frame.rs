//! What the implementations for records, enums and unions have in common.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, Lifetime, Result};

use crate::attributes::{self, Container};

/// The bodies of the functions that differ.
pub(crate) struct Body {
    /// What tells the type from other branches of a union.
    pub(crate) branch: String,
    pub(crate) schema: TokenStream,
    pub(crate) wire_min: TokenStream,
    pub(crate) encode: TokenStream,
    pub(crate) decode: TokenStream,
    pub(crate) decode_into: TokenStream,
    pub(crate) resolve: TokenStream,
}

/// All implementations, in a block of their own so that their imports meet no name of the user's.
pub(crate) fn implementations(input: &DeriveInput, body: Body) -> Result<TokenStream> {
    let ident = &input.ident;
    let lifetime = attributes::lifetime(input)?;
    let (shared, reading) = match lifetime {
        Some(_) => (quote!(<'_>), quote!(<'de>)),
        None => (quote!(), quote!()),
    };
    let Body { branch, schema, wire_min, encode, decode, decode_into, resolve } = body;
    // The fields' types name the lifetime of the struct; what reads them calls it `'de`.
    let [wire_min, decode, decode_into, resolve] =
        [wire_min, decode, decode_into, resolve].map(|body| match lifetime {
            Some(lifetime) => renamed(body, lifetime, &Lifetime::new("'de", Span::call_site())),
            None => body,
        });
    let [schema, encode] = [schema, encode].map(|body| match lifetime {
        Some(lifetime) => renamed(body, lifetime, &Lifetime::new("'_", Span::call_site())),
        None => body,
    });
    Ok(quote! {
        const _: () = {
            use ::serde_client::codec::avro::native;

            #[automatically_derived]
            impl native::AvroSchema for #ident #shared {
                const BRANCH: &'static str = #branch;

                fn avro_schema(known: &mut native::text::KnownNames) -> native::text::Json {
                    #schema
                }
            }

            #[automatically_derived]
            impl native::AvroRecord for #ident #shared {
                #[inline]
                fn avro_own() -> &'static native::Own {
                    static OWN: native::Own = native::Own::of::<#ident>();
                    &OWN
                }
            }

            #[automatically_derived]
            impl native::AvroEncode for #ident #shared {
                #[inline]
                fn avro_encode(
                    &self,
                    out: &mut native::Output<'_>,
                ) -> ::core::result::Result<(), native::EncodeError> {
                    #encode
                }
            }

            #[automatically_derived]
            impl<'de> native::AvroDecode<'de> for #ident #reading {
                const WIRE_MIN: usize = #wire_min;

                #[inline]
                fn avro_decode(
                    input: &mut native::Input<'de>,
                ) -> ::core::result::Result<Self, native::DecodeError> {
                    #decode
                }

                #[inline]
                fn avro_decode_into(
                    &mut self,
                    input: &mut native::Input<'de>,
                ) -> ::core::result::Result<(), native::DecodeError> {
                    #decode_into
                }

                fn avro_resolve(
                    place: native::Place<'_>,
                    input: &mut native::Input<'de>,
                ) -> ::core::result::Result<Self, native::DecodeError> {
                    #resolve
                }
            }
        };
    })
}

/// Puts one lifetime in the place of another.
fn renamed(tokens: TokenStream, from: &Lifetime, to: &Lifetime) -> TokenStream {
    use proc_macro2::{Group, Ident, TokenTree};
    let mut out = Vec::new();
    let mut after_quote = false;
    for tree in tokens {
        let tree = match tree {
            TokenTree::Ident(ident) if after_quote && ident == from.ident => {
                TokenTree::Ident(Ident::new(&to.ident.to_string(), ident.span()))
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), renamed(group.stream(), from, to));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        after_quote = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '\'');
        out.push(tree);
    }
    out.into_iter().collect()
}

/// Name, namespace, doc and aliases of a type.
pub(crate) fn named(container: &Container) -> TokenStream {
    let Container { name, aliases, .. } = container;
    let namespace = optional(container.namespace.as_ref());
    let doc = optional(container.doc.as_ref());
    quote! {
        native::text::Named { name: #name, namespace: #namespace, doc: #doc, aliases: &[#(#aliases),*] }
    }
}

/// An `Option` of a text.
pub(crate) fn optional(text: Option<&String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}
