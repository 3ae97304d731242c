//! The text after the options in the help of each verb.

pub(super) const AFTER_HELP: &str = "\
Example:
  thunkgen generate bin/Release/publish/_framework --out generated

Arguments can be kept in a file: `@FILE` is replaced with the arguments in FILE, one per line.

Exit codes: 0 success; 1 check failed; 2 invalid command line; 3 errors in the input; 4 internal error \
(a bug in thunkgen); 5 not found.";

pub(super) const GENERATE: &str = "\
Examples:
  Write the three files for all assemblies in a directory:
    thunkgen generate bin/Release/publish/_framework --out generated

  Add the functions of a native library that the app links:
    thunkgen generate app/ --module libSkiaSharp --out generated

  Generate for browser and wasi in one run, into generated/browser and generated/wasi:
    thunkgen generate app/ --target-os browser --target-os wasi --out generated

  Write only some of the files, under other names:
    thunkgen generate app/ --pinvoke pinvoke-table.cpp --reverse callbacks.cpp

  Also write stubs for a native library, as a Rust module and as a C header:
    thunkgen generate app/ --module libdraw --emit cpp,rust,c-header --out generated

  Generate everything that thunkgen.toml describes:
    thunkgen generate

  Generate one output of thunkgen.toml, with another value of its variable `configuration`:
    thunkgen generate --output browser --define configuration=Debug";

pub(super) const CHECK: &str = "\
Examples:
  Check files in continuous integration, with the arguments that generated them:
    thunkgen check app/ --target-os browser --target-os wasi --out generated

  Does the header of a native library still match the C# declarations?
    thunkgen check app/ --module libdraw --emit c-header --out native/include

  Does every thunk in an image match its key, and is it still needed?
    thunkgen check app/ --image thunks.wasm

  Are the tables that the SDK's task wrote equal to those that thunkgen would write?
    thunkgen check app/ --compare-with obj/wasm_m2n_invoke.g.cpp --compare-with obj/pinvoke-table.cpp

A unified diff is printed to standard output, the problem with each file to standard error.";

pub(super) const SIGNATURES: &str = "\
Examples:
  Who needs the thunk of \"WASM calli missing for key: MviS8\"?
    thunkgen signatures app/ | grep '^MviS8 '

  Print everything that was collected, for a script:
    thunkgen signatures app/ --json

  Print it for one output of thunkgen.toml:
    thunkgen signatures --json --output browser";

pub(super) const EXPLAIN: &str = "\
Examples:
  What does a message in the console mean, and what comes next?
    thunkgen explain 'RuntimeError: null function or function signature mismatch'

  The same for a whole log, with the names of the functions in its stacks:
    thunkgen explain - app/ --native app/dotnet.native.wasm < console.txt

  What does \"WASM calli missing for key: MviS8\" mean, and which method needs this key?
    thunkgen explain MviS8 app/

  Which key does a native function need, and who declares it?
    thunkgen explain SystemNative_Read app/

  What does a diagnostic mean?
    thunkgen explain TG0101

  What does a thunk do?
    thunkgen explain MviS8 --wat

Exits with 5 if the text is not understood, or nothing in the inputs has the name.";

pub(super) const LAYOUT: &str = "\
Examples:
  Why is a struct passed as S16?
    thunkgen layout DateTimeOffset app/

  Print all value types that are not generic, for a script:
    thunkgen layout --all app/ --json";

pub(super) const COMPLETIONS: &str = "\
Examples:
  For bash:
    thunkgen completions bash > ~/.local/share/bash-completion/completions/thunkgen

  For zsh, in a directory of $fpath:
    thunkgen completions zsh > ~/.zfunc/_thunkgen

  For fish:
    thunkgen completions fish > ~/.config/fish/completions/thunkgen.fish";

pub(super) const MAN: &str = "\
Examples:
  Read it now:
    thunkgen man | man -l -

  For `man thunkgen` and `man thunkgen-generate`:
    thunkgen man --out ~/.local/share/man/man1";
