//! Records.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, FieldsNamed, Ident, Result, Type};

use crate::attributes::{self, Container};
use crate::{frame, resolve, types};

/// What is known of one field.
pub(crate) struct Field<'i> {
    pub(crate) ident: &'i Ident,
    pub(crate) field_type: &'i Type,
    pub(crate) name: String,
    /// The parameter of the traits that read and write it.
    pub(crate) meaning: TokenStream,
    attributes: attributes::Field,
}

/// The implementations for a struct.
pub(crate) fn derive(
    input: &DeriveInput,
    container: &Container,
    fields: &FieldsNamed,
) -> Result<TokenStream> {
    let mut read = Vec::new();
    for field in &fields.named {
        let attributes = attributes::Field::read(&field.attrs)?;
        // A named field has a name.
        let Some(ident) = &field.ident else { continue };
        let name = container.spelled(ident, attributes.rename.as_ref())?;
        let meaning = types::meaning(&field.ty, &attributes)?;
        read.push(Field { ident, field_type: &field.ty, name, meaning, attributes });
    }
    let schema = schema(container, &read)?;
    let body = frame::Body {
        branch: container.name.clone(),
        schema,
        wire_min: wire_min(&read),
        encode: encode(&read),
        decode: decode(&read),
        decode_into: decode_into(&read),
        resolve: resolve::resolve(&read),
    };
    frame::implementations(input, body)
}

fn schema(container: &Container, fields: &[Field<'_>]) -> Result<TokenStream> {
    let mut texts = Vec::new();
    for field in fields {
        let name = &field.name;
        let schema = types::schema(field.field_type, &field.attributes)?;
        let doc = frame::optional(field.attributes.doc.as_ref());
        let aliases = &field.attributes.aliases;
        let default = match &field.attributes.default {
            Some(default) => quote!(::core::option::Option::Some(#default)),
            None if types::is_option(field.field_type) => quote!(::core::option::Option::Some("null")),
            None => quote!(::core::option::Option::None),
        };
        texts.push(quote! {
            native::text::field(#name, #schema, #doc, &[#(#aliases),*], #default)
        });
    }
    let named = frame::named(container);
    Ok(quote! {
        known.named(&#named, |known| native::text::record(::std::vec![#(#texts),*]))
    })
}

fn wire_min(fields: &[Field<'_>]) -> TokenStream {
    let sizes = fields.iter().map(|Field { field_type, meaning, .. }| {
        quote!(<#field_type as native::AvroDecode<'de, #meaning>>::WIRE_MIN)
    });
    quote!(0 #(+ #sizes)*)
}

fn encode(fields: &[Field<'_>]) -> TokenStream {
    let writes = fields.iter().map(|Field { ident, field_type, name, meaning, .. }| {
        quote! {
            <#field_type as native::AvroEncode<#meaning>>::avro_encode(&self.#ident, out)
                .map_err(|misfit| misfit.within(#name))?;
        }
    });
    quote! {
        #(#writes)*
        ::core::result::Result::Ok(())
    }
}

fn decode(fields: &[Field<'_>]) -> TokenStream {
    let reads = fields.iter().map(|Field { ident, field_type, name, meaning, .. }| {
        quote! {
            #ident: <#field_type as native::AvroDecode<'de, #meaning>>::avro_decode(input)
                .map_err(|fault| fault.within(#name))?,
        }
    });
    quote! {
        input.enter()?;
        let value = Self { #(#reads)* };
        input.leave();
        ::core::result::Result::Ok(value)
    }
}

fn decode_into(fields: &[Field<'_>]) -> TokenStream {
    let reads = fields.iter().map(|Field { ident, field_type, name, meaning, .. }| {
        quote! {
            <#field_type as native::AvroDecode<'de, #meaning>>::avro_decode_into(&mut self.#ident, input)
                .map_err(|fault| fault.within(#name))?;
        }
    });
    quote! {
        input.enter()?;
        #(#reads)*
        input.leave();
        ::core::result::Result::Ok(())
    }
}
