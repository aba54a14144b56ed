//! Reading a record that another schema wrote.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Index};

use crate::record::Field;
use crate::types;

/// So many fields are passed by one comparison where none of them is the next one.
const TURNS: usize = 8;

/// A field with the slot in which it waits for the others. An `Option` waits as it is, in a slot that is `None` before.
struct Slot<'f> {
    field: &'f Field<'f>,
    number: u32,
    index: Index,
    is_option: bool,
}

/// Reads the fields in the order in which the writer has them; those that it does not have get their defaults.
pub(crate) fn resolve(fields: &[Field<'_>]) -> TokenStream {
    let slot = |(number, field): (u32, _)| Slot::new(number, field);
    let slots: Vec<Slot<'_>> = (0..).zip(fields).map(slot).collect();
    let empties = slots.iter().map(Slot::empty);
    let turns = slots.chunks(TURNS).map(|slots| {
        let (turns, behind) = (slots.iter().map(Slot::turn), slots.last().map_or(0, |slot| slot.number + 1));
        quote!(if field < #behind { #(#turns)* })
    });
    let others = slots.iter().map(Slot::other);
    let absent = slots.iter().filter(|slot| slot.is_option).map(Slot::absent);
    let required = slots.iter().filter(|slot| !slot.is_option).map(Slot::required);
    let values = slots.iter().map(Slot::value);
    let count = u32::try_from(fields.len()).unwrap_or(u32::MAX);
    quote! {
        let mut slots = (#(#empties,)*);
        native::apart(&mut slots, |slots| {
            let mut steps = place.record(input)?;
            let (mut field, mut end) = steps.next(input)?;
            loop {
                while field < #count {
                    #(#turns)*
                }
                match field.wrapping_sub(native::Steps::OTHER) {
                    #(#others)*
                    _ => break,
                }
                (field, end) = steps.next(input)?;
            }
            for absent in steps.absent() {
                match absent {
                    #(#absent)*
                    _ => {}
                }
            }
            input.leave();
            ::core::result::Result::Ok(())
        })?;
        #(#required)*
        ::core::result::Result::Ok(Self { #(#values)* })
    }
}

impl<'f> Slot<'f> {
    fn new(number: u32, field: &'f Field<'f>) -> Self {
        let is_option = types::is_option(field.field_type);
        Self { field, number, index: Index::from(number as usize), is_option }
    }

    fn empty(&self) -> TokenStream {
        let field_type = self.field.field_type;
        match self.is_option {
            true => quote!(<#field_type>::None),
            false => quote!(::core::option::Option::<#field_type>::None),
        }
    }

    /// What waits in the slot when `read` gave a value.
    fn held(&self, read: &TokenStream) -> TokenStream {
        let name = &self.field.name;
        let value = quote!(#read.map_err(|fault| fault.within(#name))?);
        if self.is_option { value } else { quote!(::core::option::Option::Some(#value)) }
    }

    /// Reads the field if it is the next one of the writer, in the same type.
    fn turn(&self) -> TokenStream {
        let Self { number, index, .. } = self;
        let behind = number + 1;
        let Field { field_type, meaning, .. } = self.field;
        let held = self.held(&quote!(<#field_type as native::AvroDecode<'de, #meaning>>::avro_decode(input)));
        quote! {
            if field == #number {
                native::put(&mut slots.#index, #held);
                field = #behind;
                if end == #behind {
                    (field, end) = steps.next(input)?;
                }
            }
        }
    }

    /// Reads the field where the writer has another type.
    fn other(&self) -> TokenStream {
        let Self { number, index, .. } = self;
        let Field { field_type, meaning, .. } = self.field;
        let held = self.held(&quote!(steps.resolved::<#meaning, #field_type>(input)));
        quote!(#number => slots.#index = #held,)
    }

    fn default(&self) -> TokenStream {
        let number = self.number;
        let Field { field_type, meaning, name, .. } = self.field;
        quote! {
            <Self as native::AvroRecord>::avro_own().default::<#meaning, #field_type>(#number)
                .map_err(|fault| fault.within(#name))?
        }
    }

    /// Gives an `Option` its default: an empty slot does not say whether it was read.
    fn absent(&self) -> TokenStream {
        let Self { number, index, .. } = self;
        let default = self.default();
        quote!(#number => slots.#index = #default,)
    }

    /// Takes what a slot holds, before any other slot is emptied: what can fail comes first, so that the rest are moves.
    fn required(&self) -> TokenStream {
        let Self { index, .. } = self;
        let (local, default) = (self.local(), self.default());
        quote! {
            let #local = match slots.#index {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => #default,
            };
        }
    }

    fn local(&self) -> Ident {
        format_ident!("field_{}", self.number)
    }

    fn value(&self) -> TokenStream {
        let Self { index, .. } = self;
        let ident = self.field.ident;
        if self.is_option {
            return quote!(#ident: slots.#index,);
        }
        let local = self.local();
        quote!(#ident: #local,)
    }
}
