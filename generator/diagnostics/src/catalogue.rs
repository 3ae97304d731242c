//! Every problem that the tool can report: one constant each. A code is never reused.
//!
//! TG00xx inputs, TG01xx types and sizes, TG02xx what is collected, TG03xx files on disk, TG04xx images of compiled
//! code and tables of thunks, TG05xx manifests, files kept under version control, and the MSBuild task, TG06xx native
//! code and stubs, TG07xx published apps.

use super::Level::{self, Error, Warning};
use super::nearest_name::NearestName;

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable code, `TG` and four digits.
    pub code: &'static str,
    /// Level unless `--strict` is given.
    pub level: Level,
    /// Level with `--strict`.
    pub strict_level: Level,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub help: &'static str,
    /// The codes for it of the build task of .NET 11, or of Mono ([`MONO_ALIAS`]), separated by spaces, or empty.
    pub alias: &'static str,
}

impl Rule {
    /// Whether a problem can be suppressed with a reason: warnings, and errors about declarations of assemblies, which may
    /// be those of another author, or of code that never runs.
    pub fn is_suppressible(&self) -> bool {
        self.level == Level::Warning || SUPPRESSIBLE_ERRORS.iter().any(|rule| rule.code == self.code)
    }
}

/// The errors that can be suppressed.
pub static SUPPRESSIBLE_ERRORS: [&Rule; 5] =
    [&UNKNOWN_SIZE, &NO_NATIVE_FUNCTION, &NATIVE_TYPE, &CALLBACK_TYPE, &STRUCT_LAYOUT];

