/** Files by their paths, which use `/` and are relative: `{ "app/App.dll": bytes }`. */
export type Files = Record<string, Uint8Array | ArrayBuffer | string>;

/** A problem in the inputs, as `--format json` prints it. */
export interface Finding {
  /** `TG0204` */
  code: string;
  level: "error" | "warning" | "note";
  title: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
  /** Full name of the method or type. */
  member?: string;
  /** Metadata token of the member: `0x06000001`. */
  metadataToken?: string;
  /** Simple name of the member's assembly. */
  assembly?: string;
  /** File of the assembly, if `file` is the source. */
  assemblyFile?: string;
}

/** What every verb returns. */
export interface Result {
  /** Whether the exit code is 0. */
  ok: boolean;
  /** 0 success, 1 check failed, 3 errors in the input, 5 not found. Others are thrown. */
  exitCode: number;
  findings: Finding[];
  /** What the command line prints to standard error. */
  remarks: string;
}

export type TargetOs = "browser" | "wasi";

/**
 * Options of the command line under their names in camel case: `--target-os wasi` is `targetOs: "wasi"`. An array repeats
 * the option, `true` is an option without a value.
 */
export interface Options {
  /**
   * What to read of the files, as on the command line: files, directories, patterns. The default is each file that is
   * not in a directory, and each directory with files.
   */
  inputs?: string[];
  /** Assemblies that are only needed for their types. */
  references?: Files;
  targetOs?: TargetOs | TargetOs[];
  runtime?: "11.0" | "12.0";
  strict?: boolean;
  nowarn?: string | string[];
  verbose?: boolean;
  [option: string]: unknown;
}

export interface ModuleOptions extends Options {
  /** Native libraries that the app links; `*` means all. */
  module?: string | string[];
}

/** A member that needs a key. */
export interface Reason {
  kind: string;
  assembly?: string;
  member: string;
  metadataToken?: string;
}

export interface PInvoke {
  library: string;
  entryPoint: string;
  signature: string;
  assemblies: string[];
}

export interface Callback {
  key: string;
}

/** What was collected for one target. */
export interface Target {
  output?: string;
  targetOs: TargetOs;
  keys: { key: string; reasons: Reason[] }[];
  pinvokes: PInvoke[];
  callbacks: Callback[];
  unresolved: Reason[];
  totals: Record<string, number>;
}

export interface Field {
  name: string;
  managedType: string;
  offset: number;
  size: number;
}

/** A value type; without `fields` and sizes if it has an `error`. */
export interface TypeLayout {
  assembly: string;
  fullName: string;
  metadataToken: string;
  error?: string;
  /** How its fields are laid out. */
  layout?: string;
  size?: number;
  alignment?: number;
  /** Its code in keys as a parameter: `S16`. */
  signatureCode?: string;
  /** The same as a result. */
  returnSignatureCode?: string;
  fields?: Field[];
}

/** The command line was refused (exit code 2), or the tool itself failed (exit code 4). */
export class ThunkgenError extends Error {
  exitCode: number;
}

/**
 * Chooses the module: its bytes, or compiled. Without this call, `thunkgen.wasm` of this package is loaded when it is
 * first needed.
 */
export function load(source?: BufferSource | WebAssembly.Module): Promise<void>;

/** Runs a command line, without the name of the program. `files` of the result are those that it wrote. */
export function run(
  args: string[],
  files?: Files,
  options?: { stdin?: string; env?: Record<string, string> },
): Promise<{ exitCode: number; stdout: string; stderr: string; files: Record<string, Uint8Array> }>;

/** Generates the C++ tables, and with `emit` stubs. After an error there are no files. */
export function generate(
  files: Files,
  options?: ModuleOptions & { emit?: "cpp" | "rust" | "c-header" | ("cpp" | "rust" | "c-header")[] },
): Promise<Result & { files: Record<string, Uint8Array> }>;

/** Lists the keys that assemblies need, with the members that need them. */
export function signatures(files: Files, options?: ModuleOptions): Promise<Result & { targets: Target[] }>;

/** Lays out one value type, or all of them. */
export function layout(files: Files, options?: Options & { type?: string }): Promise<Result & { types: TypeLayout[] }>;

/** Explains any text: a message, a key, a name, a code of a diagnostic. */
export function explain(text: string, files?: Files, options?: ModuleOptions): Promise<Result & { text: string }>;

/** Finds keys in `thunks` (C++ tables, images, linked runtimes); without `keys`, those that the assemblies need. */
export function lookup(
  files: Files,
  options?: ModuleOptions & { keys?: string[]; thunks?: Files },
): Promise<Result & { keys?: unknown[]; coverage?: unknown[]; [member: string]: unknown }>;

/** Compares P/Invokes with the functions in objects, archives and linked modules. */
export function checkNative(files: Files, options?: ModuleOptions & { native?: Files }): Promise<Result>;

/** Examines a published app. `html` is the report as a page, if it was asked for. */
export function doctor(
  files: Files,
  options?: Options & { html?: boolean; own?: string | string[] },
): Promise<Result & { report?: Record<string, unknown>; html?: string }>;
