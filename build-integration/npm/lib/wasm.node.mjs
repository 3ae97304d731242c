// The bytes of the module, in Node.js.
import { readFile } from "node:fs/promises";

export const bytes = () => readFile(new URL("../thunkgen.wasm", import.meta.url));
