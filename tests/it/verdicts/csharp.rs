//! The rows as C#: a member each.

use std::fmt::Write as _;

use super::rows::Row;

/// Members of one assembly.
#[derive(Default)]
pub struct Source {
    types: String,
    members: String,
}

/// What C# 12 and .NET 8 do not know.
const UNKNOWN: [&str; 3] = ["CallConvSwift", "unmanaged[Swift", "GCHandle<string>"];

/// True if the row can be compiled against .NET 8.
pub fn is_known(row: &Row) -> bool {
    let shape = row.shape();
    !UNKNOWN.iter().any(|unknown| shape.contains(unknown))
}

impl Source {
    /// Adds a row under a member name that is unique in the assembly.
    pub fn add(&mut self, kind: &str, name: &str, row: &Row) {
        let declared = || row.get("decl").expect("a declaration").replace('$', name);
        let member = match kind {
            "fields" => {
                let (holder, member) = field(name, row);
                self.types += &holder;
                member
            }
            "delegates" => delegate(name, row),
            "callbacks" => callback(name, row),
            "conventions" | "ccdelegates" | "cccallbacks" => declared(),
            "cccalli" => {
                format!("static void {name}() {{ (({})0)({}); }}", declared(), row.get("args").unwrap_or_default())
            }
            _ => pinvoke(name, row),
        };
        writeln!(self.members, "{member}").expect("a string");
    }

    /// The text of the assembly: `types`, then the members in the class `M`.
    pub fn finish(self, types: &str, is_disabled: bool) -> String {
        let attribute = if is_disabled { "[assembly: DisableRuntimeMarshalling]" } else { "" };
        let types = types.replace("//DRM", attribute);
        format!("{types}\n{}\npublic static unsafe class M {{\n{}}}\n", self.types, self.members)
    }
}

/// The type, as C# spells it.
fn ty(row: &Row) -> String {
    row.get("type").expect("a type").replace("delegate*unmanaged", "delegate* unmanaged")
}

/// `MarshalAs` with a target in front; empty if the row has none. `ByValArray:3` has SizeConst 3, `LPArray:2/I1` SizeConst 2
/// and ArraySubType I1.
fn marshal_as(target: &str, row: &Row) -> String {
    let Some(given) = row.get("as") else { return String::new() };
    let (native, rest) = given.split_once(':').unwrap_or((given, ""));
    let (size, element) = rest.split_once('/').unwrap_or((rest, ""));
    let mut text = format!("[{target}MarshalAs(UnmanagedType.{native}");
    if !size.is_empty() {
        text += &format!(", SizeConst = {size}");
    }
    if !element.is_empty() {
        text += &format!(", ArraySubType = UnmanagedType.{element}");
    }
    if native == "CustomMarshaler" {
        text += ", MarshalTypeRef = typeof(CM)";
    }
    text + ")] "
}

/// `, CharSet = ...`, or nothing.
fn char_set(row: &Row) -> &'static str {
    match row.get("charset") {
        Some("U") => ", CharSet = CharSet.Unicode",
        Some(_) => ", CharSet = CharSet.Auto",
        None => "",
    }
}

/// Result, name and parameter of a method whose parameter or result is the row's type, and the attribute of a result.
fn method(name: &str, row: &Row) -> (String, String) {
    let ty = ty(row);
    let modifiers = match row.get("pos").expect("a place") {
        "ret" | "hret" => return (marshal_as("return: ", row), format!("{ty} {name}()")),
        "refret" => return (marshal_as("return: ", row), format!("ref {ty} {name}()")),
        "ref" => ("", "ref "),
        "out" => ("", "out "),
        "inref" => ("", "in "),
        "inout" => ("[In, Out] ", ""),
        "outonly" => ("[Out] ", ""),
        _ => ("", ""),
    };
    (String::new(), format!("void {name}({}{}{}{ty} a)", modifiers.0, marshal_as("", row), modifiers.1))
}

fn pinvoke(name: &str, row: &Row) -> String {
    let more = match row.get("pos") {
        Some("hret" | "hin") => ", PreserveSig = false",
        Some("sle") => ", SetLastError = true",
        _ => "",
    };
    let (attribute, method) = method(name, row);
    format!("[DllImport(\"m\"{}{more})] {attribute}public static extern {method};", char_set(row))
}

fn delegate(name: &str, row: &Row) -> String {
    let (attribute, method) = method(&format!("{name}D"), row);
    let char_set = char_set(row);
    format!("[UnmanagedFunctionPointer(CallingConvention.Cdecl{char_set})] {attribute}public delegate {method};")
}

fn callback(name: &str, row: &Row) -> String {
    let (attribute, method) = method(name, row);
    let body = if row.get("pos") == Some("ret") { "=> default;" } else { "{ }" };
    format!("[UnmanagedCallersOnly] {attribute}public static {method} {body}")
}

/// A struct with the row's type as a field, and the P/Invoke that takes it.
fn field(name: &str, row: &Row) -> (String, String) {
    let pack = row.get("mode").and_then(|mode| mode.strip_prefix("pack"));
    let pack = pack.map(|pack| format!(", Pack = {pack}")).unwrap_or_default();
    let field = format!("{}public {} a;", marshal_as("", row), ty(row));
    let fields = match row.get("pos") {
        Some("first") => format!("{field} public byte b;"),
        Some("second") => format!("public byte b; {field}"),
        _ => field,
    };
    let layout = format!("[StructLayout(LayoutKind.Sequential{}{pack})]", char_set(row));
    (
        format!("{layout} public unsafe struct Z{name} {{ {fields} }}\n"),
        format!("[DllImport(\"m\")] public static extern void {name}(Z{name} a);"),
    )
}
