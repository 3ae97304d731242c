//! Method bodies (II.25.4) and the instructions in them (partition III).

mod body;
mod instruction;
mod opcode;

pub use body::{ExceptionClause, MethodBody};
pub use instruction::{Instruction, Instructions, Operand};
pub use opcode::{OperandKind, operand_kind};
