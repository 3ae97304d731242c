//! Method bodies (II.25.4) and the instructions in them (partition III).

mod body;
mod instruction;
mod opcode;
mod tokens;

pub use body::{ExceptionClause, MethodBody, MethodCode};
pub use instruction::{Instruction, Instructions, Operand};
pub use opcode::{OperandKind, operand_kind};
pub use tokens::{TokenUse, Tokens};
