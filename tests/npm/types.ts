// Compiled by tsc, never run: how the functions are called from TypeScript.
import { checkNative, doctor, explain, generate, layout, load, lookup, run, signatures, ThunkgenError, type Files, type Finding } from "thunkgen";

const files: Files = { "app/App.dll": new Uint8Array(), "thunkgen.toml": "" };

export async function all(): Promise<string[]> {
  await load(await WebAssembly.compile(new Uint8Array()));
  const made = await generate(files, { module: "libSkiaSharp", emit: ["cpp", "rust"], references: files, targetOs: ["browser", "wasi"] });
  const bytes: Uint8Array | undefined = made.files["callhelpers-pinvoke.cpp"];
  const errors: Finding[] = made.findings.filter(({ level }) => level === "error");
  const keys = (await signatures(files)).targets.flatMap(({ keys }) => keys.map(({ key }) => key));
  const sizes: (number | undefined)[] = (await layout(files, { type: "App.Rect" })).types.map(({ size }) => size);
  const { text } = await explain("MviS8", files);
  await lookup(files, { keys, thunks: files });
  await checkNative(files, { native: files });
  const { html } = await doctor(files, { html: true });
  const { exitCode, stdout } = await run(["--version"], {}, { stdin: "" });
  // @ts-expect-error: there is no such system
  await generate(files, { targetOs: "moon" });
  // @ts-expect-error: a number is not the contents of a file
  await generate({ "a.dll": 1 });
  try {
    await generate({});
  } catch (error) {
    if (error instanceof ThunkgenError) console.log(error.exitCode, error.message);
  }
  return [text, html ?? "", stdout, String(exitCode), String(bytes?.length), ...errors.map(({ message }) => message), ...sizes.map(String)];
}
