//! Types as C# writes them, for messages.

use super::ty::{Definition, Named, Type};
use super::type_system::TypeSystem;
use thunkgen_diagnostics::shorten;

/// How every function pointer is shown.
pub const FUNCTION_POINTER: &str = "function pointer";

/// Longest name of a type, in characters: the arguments of a generic one can repeat a long name.
const MAX_NAME: usize = 4_000;

/// Bytes of a name after which no more of it is made: a character has at most four.
const LONGEST: usize = 4 * MAX_NAME;

impl TypeSystem<'_> {
    /// A type's name: keywords for built-in types, full names for the others, `T0` and `M0` for open variables. A long one is
    /// shortened.
    pub fn type_name(&self, ty: &Type) -> String {
        let mut name = String::new();
        self.push_type_name(&mut name, ty);
        shorten(&name, MAX_NAME)
    }

    /// Ends soon after the longest name.
    fn push_type_name(&self, out: &mut String, ty: &Type) {
        if out.len() > LONGEST {
            return;
        }
        match ty {
            Type::Primitive(primitive) => out.push_str(primitive.keyword()),
            Type::TypedReference => out.push_str("System.TypedReference"),
            Type::String => out.push_str("string"),
            Type::Object => out.push_str("object"),
            Type::Class(named) | Type::Value(named) => self.push_named(out, named),
            Type::Array(inner) => {
                self.push_type_name(out, inner);
                out.push_str("[]");
            }
            Type::Pointer(inner) => {
                self.push_type_name(out, inner);
                out.push('*');
            }
            Type::ByRef(inner) => {
                out.push_str("ref ");
                self.push_type_name(out, inner);
            }
            Type::FunctionPointer => out.push_str(FUNCTION_POINTER),
            Type::TypeVariable(index) => *out += &format!("T{index}"),
            Type::MethodVariable(index) => *out += &format!("M{index}"),
        }
    }

    fn push_named(&self, out: &mut String, named: &Named) {
        match &named.definition {
            Definition::Resolved(id) => match self[id.assembly].module.full_name(id.row) {
                Ok(name) => out.push_str(&name),
                Err(_) => *out += &format!("TypeDef {}", id.token()),
            },
            Definition::Unresolved(unresolved) => out.push_str(&unresolved.full_name),
        }
        for (index, argument) in named.arguments.iter().enumerate() {
            if out.len() > LONGEST {
                return;
            }
            out.push_str(if index == 0 { "<" } else { ", " });
            self.push_type_name(out, argument);
        }
        if !named.arguments.is_empty() {
            out.push('>');
        }
    }
}
