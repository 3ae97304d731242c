//! Definitions of structs, enums and delegates, with assertions of what they were computed to be.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::super::stub_names::{camel, in_csharp, of_field, snake};
use super::docs::{Docs, code};
use super::idents::{Scope, ident};
use super::native_types::{Defined, RustTypes, integer};
use super::repr_c::{Attribute, Plan, RustMember, StructPlans};
use super::{inside_braces, printed};
use crate::stubs::documentation::Documentation;
use thunkgen_core::collect::ir::declarations::{Field, Integer, Struct};

/// Writes the definitions of a file.
pub(super) struct Definitions<'t, 'd> {
    pub types: &'t mut RustTypes<'d>,
    pub layouts: &'d StructPlans<'d>,
    pub structs: &'d [Struct],
    pub documentation: &'d Documentation,
    /// Names of types.
    pub scope: Scope<'d>,
}

/// A field that is asserted: how it is reached, and its offset.
type Reached = (Vec<Ident>, u32);

impl Definitions<'_, '_> {
    /// The items that define a type, as text: the tokens of many fields take much more memory.
    pub fn define(&mut self, defined: &Defined) -> Vec<String> {
        let name = self.types.name(defined);
        match defined {
            Defined::Struct(index) => self.structure(*index, name),
            Defined::Enum(full_name, underlying) => vec![printed(self.enumeration(name, full_name, *underlying))],
            Defined::Delegate(full_name, prototype) => vec![printed(self.delegate(name, full_name, *prototype))],
        }
    }

