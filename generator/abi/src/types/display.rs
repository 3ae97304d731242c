//! Types as C# writes them, for messages.

use super::ty::{Definition, Named, Type};
use super::type_system::TypeSystem;

/// How every function pointer is shown.
pub const FUNCTION_POINTER: &str = "function pointer";

impl TypeSystem<'_> {
    /// A type's name: keywords for built-in types, full names for the others, `T0` and `M0` for open variables.
    pub fn type_name(&self, ty: &Type) -> String {
        match ty {
            Type::Primitive(primitive) => primitive.keyword().to_owned(),
            Type::TypedReference => "System.TypedReference".to_owned(),
            Type::String => "string".to_owned(),
            Type::Object => "object".to_owned(),
            Type::Class(named) | Type::Value(named) => self.named_type_name(named),
            Type::Array(inner) => format!("{}[]", self.type_name(inner)),
            Type::Pointer(inner) => format!("{}*", self.type_name(inner)),
            Type::ByRef(inner) => format!("ref {}", self.type_name(inner)),
            Type::FunctionPointer => FUNCTION_POINTER.to_owned(),
            Type::TypeVariable(index) => format!("T{index}"),
            Type::MethodVariable(index) => format!("M{index}"),
        }
    }

    fn named_type_name(&self, named: &Named) -> String {
        let mut name = match &named.definition {
            Definition::Resolved(id) => match self[id.assembly].module.full_name(id.row) {
                Ok(name) => name,
                Err(_) => format!("TypeDef {}", id.token()),
            },
            Definition::Unresolved(unresolved) => unresolved.full_name.clone(),
        };
        if !named.arguments.is_empty() {
            let arguments: Vec<String> = named.arguments.iter().map(|argument| self.type_name(argument)).collect();
            name += &format!("<{}>", arguments.join(", "));
        }
        name
    }
}
