// The bytes of the module, where there is `fetch`. Bundlers know this form of an address.
export const bytes = async () => {
  const answer = await fetch(new URL("../thunkgen.wasm", import.meta.url));
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
};
