//! What stands below the options in the help of each verb.

pub(super) const AFTER_HELP: &str = "\
Example:
  thunkgen generate bin/Release/publish/_framework --out generated

Arguments can be kept in a file: `@FILE` stands for the arguments in FILE, one to a line.

Exit codes: 0 done or up to date; 1 a check failed; 2 wrong usage; 3 problems in the input; 4 a bug in \
thunkgen.";

pub(super) const GENERATE: &str = "\
Examples:
  Write the three files for every assembly of a folder:
    thunkgen generate bin/Release/publish/_framework --out generated

  Link one more native library into the app and know its functions:
    thunkgen generate app/ --module libSkiaSharp --out generated

  For browser and wasi in one run, into generated/browser and generated/wasi:
    thunkgen generate app/ --target-os browser --target-os wasi --out generated

  Only some of the files, with names of your own:
    thunkgen generate app/ --pinvoke pinvoke-table.cpp --reverse callbacks.cpp

  Also what a native library has to look like, as a Rust module and as a C header:
    thunkgen generate app/ --module libdraw --emit cpp,rust,c-header --out generated

  All that the thunkgen.toml of this repository describes:
    thunkgen generate";

pub(super) const CHECK: &str = "\
Examples:
  In continuous integration, with the same arguments that generated the files:
    thunkgen check app/ --target-os browser --target-os wasi --out generated

  Does the header that the native library includes say what C# says now?
    thunkgen check app/ --module libdraw --emit c-header --out native/include

  Is every thunk of an image what its key demands, and still needed?
    thunkgen check app/ --image thunks.wasm

Differences go to standard output as a unified diff, what is wrong with which file to standard error.";

pub(super) const SIGNATURES: &str = "\
Examples:
  Who needs the thunk of \"WASM calli missing for key: MviS8\"?
    thunkgen signatures app/ | grep '^MviS8 '

  Everything that was collected, for a script:
    thunkgen signatures app/ --json

  The same of one of the outputs that the thunkgen.toml of this repository describes:
    thunkgen signatures --json --manifest-output browser";

pub(super) const EXPLAIN: &str = "\
Examples:
  What does \"WASM calli missing for key: MviS8\" ask for, and which method needs it?
    thunkgen explain MviS8 app/

  The same where a thunkgen.toml names the assemblies:
    thunkgen explain MviS8

  Which key does a method need?
    thunkgen explain SystemNative_Read app/

  What does a diagnostic mean?
    thunkgen explain TG0101";

pub(super) const LAYOUT: &str = "\
Examples:
  Why is a struct S16?
    thunkgen layout System.DateTimeOffset app/

  Every value type that is not generic, for a script:
    thunkgen layout --all app/ --json";

pub(super) const COMPLETIONS: &str = "\
Examples:
  For bash:
    thunkgen completions bash > ~/.local/share/bash-completion/completions/thunkgen

  For zsh, in a folder that is in $fpath:
    thunkgen completions zsh > ~/.zfunc/_thunkgen

  For fish:
    thunkgen completions fish > ~/.config/fish/completions/thunkgen.fish";

pub(super) const MAN: &str = "\
Examples:
  Read it now:
    thunkgen man | man -l -

  For `man thunkgen` and `man thunkgen-generate`:
    thunkgen man --out ~/.local/share/man/man1";