    fn enumeration(&self, name: &str, full_name: &str, underlying: Integer) -> TokenStream {
        let docs = self.docs(full_name, "The enum");
        let (docs, name, value) = (docs.tokens(), ident(name), integer(underlying));
        quote! {
            #docs
            #[allow(dead_code)]
            #[repr(transparent)]
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
            pub struct #name(
                #[doc = " Any value of this type is possible."]
                pub #value
            );
        }
    }

    fn delegate(&mut self, name: &str, full_name: &str, prototype: Option<usize>) -> TokenStream {
        let docs = self.docs(full_name, "A pointer to a function, the delegate").tokens();
        let (name, function) = (ident(name), self.types.function(prototype));
        quote! {
            #docs
            #[allow(dead_code)]
            pub type #name = #function;
        }
    }

    fn docs(&self, full_name: &str, what: &str) -> Docs {
        let mut docs = Docs::default();
        docs.comment(self.documentation.comments.get(&format!("T:{}", full_name.replace('+', "."))));
        docs.paragraph(&format!("{what} {}.", code(&in_csharp(full_name))));
        docs
    }

    fn structure(&mut self, index: usize, name: &str) -> Vec<String> {
        let (structs, layouts) = (self.structs, self.layouts);
        let (Some(of), Some(plan)) = (structs.get(index), layouts.plan(index)) else { return Vec::new() };
        let mut docs = Docs::default();
        docs.comment(self.documentation.comments.get(&of.documentation_id));
        let form = if of.is_marshalled { "The marshalled form of the struct" } else { "The struct" };
        docs.paragraph(&format!(
            "{form} {}: {} bytes, aligned to {}.",
            code(&in_csharp(&of.name)),
            of.size,
            plan.shape.align
        ));
        if of.fields.is_none() {
            docs.line("Its fields are unknown.");
        }
        let name = ident(name);
        let mut items = Vec::new();
        let reached = self.body(&name, plan, of, &docs, &mut items);
        items.push(assertions(&name, plan, &reached));
        items
    }

    /// A struct or union, after those it contains.
    fn body(&mut self, name: &Ident, plan: &Plan, of: &Struct, docs: &Docs, items: &mut Vec<String>) -> Vec<Reached> {
        let (mut reached, mut members) = (Vec::new(), String::new());
        let mut scope = Scope::default();
        for member in &plan.members {
            let (member_name, ty, docs) = match member {
                RustMember::Field(index) => {
                    let Some(field) = self.field(of, *index) else { continue };
                    let name = scope.add(&field_name(field));
                    reached.push((vec![name.clone()], field.offset));
                    (name, self.types.field(&field.ty), field_docs(self.documentation, of, field))
                }
                RustMember::Bytes(index) => {
                    let Some(field) = self.field(of, *index) else { continue };
                    let name = scope.add(&field_name(field));
                    reached.push((vec![name.clone()], field.offset));
                    let mut docs = field_docs(self.documentation, of, field);
                    docs.paragraph("Written as bytes, because it is not aligned.");
                    (name, bytes(field.size), docs)
                }
                RustMember::Gap { offset, size } => {
                    let name = if plan.is_union { "_bytes".to_owned() } else { format!("_gap_{offset}") };
                    let mut docs = Docs::default();
                    docs.paragraph("Padding.");
                    (scope.add(&name), bytes(*size), docs)
                }
                RustMember::Overlap { offset, plan } => {
                    let ty = self.scope.add(&format!("{name}Overlap{offset}"));
                    let mut docs = Docs::default();
                    docs.paragraph(&format!("Overlapping fields of `{name}`, starting at byte {offset}."));
                    let inside = self.body(&ty, plan, of, &docs, items);
                    let name = scope.add(&format!("overlap_{offset}"));
                    reached.extend(inside.into_iter().map(|inside| below(&name, inside)));
                    (name, quote!(#ty), docs)
                }
                RustMember::Shifted { field, plan } => {
                    let Some(field) = self.field(of, *field) else { continue };
                    let ty = self.scope.add(&format!("{name}{}", camel(&field_name(field), "Field")));
                    let mut docs = Docs::default();
                    docs.paragraph(&format!("The field {} of `{name}` at its offset.", code(&field.name)));
                    let inside = self.body(&ty, plan, of, &docs, items);
                    let name = scope.add(&field_name(field));
                    reached.extend(inside.into_iter().map(|inside| below(&name, inside)));
                    (name, quote!(#ty), docs)
                }
            };
            let docs = docs.tokens();
            let member = printed(quote!(struct Alone { #docs pub #member_name: #ty }));
            members.push_str(inside_braces(&member));
        }
        let docs = docs.tokens();
        let keyword = if plan.is_union { quote!(union) } else { quote!(struct) };
        let representation = match plan.attribute {
            Attribute::None => quote!(C),
            Attribute::Packed(to) => {
                let to = Literal::u32_unsuffixed(to);
                quote!(C, packed(#to))
            }
            Attribute::Align(to) => {
                let to = Literal::u32_unsuffixed(to);
                quote!(C, align(#to))
            }
        };
        let mut item = printed(quote! {
            #docs
            #[allow(dead_code)]
            #[repr(#representation)]
            #[derive(Clone, Copy)]
            pub #keyword #name {}
        });
        if !members.is_empty() {
            item.truncate(item.strip_suffix("}\n").unwrap_or(&item).len());
            item = item + "\n" + &members + "}\n";
        }
        items.push(item);
        reached
    }

    fn field<'f>(&self, of: &'f Struct, index: usize) -> Option<&'f Field> {
        of.fields.as_deref()?.get(index)
    }
}

/// Assertions of `size_of`, `align_of` and `offset_of!`, on the targets where they are true.
fn assertions(name: &Ident, plan: &Plan, reached: &[Reached]) -> String {
    let number = |value: u32| Literal::u32_unsuffixed(value);
    let (size, align) = (number(plan.shape.size), number(plan.shape.align));
    let target = if plan.shape.has_pointers {
        quote!(target_arch = "wasm32")
    } else {
        quote!(any(target_arch = "wasm32", target_pointer_width = "64"))
    };
    let mut item = printed(quote! {
        #[cfg(#target)]
        const _: () = {
            assert!(core::mem::size_of::<#name>() == #size);
            assert!(core::mem::align_of::<#name>() == #align);
        };
    });
    item.truncate(item.strip_suffix("};\n").unwrap_or(&item).len());
    for (path, offset) in reached {
        let offset = number(*offset);
        let alone = printed(quote! {
            const _: () = {
                assert!(core::mem::offset_of!(#name, #(#path).*) == #offset);
            };
        });
        item.push_str(inside_braces(&alone));
    }
    item + "};\n"
}

fn below(outer: &Ident, (mut path, offset): Reached) -> Reached {
    path.insert(0, outer.clone());
    (path, offset)
}

fn bytes(size: u32) -> TokenStream {
    let size = Literal::u32_unsuffixed(size);
    quote!([u8; #size])
}

fn field_docs(documentation: &Documentation, of: &Struct, field: &Field) -> Docs {
    let mut docs = Docs::default();
    let id = of.documentation_id.strip_prefix("T:").map(|id| format!("F:{id}.{}", field.name));
    docs.comment(id.and_then(|id| documentation.comments.get(&id)));
    docs.paragraph(&format!("{}, at byte {}.", code(&field.name), field.offset));
    docs
}

fn field_name(field: &Field) -> String {
    snake(of_field(&field.name), "field")
}