macro_rules! catalogue {
    ($($(#[$doc:meta])* $name:ident = $code:literal $level:ident $strict:ident $alias:literal $title:literal $help:literal;)*) => {
        $($(#[$doc])* pub static $name: Rule = Rule {
            code: $code, level: $level, strict_level: $strict, title: $title, help: $help, alias: $alias,
        };)*
        /// Every rule, in the order of the codes.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

catalogue! {
    /// An input file cannot be opened or read.
    UNREADABLE = "TG0001" Error Error "" "input cannot be read"
        "The operating system refused to open or read the file. Check the path and its permissions.";
    /// A managed file breaks its own format.
    BAD_IMAGE = "TG0002" Error Error "" "malformed assembly"
        "The file has managed metadata with out-of-range or inconsistent data. Rebuild or download it again.";
    /// Two inputs have one simple name.
    DUPLICATE_ASSEMBLY = "TG0003" Error Error "" "two assemblies with one name"
        "The runtime resolves assemblies by simple name, so only one of the two files can be meant. Remove one from the inputs.";
    /// No input is managed.
    NO_ASSEMBLY = "TG0004" Error Error "" "no managed assembly among the inputs"
        "Every input was skipped because it contains no managed metadata. Name the directory or the files of the app's assemblies.";
    /// A module list is not a well-formed MSBuild file, or lists no module for the target.
    BAD_MODULE_LIST = "TG0005" Error Error "" "module list cannot be used"
        "A P/Invoke module list is an MSBuild file whose items carry the module name in Include and the targets as metadata, such as Browser=\"true\".";
    /// A struct-size declaration that cannot be parsed.
    BAD_STRUCT_SIZE = "TG0006" Error Error "" "struct size declaration cannot be read"
        "A declaration is Full.Name=SIZE or Full.Name=SIZE:ALIGN, nested types as Outer+Inner; ALIGN is a power of two, SIZE at least 1.";
    /// A line of a file of extra signatures that cannot be used.
    BAD_EXTRA_SIGNATURE = "TG0007" Error Error "" "extra signature cannot be used"
        "A line is a key (MviS8) or a C# declaration (`int (float, System.Guid, byte*)`), with its reason after `#` or in a comment above. A type that several assemblies define is written [Assembly]Full.Name.";
    /// A suppression file that cannot be understood.
    BAD_SUPPRESSION = "TG0008" Error Error "" "suppression cannot be used"
        "A suppression file is TOML: [[suppress]] entries with code and reason, and any of method, library, assembly and package, which may contain the wildcards * and ?. Only warnings, and TG0101, TG0601, TG0602, TG0606 and TG0613, can be suppressed.";
    /// A suppression that matches nothing.
    UNUSED_SUPPRESSION = "TG0009" Warning Error "" "suppression matches nothing"
        "The problem no longer occurs, or the method, library, assembly or package was renamed. Remove or correct the entry.";
    /// An invalid command line.
    BAD_USAGE = "TG0010" Error Error "" "invalid command line"
        "An option is misspelled, has no value or an invalid one, or options contradict each other. Nothing was written. `thunkgen VERB --help` explains every option.";
    /// A library that is listed as linked but that no P/Invoke uses.
    UNUSED_MODULE = "TG0011" Warning Error "" "no P/Invoke uses this library"
        "A misspelled library would silently get no table entries. Write the name as DllImport does; directories, a leading `lib` and the extension are ignored. If a build lists all its native files, pass the list with --optional-module or --module-list, for which unused libraries are not reported.";
    /// A declared size that is not used.
    UNUSED_STRUCT_SIZE = "TG0012" Warning Error "" "declared struct size is not used"
        "A size is used for a struct that a signature passes by value and that no input defines. A misspelled name has no effect. Write the full name, nested types as Outer+Inner, or remove the declaration.";
    /// The core library and the runtime have different versions.
    OTHER_RUNTIME = "TG0013" Warning Error "" "core library has another runtime version"
        "The format of keys, tables and images depends on the version of the runtime. Another version does not find the generated thunks, or the generated files do not compile. Set the version with --runtime, or use assemblies of that version.";

    /// The core library is that of Mono.
    MONO_CORE_LIBRARY = "TG0014" Warning Error "" "core library of Mono"
        "The generated tables are for the CoreCLR runtime, and Mono has a generator of its own. Set UseMonoRuntime to false in the project, or use only check-native, layout and stubs, which are valid for both runtimes.";
    /// An input without managed code that looks as if it was meant to have some.
    SKIPPED_INPUT = "TG0015" Warning Error "" "input is skipped"
        "The file contains no managed code, but it was named itself, or looks like a damaged or unfinished assembly: it is empty, has an unknown format or no CLI header, or has a culture although it has methods. Its thunks are missing from the output. Build the file again, or remove it from the inputs. Native libraries and satellite assemblies in a directory are not reported.";
    /// An input that another process writes.
    CHANGED_INPUT = "TG0016" Error Error "" "input changed while it was read"
        "Another program writes the file, so the output would be made from a part of it. Nothing was written. Run again when the file is complete; in a build, let the step that writes the file come first.";

    /// A path that a Makefile rule cannot contain.
    DEPFILE_NAME = "TG0017" Error Error "" "name cannot be written to a depfile"
        "make and Ninja cannot read a name with a line break, another control character, `;`, `|` or a backslash at its end in a rule. Without its name there, the build would not run again when the file changes. Nothing was written. Rename the file or its directory, or omit --depfile.";
    /// A path with bytes that are not UTF-8.
    NAME_NOT_UTF8 = "TG0018" Warning Error "" "name is not UTF-8"
        "make and Ninja read names as bytes, so the rule is right. Other readers of the depfile, and all messages, replace these bytes. Rename the file.";
    /// An output of a manifest that is not in its directory.
    MANIFEST_OUTSIDE = "TG0019" Error Error "" "output is outside of the manifest's directory"
        "A manifest may come from a repository that you do not trust, so its outputs must be below its own directory, also after symbolic links are followed. Change the path, move the manifest up, or use --allow-outside.";

    /// A by-value struct of unknown size, in code that gets a thunk.
    UNKNOWN_SIZE = "TG0101" Error Error "WASM0067" "unknown struct size"
        "A thunk with a wrong size reads the wrong stack slots, so nothing is written. Add the assembly that defines the type as an input or with --reference, or declare it with --struct-size. If the method is never called, suppress the problem by method, assembly or package in a [[suppress]] entry with a reason: it then gets no thunk.";
    /// A by-value struct of unknown size, in code that may never run.
    UNKNOWN_SIZE_UNUSED = "TG0102" Warning Error "WASM0067" "unknown size in code that may not run"
        "The type is part of a calli, a function-pointer type or a delegate, so only this thunk is left out. If the code can run, add the assembly that defines the type or declare its size with --struct-size.";
    /// The type breaks a rule of the class loader.
    BAD_LAYOUT = "TG0103" Warning Error "WASM0064" "type cannot be loaded"
        "The class loader of the runtime refuses the type, as far as its rules are known, so the method cannot run and gets no thunk and no table entry. Correct the type, or remove the method.";
    /// A declared size differs from the computed one.
    STRUCT_SIZE_CONFLICT = "TG0104" Error Error "" "declared struct size differs from the computed one"
        "The inputs define the type, and its computed size or alignment differs from the declaration. Remove the declaration.";
    /// A signature contains a type that has no native form.
    UNSUPPORTED_TYPE = "TG0105" Warning Error "WASM0065" "type cannot cross the boundary"
        "The signature contains a type that cannot cross the boundary, so the method gets no thunk and no table entry. Use a type with a fixed size: a number, a pointer, or a struct of those.";

    /// A generic delegate with `UnmanagedFunctionPointerAttribute`.
    GENERIC_DELEGATE = "TG0201" Warning Error "" "generic delegate has no single native shape"
        "Function pointers cannot be marshalled through generic delegates. Declare a non-generic delegate.";
    /// An InternalCall of a generic method or type.
    GENERIC_INTERNAL_CALL = "TG0202" Warning Error "WASM0001" "generic InternalCall has no thunk"
        "Its signature depends on type arguments, so it gets no key, and a call from the interpreter finds a thunk only if another method has the same key. List its keys in a file for --extra-signatures if it is called. Only a core library has InternalCalls.";
    /// P/Invokes of one symbol with different wasm types.
    SYMBOL_TYPES = "TG0203" Warning Error "" "one native symbol is declared with different types"
        "A wasm symbol has exactly one type, so a call through another one traps. The table has the address of the function, and every declaration has its key: the declarations that match the native function can be called. Correct the others if they are yours, or give them an EntryPoint of their own. With --strict, it is an error in your own assemblies only.";
    /// P/Invokes of one symbol with different parameter counts.
    VARIADIC = "TG0204" Warning Error "WASM0001" "native function looks variadic"
        "P/Invokes of one entry point have the same result and different numbers of parameters, or more parameters than C's variadic function of this name. Variadic functions cannot be called through a thunk, so the entry point gets no table entry. Wrap the function in one native function per signature.";
    /// Two callbacks with one reverse-thunk key.
    DUPLICATE_CALLBACK = "TG0205" Warning Error "" "two callbacks have the same key"
        "The runtime finds a callback by method name, parameter count, assembly, namespace and own type name. It cannot distinguish these two, so neither has a thunk, and taking the address of one of them fails. Rename one of the methods or types. With --strict, it is an error in your own assemblies only.";
    /// A callback with an EntryPoint and an overloaded method name.
    OVERLOADED_EXPORT = "TG0206" Warning Error "" "exported callback's name is overloaded"
        "The runtime looks up an exported callback by name only, so it could run the wrong method. The callback is not exported, but its address can be passed to native code. Give the method a unique name. With --strict, it is an error in your own assemblies only.";
    /// An EntryPoint that cannot be the name of a symbol.
    BAD_EXPORT_NAME = "TG0207" Warning Error "" "export name is not a valid symbol"
        "UnmanagedCallersOnly.EntryPoint becomes the name of an export. Any text without control characters is valid, such as `wasi:cli/run@0.2.0#run`. The callback is not exported, but its address can be passed to native code. With --strict, it is an error in your own assemblies only.";
    /// A callback type that is not blittable, without DisableRuntimeMarshalling.
    NOT_BLITTABLE = "TG0208" Warning Error "WASM0060 WASM0061 WASM0062 WASM0063" "callback type is not blittable"
        "Callbacks are not marshalled. The runtime refuses to call this method; the generated function aborts with a message. Use blittable types, or put DisableRuntimeMarshallingAttribute on the assembly.";
    /// An empty struct by value in native code.
    EMPTY_STRUCT = "TG0209" Warning Error "" "empty struct by value"
        "C cannot pass or return an empty struct, but the runtime passes the address of one byte. Remove the parameter, return void, or give the struct a field.";
    /// An `UnmanagedCallersOnly` method that cannot be called.
    BAD_CALLBACK = "TG0210" Warning Error "WASM0001" "callback cannot be called"
        "UnmanagedCallersOnly works only on static, non-generic methods of non-generic types, and not on a P/Invoke or a method with variable arguments. No thunk is generated.";
    /// A P/Invoke with the vararg calling convention.
    VARARG_CALL = "TG0211" Warning Error "WASM0001" "vararg P/Invoke"
        "The runtime has no thunk for the vararg convention, so the method gets no thunk and no table entry. Wrap the function in one native function per shape.";
    /// Two callbacks with one EntryPoint.
    DUPLICATE_EXPORT = "TG0212" Warning Error "" "two callbacks export one name"
        "A module exports a name once, so only one of the two callbacks is exported. The address of the other one can be passed to native code. Rename one of the two. With --strict, it is an error in your own assemblies only.";
    /// A type that the runtime does not marshal.
    UNSUPPORTED_MARSHALLING = "TG0213" Warning Error "" "type is not marshallable"
        "The runtime throws when the method is called, so it gets no thunk and no table entry. Pass primitives, pointers, function pointers, strings, handles, or structs with sequential or explicit layout.";
    /// A native signature that needs marshalling, in an assembly that disables it.
    MARSHALLING_DISABLED = "TG0214" Warning Error "" "marshalling is needed but disabled"
        "The assembly has DisableRuntimeMarshallingAttribute, so the runtime throws when the method is called. It gets no thunk and no table entry. Use unmanaged types and pointers, or LibraryImport, which generates the marshalling.";
    /// P/Invokes of one entry point that cannot be one function.
    OTHER_FUNCTION = "TG0215" Warning Error "" "P/Invokes of different functions have the same entry point"
        "The numbers of parameters differ, and so do the results or the first parameters, so one P/Invoke names the wrong EntryPoint, and its call traps. Correct its EntryPoint; the table contains the other P/Invoke.";
    /// A native library of P/Invokes that is not linked.
    NOT_LINKED = "TG0216" Warning Error "WASM0066" "native library is not linked"
        "The library is not in PInvokeModules, so the runtime has no entries for its functions, and calling them throws DllNotFoundException. Add the library if the app calls it, or list it in IgnoredPInvokeModules.";
    /// A delegate that managed code passes to native code.
    DELEGATE_TO_NATIVE = "TG0217" Warning Error "" "delegate cannot be passed to native code"
        "CoreCLR on WebAssembly makes no native entry points for delegates: the call throws PlatformNotSupportedException (\"Dynamic entrypoint allocation is not supported in the current environment.\") before native code runs. Null can be passed, and so can delegates that were made from a native function pointer, as far as the runtime's source says. Pass the address of a static method with UnmanagedCallersOnly as a function pointer. With --strict, it is an error in your own assemblies only.";
    /// A call with a convention that the runtime refuses, or has no thunk for.
    NO_THUNK_CONVENTION = "TG0220" Warning Error "" "calling convention without thunk"
        "The runtime refuses the fastcall convention, two conventions at once, and thiscall without a parameter; a thiscall or vararg calli traps. Use the cdecl convention, with the object as the first argument. docs/reference/conventions.md lists every convention.";
    /// Too many instantiations were found for generic signatures.
    TOO_MANY_INSTANTIATIONS = "TG0221" Warning Error "" "too many generic instantiations"
        "Signatures that depend on generic parameters are followed through at most 10,000 instantiations, nested 8 deep; the rest is not followed. List what stays open with `signatures --unresolved`.";

    /// A file that `check` found different.
    STALE = "TG0301" Error Error "" "generated file is out of date"
        "The inputs, the options or the version of the tool changed since it was generated. Run the command printed at the end of the check, with the same version everywhere.";
    /// A file that `check` found missing.
    MISSING = "TG0302" Error Error "" "generated file is missing"
        "An output of the given options does not exist. Run the command printed at the end of the check, and keep the file where the build finds it.";
    /// A generated file in the output directory that is not an output.
    LEFT_OVER = "TG0303" Error Error "" "obsolete generated file"
        "The file has this tool's header but is not an output of the given options. Delete it, or run `thunkgen generate` with --prune, which removes such files and no others.";
    /// An output cannot be written.
    UNWRITABLE = "TG0304" Error Error "" "output cannot be written"
        "The operating system refused to create or replace the file, or another program wrote the file at this path: a stub, for example, has the name of a library, and so may a handwritten source. Move that file, write to another path, or replace it with --force. Generated files change all together or not at all.";
    /// A directory that another build writes to.
    OWNED = "TG0305" Error Error "" "output directory is owned by another build"
        "Two builds write to one directory, and each would compile what the other generated. Give each its own directory. If the owner that the file names no longer exists or was renamed, delete the file.";
    /// A row that both sides have, with another effect.
    ROW_DIFFERS = "TG0306" Error Error "" "row of a compared file differs"
        "The row in the file and the generated one have the same name, but another type, other argument slots, or another hash or method. Only one of them is right for the runtime: compare the declaration in C#.";
    /// A row that is only in the compared file.
    ROW_ONLY_IN_FILE = "TG0307" Error Error "" "row is only in the compared file"
        "No assembly among the inputs needs this row. It is obsolete, was added by hand, or comes from an assembly that is not among the inputs. To keep a key, add it with --extra-signatures and a reason.";
    /// A row that is only generated.
    ROW_ONLY_GENERATED = "TG0308" Error Error "" "row is missing in the compared file"
        "An assembly among the inputs needs this row, and the file does not have it: it is older, or its tool does not collect this kind of call. `thunkgen explain` shows what needs a key.";

    /// An image whose ReadyToRun code or wasm module breaks its format.
    DAMAGED_IMAGE = "TG0401" Error Error "" "image cannot be read"
        "Out-of-range or inconsistent data at the reported offset. Build or download it again.";

    /// A file that provides no thunks because it is neither a table nor an image.
    BAD_SOURCE = "TG0420" Error Error "" "file contains no thunks"
        "Pass a C++ file that defines a table of thunks (g_wasmThunks, g_portableCallHelperThunks), a linked runtime, or an image: a .dll, a Webcil file, or a wasm module that contains one.";
    /// C++ that cannot be parsed.
    BAD_TABLE = "TG0421" Error Error "" "table of thunks cannot be read"
        "Tables are read without a compiler: a table is `const TYPE NAME[] = { ... };`, a row { \"MviS8\", (void*)&Function }. Write it in this form, or name the preprocessed file.";
    /// Two tables where the runtime uses one.
    DUPLICATE_TABLE = "TG0422" Error Error "" "two tables for the same purpose"
        "The runtime is linked with one table for each direction of calls. Name only the one that is linked.";
    /// Rows in `#if`.
    CONDITIONAL_ROWS = "TG0423" Error Error "" "rows depend on a preprocessor condition"
        "Macros are not evaluated, so it is unknown which rows are compiled. Name the preprocessed file.";
    /// A second row with a key.
    DUPLICATE_ROW = "TG0424" Warning Error "" "key has two rows in one table"
        "The runtime uses the first row. Remove the other one.";
    /// A row with a key that the runtime never looks up.
    UNREACHABLE_ROW = "TG0425" Warning Error "" "unreachable table row"
        "The runtime makes the key from a signature and looks for it in one table; it never makes this one, or never looks for it here. Correct the key, or remove the row.";
    /// A count that is not the number of rows.
    WRONG_COUNT = "TG0426" Error Error "" "number of rows is wrong"
        "The runtime reads as many rows as the count says. Use sizeof(table) / sizeof(table[0]) instead of a number.";
    /// An image without string thunks.
    NO_THUNKS = "TG0427" Warning Error "" "image injects no thunks"
        "The image has no fixup of kind InjectStringThunks: it was not compiled for wasm, or contains only IL. Remove it from the command line.";
    /// A required key without a thunk.
    MISSING_THUNK = "TG0428" Error Error "" "no thunk for a required key"
        "The call would trap at run time. Generate the table again from all assemblies, or load an image with the thunk (`thunkgen r2r emit`).";
    /// A line of a log that reports a missing thunk without a recognizable key.
    UNCLEAR_LOG = "TG0429" Warning Error "" "line of a log names no key"
        "The line reports a missing thunk, but contains no recognizable key. Look at the line itself.";
    /// Tables of two versions of the runtime interface.
    TWO_GENERATIONS = "TG0430" Warning Error "" "linked tables are of two generations"
        "No known runtime reads both: those with g_portableCallHelperThunks look for `I` thunks only in images, so the rows of the other table may never be found. Write them as an image (`thunkgen r2r emit`), or suppress this warning if your runtime reads both.";

    /// A `.br` or `.gz` file.
    BAD_COMPRESSION = "TG0431" Error Error "" "compressed file cannot be decompressed"
        "The data is malformed or cut off, or its contents have more than 20 times its size. Publish or download the file again, or name the file without .br or .gz.";
    /// P/Invokes that the linked module has no function for.
    NOT_IN_MODULE = "TG0432" Warning Error "" "P/Invokes without a function in the linked module"
        "An image provides thunks, not functions of native libraries: a call throws DllNotFoundException or EntryPointNotFoundException. Link the library (NativeFileReference), which relinks the module.";
    /// Callbacks that the linked module has no row for.
    CALLBACK_NOT_IN_MODULE = "TG0433" Warning Error "" "callbacks without a row in the linked module"
        "Native code cannot call a method with UnmanagedCallersOnlyAttribute that has no row in the table of callbacks, and an image cannot add one. Relink the module with the generated tables.";
    /// An unused thunk in an image.
    STALE_THUNK = "TG0440" Warning Error "" "unused thunk in an image"
        "No call in the assemblies uses this key any more. Build the image again from the current assemblies (`thunkgen r2r emit`).";
    /// A function whose type does not match its key.
    THUNK_TYPE = "TG0441" Error Error "" "thunk type does not match its key"
        "The runtime would call the function through the type that the key describes, and the engine would trap. Build the image again.";
    /// A function whose body does not match its key.
    THUNK_BODY = "TG0442" Error Error "" "thunk body does not match its key"
        "The image says that this tool made it, but the function is not the one that the tool writes for the key: the image was changed, or made by another version. Build the image again.";
    /// The sizes announced to the host differ from those of the module.
    WRONG_SIZES = "TG0443" Error Error "" "image announces wrong sizes"
        "Before it loads the image, the host reserves as much memory and as many table slots as the image's first data segment says. Build the image again.";
    /// A key whose table slot is empty.
    NO_FUNCTION = "TG0444" Error Error "" "key resolves to an empty table slot"
        "The image does not fill the table slot of the key, so a call would trap or reach another image's function. Build the image again.";
    /// More parameters than engines allow.
    TOO_MANY_PARAMS = "TG0445" Error Error "" "function type has too many parameters"
        "Engines reject a module with a function type of more than 1,000 parameters. Remove the key; such a method can only be interpreted.";
    /// Keys that are not in byte order.
    UNSORTED_KEYS = "TG0446" Error Error "" "keys of an image are not sorted"
        "The keys of a fixup must be in byte order: the runtime uses binary search in an image with an index. Build the image again.";
    /// A key that occurs twice in an image.
    DUPLICATE_KEY = "TG0447" Error Error "" "duplicate key in an image"
        "The runtime keeps the first thunk and never finds the second. Build the image again.";
    /// An image by this tool that differs from what the tool generates.
    EDITED_IMAGE = "TG0448" Error Error "" "image is out of date or modified"
        "The image says that this version of the tool made it. Its thunks are right, but other bytes differ from what the tool writes. Build the image again.";
    /// A key that no known runtime uses.
    UNKNOWN_KEY = "TG0449" Warning Error "" "unknown key in an image"
        "No known version of the runtime uses such a key, so its thunk cannot be checked. Use a newer version of this tool, or correct the key.";
    /// A count or size above the limits of engines.
    ENGINE_LIMIT = "TG0450" Error Error "" "module exceeds a limit of engines"
        "Engines reject modules, functions and tables above certain sizes, such as a function of more than 7,654,321 bytes. Split the assembly, or leave the method out of compilation.";

    /// An invalid key.
    BAD_KEY = "TG0460" Error Error "" "invalid thunk key"
        "A key is a prefix (M: from the interpreter, I: into it) and a signature string such as viS8 or iTdp. `thunkgen explain KEY` decodes one.";
    /// A key for which no thunk can be generated.
    NO_THUNK = "TG0461" Error Error "" "no thunk can be made"
        "Thunks for virtual dispatch, unboxing and closed delegates come with compiled methods, and engines limit the parameters of a function. Remove the key.";
    /// Nothing to put into an image.
    NO_KEYS = "TG0462" Error Error "" "no keys"
        "An image without thunks is useless to the runtime. Check the files of keys.";
    /// The runtime ignores images of this ReadyToRun version.
    OLD_FORMAT = "TG0463" Warning Error "" "ReadyToRun version that the runtime ignores"
        "A runtime accepts images of one major version of the ReadyToRun format, such as 26 for .NET 11.0, and silently ignores others. Set the version of the runtime with --runtime, or use the version of an image with --like.";

    /// A manifest that is not TOML.
    MANIFEST_SYNTAX = "TG0501" Error Error "" "manifest is not TOML"
        "thunkgen.toml is a TOML file: strings are in quotes, lists in brackets, and a key occurs once. docs/reference/manifest.md has examples.";
    /// An unknown key in a manifest.
    MANIFEST_KEY = "TG0502" Error Error "" "manifest has an unknown key"
        "A key that is misspelled or in the wrong table would silently do nothing. docs/reference/manifest.md lists every key and its table.";
    /// A value of a manifest that cannot be used.
    MANIFEST_VALUE = "TG0503" Error Error "" "manifest has a value that cannot be used"
        "The value has the wrong type, or is not one of the allowed words. docs/reference/manifest.md lists them.";
    /// A missing key in a manifest.
    MANIFEST_MISSING_KEY = "TG0504" Error Error "" "manifest is missing a key"
        "Every output needs inputs and an output path, in its own table or above the first [[output]].";
    /// A path in a manifest that does not exist.
    MANIFEST_PATH = "TG0505" Error Error "" "path in the manifest does not exist"
        "A relative path starts at the directory of the manifest. Build the assemblies first, or correct the path or pattern.";
    /// Outputs of a manifest that have the same path, or overwrite an input.
    MANIFEST_CLASH = "TG0506" Error Error "" "outputs of the manifest overwrite something"
        "Two outputs have the same path, or an output overwrites an input. Give each output its own directory or file; {target} in a path is replaced by the target's name.";

    /// A variable that nothing sets.
    MANIFEST_NO_VALUE = "TG0507" Error Error "" "variable of the manifest has no value"
        "A value comes from --define NAME=VALUE, the profile that --profile chooses, the environment variable that the declaration names, or `default`, in this order.";

    /// A generated file that someone changed.
    HAND_EDITED = "TG0510" Error Error "" "generated file was edited by hand"
        "Each block of a generated file ends with a check of its text, such as `// 5d1f0c2a`; at least one does not match. Generating again overwrites the edit; change the inputs or options instead.";
    /// A file that differs from the generated one only in its line endings.
    LINE_ENDS = "TG0511" Error Error "" "line endings of a generated file were converted"
        "Generated files use line feeds. To keep git from converting them (core.autocrlf on Windows), add the printed line to .gitattributes.";
    /// A file by a tool with a lower format number.
    OLDER_TOOL = "TG0512" Error Error "" "generated file is by an older tool"
        "The format number in the file's first line is lower than this tool's, so its contents differ even for the same inputs. Generate the files again and use one version everywhere.";
    /// A file by a tool with a higher format number.
    NEWER_TOOL = "TG0513" Error Error "" "generated file is by a newer tool"
        "The format number in the file's first line is higher than this tool's. Use the version that wrote the file; generating with this one would write the older format.";
    /// A file at an output path that this tool did not generate.
    NOT_GENERATED = "TG0514" Error Error "" "file at an output path was not generated"
        "It does not have the header of this tool. Generating does not overwrite it, unless --force is used or the generator of the .NET SDK wrote it. Move the file, or give the output another path.";

    /// A task request that is not a plain MSBuild file.
    BAD_REQUEST = "TG0520" Error Error "" "task request cannot be read"
        "A request is an MSBuild file of properties and items whose values need no evaluation: no conditions, imports, wildcards, $(...) or @(...). Write the values themselves, with %XX for characters that are special in MSBuild.";
    /// A task parameter that is missing or invalid.
    BAD_PARAMETER = "TG0521" Error Error "" "task parameter cannot be used"
        "A required parameter is missing or empty, or a value is invalid. `thunkgen-task --help` lists the parameters; a build that sets them from properties must set those properties first.";
    /// An unknown parameter in a request.
    UNKNOWN_PARAMETER = "TG0522" Warning Error "" "unknown task parameter"
        "The name is misspelled, or belongs to another version of the task. Correct or remove it.";
    /// The task's program is missing, cannot be started, or exits without an answer.
    NO_ANSWER = "TG0523" Error Error "" "no answer from thunkgen-task"
        "The MSBuild task did not find the program thunkgen-task, could not start it, or got no answer from it. Set the parameter ThunkgenTaskPath to the executable for this machine.";

    /// A P/Invoke whose symbol is not defined in any native file.
    NO_NATIVE_FUNCTION = "TG0601" Error Error "" "native function does not exist"
        "The library exports no function of that name, so the link fails or the call throws EntryPointNotFoundException. Correct EntryPoint, export the function (extern \"C\" in C++, no static), or link the file that defines it.";
    /// A P/Invoke whose symbol has a different type.
    NATIVE_TYPE = "TG0602" Error Error "" "native function has a different type"
        "WebAssembly checks the exact type at every call, and this one would trap with \"null function or function signature mismatch\". Make the two declarations the same: int32_t is int, int64_t is long, C's long and every pointer have 32 bits, and a struct with several fields is passed by address.";
    /// A P/Invoke whose symbol is in a different library than the one it names.
    OTHER_LIBRARY = "TG0603" Warning Error "" "native function is in another library"
        "The linker only looks at symbol names and uses this function, whatever library DllImport names. Name the library that defines it.";
    /// Two objects define the symbol of a P/Invoke.
    DEFINED_TWICE = "TG0604" Warning Error "" "native function is defined twice"
        "The linker reports two strong definitions in objects as an error. Remove or rename one of them, or make it static.";
    /// A native function that takes variable arguments.
    NATIVE_VARIADIC = "TG0605" Warning Error "" "native function takes variable arguments"
        "Variable arguments are passed in memory, which thunks do not support, so calls from managed code fail. Wrap the function in one native function per signature.";
    /// A callback or function pointer that native code calls with a different type.
    CALLBACK_TYPE = "TG0606" Error Error "" "callback is called with a different signature"
        "Native code declares the exported callback, or calls the function pointer that it receives, with different parameters or a different result, and the call traps. Make the two declarations the same.";
    /// An import that native code declares with a different module.
    OTHER_IMPORT_MODULE = "TG0607" Warning Error "" "wasm import is from a different module"
        "A P/Invoke with WasmImportLinkageAttribute imports from the module that DllImport names, but native code imports the same name from another module. Name the module of the host function in both.";
    /// A linked module without names, or bitcode.
    NOT_COMPARABLE = "TG0608" Warning Error "" "native code cannot be compared"
        "LLVM bitcode (-flto) has no wasm types, and a linked module may name only its exported and imported functions, so the others cannot be found. Compile without link-time optimisation; link with a name section (-g2, --profiling-funcs), keep emscripten's symbol file next to the module, or name the objects and archives.";
    /// A native file that cannot be read.
    BAD_NATIVE_FILE = "TG0609" Error Error "" "native file cannot be read"
        "The file is not a wasm object, archive or module, or has inconsistent data at the reported offset. Compile it for wasm32.";
    /// A function pointer with the calling convention of Rust.
    RUST_ABI = "TG0610" Warning Error "" "Rust function pointer without the C calling convention"
        "A function pointer type without extern \"C\" uses Rust's own calling convention, which is not stable and differs from C for structs. Write extern \"C\" before its `fn`.";
    /// A struct by value that has a different layout in native code.
    STRUCT_LAYOUT = "TG0613" Error Error "" "struct has a different layout in native code"
        "The struct has a different size or alignment on the native side, or a field has a different offset, so the function reads or writes the wrong bytes, or past the end of the struct. Make the two declarations the same.";
    /// A pointer target that has a different layout in native code.
    POINTEE_LAYOUT = "TG0614" Warning Error "" "pointer target has a different layout in native code"
        "Both sides pass an address, but the struct there has a different size, or a field has a different offset, so native code reads or writes the wrong bytes. Make the two declarations the same; a pointer to bytes or void (byte*, void*, nint) matches any pointer.";
    /// Native files were given, and no P/Invoke was compared with them.
    NOTHING_COMPARED = "TG0615" Error Error "" "nothing was compared"
        "No P/Invoke names a library or a function of the native files, or their functions have no names or types. A check that compares nothing would always pass. Name the files of the library, or give a file the library's name with --native NAME=FILE.";
    /// An integer of fewer than 32 bits that has a different type in native code.
    NARROW_VALUE = "TG0616" Warning Error "" "integer has a different width or sign in native code"
        "WebAssembly passes integers of fewer than 32 bits as 32 bits. The caller extends a value by its own type, and the other side does not truncate it, so a value that only one of the two types can represent changes. Make the two declarations the same.";
    /// Native code with two forms of exceptions.
    MIXED_EXCEPTIONS = "TG0617" Error Error "" "two forms of exceptions in one link"
        "Code with legacy exception instructions (try, catch) and code with standard ones (try_table, throw_ref) link without a message, but engines reject the module. Compile all native code with the options of the runtime.";
    /// Native code that was compiled with tools that do not match those of the runtime.
    OTHER_TOOLCHAIN = "TG0618" Warning Error "" "native code is compiled with incompatible tools"
        "The file uses functions, WebAssembly features or a bitcode version that the emscripten of this runtime does not support, so the link fails. Compile it with the version of emscripten in the message; -v lists differences that are allowed.";
    /// A malformed XML documentation file.
    BAD_DOCUMENTATION = "TG0620" Warning Error "" "XML documentation cannot be read"
        "From the reported position on, the assembly's documentation file is not well-formed XML, or not in UTF-8 or UTF-16. The text before that position is still used for comments in stubs. Let the compiler write the file again.";
    /// A stub file without functions.
    NO_STUBS = "TG0621" Warning Error "" "no stubs to write"
        "A stub file is generated for each linked library that a P/Invoke uses. Name the library as DllImport does, with or without a leading lib; this includes the runtime's own libraries.";

    /// A boot configuration that is not JSON.
    BAD_BOOT_CONFIG = "TG0701" Error Error "" "boot configuration cannot be read"
        "The host reads which files to load from it, so the app cannot start. The build writes it: into blazor.boot.json before .NET 10, then into dotnet.js or dotnet.boot.js. Publish the app again, or correct the JSON at the reported position.";
    /// A file that the boot configuration names but that does not exist.
    MISSING_PART = "TG0702" Error Error "" "file of the app is missing"
        "The host loads every file that the boot configuration names, and stops at the first that the server does not have. Copy the whole publish directory. If files of an earlier build are mixed in, delete the target directory first.";
    /// A file that differs from its hash in the boot configuration.
    OTHER_HASH = "TG0703" Error Error "" "file differs from its hash in the boot configuration"
        "Browsers compare each file with its hash (subresource integrity) and refuse another one. The file was changed after the build, converted (line endings), or is of another build. Publish the app again and copy all files.";
    /// Sizes of an image that differ from those in the boot configuration.
    OTHER_SIZES = "TG0704" Error Error "" "sizes in the boot configuration do not match the module"
        "The host of CoreCLR compares payloadSize and tableSize in the boot configuration with the module, and refuses a module with others. The build takes them from the module: a module that is replaced later needs new sizes. Publish again, or write the sizes that the message names.";
    /// A wasm module with an assembly that the host refuses.
    REFUSED_IMAGE = "TG0705" Error Error "" "host refuses the module"
        "The host accepts one form of the wasm module around an assembly: its wrapper version, data segments and imports depend on the runtime. Make the image for the runtime of the app (`thunkgen r2r emit --runtime VERSION`).";
    /// A setting that turns images off.
    IMAGES_OFF = "TG0706" Warning Error "" "setting turns images off"
        "With DOTNET_ReadyToRun=0, and with DOTNET_InterpMode 2 or 3, the runtime ignores compiled code in images, and with it the thunks that they bring. Remove the setting from the boot configuration (`withEnvironmentVariable`, WasmEnvironmentVariable).";
    /// No linked module of the runtime.
    NO_NATIVE_MODULE = "TG0707" Error Error "" "native module not found"
        "An app has the linked runtime in one wasm module, dotnet.native.wasm. Without it the app cannot start, and P/Invokes, thunks and callbacks cannot be checked. Name the directory that contains it.";
    /// Files of two runtimes.
    MIXED_RUNTIMES = "TG0708" Error Error "" "files of two runtimes are mixed"
        "The core library and the native module must be of one build of one runtime. Files of an earlier publish are left in the directory, or the boot configuration names both. Delete the directory and publish again.";
    /// A module of CoreCLR in which no table of thunks is found.
    NO_THUNK_TABLE = "TG0709" Warning Error "" "no table of thunks in the native module"
        "The tables are found by their shape. The module may be linked without one, or be of a version that this tool does not know, so missing thunks cannot be named. Compare with the C++ source of the table: `thunkgen lookup --coverage INPUT --in TABLE.cpp`.";
    /// A compressed copy that differs from its file.
    STALE_COPY = "TG0710" Warning Error "" "compressed copy is of another file"
        "Servers send the .br or .gz copy of a file if there is one. The copy has other contents than the file, so a browser refuses it because of its hash, or loads an older build. Compress the file again, or delete the copy.";
}

/// The rules with this code, or with this alias, in any case.
pub fn find(code: &str) -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied().filter(move |rule| {
        rule.code.eq_ignore_ascii_case(code)
            || rule.alias.split_whitespace().any(|alias| alias.eq_ignore_ascii_case(code))
    })
}

/// True for the codes that only `check-native` reports.
pub fn is_of_check_native(code: &str) -> bool {
    ("TG0601"..="TG0619").contains(&code)
}

/// True for the codes that are reported only when stubs are generated.
pub fn is_of_stubs(code: &str) -> bool {
    ("TG0620"..="TG0629").contains(&code)
}

/// True for the codes that only `doctor` reports.
pub fn is_of_doctor(code: &str) -> bool {
    ("TG0701"..="TG0719").contains(&code)
}

/// The code that the build task of Mono has for many problems; that of .NET 11 has `WASM0060` to `WASM0068`.
pub const MONO_ALIAS: &str = "WASM0001";

/// Codes of the upstream tool for what is not a problem here: a type that is passed in several slots has a thunk.
pub const WITHOUT_COUNTERPART: [&str; 1] = ["WASM0068"];

/// The known code or alias most similar to `code`, if one is similar enough.
pub fn nearest(code: &str) -> Option<&'static str> {
    let code = code.to_ascii_uppercase();
    let known = ALL.iter().flat_map(|rule| [rule.code].into_iter().chain(rule.alias.split_whitespace()));
    NearestName::new(known).find(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
        for rule in ALL {
            assert!(
                rule.code.len() == 6 && rule.code.starts_with("TG") && !rule.title.is_empty() && !rule.help.is_empty()
            );
            assert!(rule.strict_level <= rule.level, "--strict never makes {} milder", rule.code);
        }
    }

    #[test]
    fn codes_and_aliases_are_found() {
        let codes = |code| find(code).map(|rule| rule.code).collect::<Vec<_>>();
        assert_eq!(codes("tg0101"), ["TG0101"]);
        assert_eq!(codes("WASM0067"), ["TG0101", "TG0102"]);
        assert!(codes("").is_empty() && codes("TG01").is_empty());
        assert_eq!(nearest("TG0141"), Some("TG0101"));
        assert_eq!(nearest("WASM067"), Some("WASM0067"));
        assert_eq!(nearest("CS1591"), None);
    }
}
