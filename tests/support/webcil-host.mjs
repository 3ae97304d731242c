// usage: node webcil-host.mjs PLAN.json
// A host with the imports of a .NET runtime: loads the images that the plan names at the places it names, and calls
// every thunk through the table, as its key says. Prints a line for each image; throws at the first difference.
import fs from 'node:fs';
import assert from 'node:assert/strict';

const plan = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const SIZES = { i32: 4, i64: 8, f32: 4, f64: 8 };
const GUARD = 64;

for (const image of plan.images) {
  const { imageBase, tableBase, stackTop, arena } = image;
  const memory = new WebAssembly.Memory({ initial: 64 });
  const table = new WebAssembly.Table({ initial: tableBase + image.tableSize, element: 'anyfunc' });
  const global = (value, mutable) => new WebAssembly.Global({ value: 'i32', mutable }, value);
  const stackPointer = global(stackTop, true);
  const items = [
    stackPointer, global(imageBase, false), global(tableBase, false), global(0, true), table,
    new WebAssembly.Tag({ parameters: [] }), memory,
  ];
  const webcil = Object.fromEntries(image.imports.map((name, index) => [name, items[index]]));
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(image.file), { webcil });
  const { exports } = instance;
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);

  // What the host of .NET does, in its order.
  if (exports.webcilVersion.value > 1) throw new Error(`Unsupported Webcil version: ${exports.webcilVersion.value}`);
  exports.getWebcilSize(arena);
  const size = view.getUint32(arena, true);
  assert.equal(size, image.payloadSize);
  assert.equal(view.getUint32(arena + 4, true), 0, 'one number is written');
  view.setUint32(arena, 0, true);
  exports.getWebcilPayload(imageBase, size);
  exports.fillWebcilTable();
  assert.equal(new TextDecoder().decode(bytes.subarray(imageBase, imageBase + 4)), 'WbIL');
  assert.equal(view.getUint32(imageBase + 28, true), tableBase, 'the place in the table');
  assert.ok(bytes.subarray(0, imageBase).every(byte => byte === 0), 'nothing is written before the image');
  assert.ok(bytes.subarray(imageBase + size).every(byte => byte === 0), 'nothing is written after the image');
  for (let slot = 0; slot < table.length; slot++) {
    assert.equal(table.get(slot) !== null, slot >= tableBase, `slot ${slot}`);
  }

  const add = (module, callee) => {
    const made = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(module, 'base64')), { env: { callee } });
    table.grow(1, made.exports.callee);
    return table.length - 1;
  };
  let seed = 12345;
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16 & 0xff;
  const fill = (from, to) => { for (let at = from; at < to; at++) bytes[at] = random(); };
  // Bits, so that no NaN is like another value.
  const read = (type, at) => {
    if (type === 'i32') return view.getInt32(at, true);
    if (type === 'i64') return view.getBigInt64(at, true);
    return type === 'f32' ? view.getFloat32(at, true) : view.getFloat64(at, true);
  };
  const plain = (type, at) => { // a number that survives the way through JavaScript
    if (type === 'f32') view.setFloat32(at, random() / 8 - 7, true);
    if (type === 'f64') view.setFloat64(at, random() / 16 - 5, true);
  };

  let helper = () => assert.fail('nothing calls the helper yet');
  if (image.helperCell !== null) {
    view.setUint32(imageBase + image.helperCell, add(image.helperModule, (...args) => helper(...args)), true);
  }
  for (const thunk of image.fromInterp) {
    const call = table.get(tableBase + thunk.slot);
    const args = arena + GUARD, ret = args + thunk.area + GUARD + 15 & ~15, entry = ret + thunk.returnSize + GUARD + 15 & ~15;
    fill(arena, entry + GUARD);
    for (const param of thunk.params) if (param.kind === 'load') plain(param.type, args + param.at);
    let seen = 0, before;
    const result = thunk.result && { type: thunk.result, at: entry + GUARD };
    if (result) { fill(result.at, result.at + 8); plain(result.type, result.at); }
    const callee = add(thunk.calleeModule, (...got) => {
      seen++;
      assert.equal(got.length, thunk.params.length, thunk.key);
      thunk.params.forEach((param, index) => {
        const expected = {
          stack: () => stackTop - 16, ret: () => ret, zero: () => 0, entry: () => entry,
          address: () => args + param.at, load: () => read(param.type, args + param.at),
        }[param.kind]();
        assert.equal(got[index], expected, `${thunk.key}: parameter ${index}, ${param.kind}`);
      });
      if (thunk.managed) assert.equal(view.getUint32(stackTop - 16, true), 1, `${thunk.key}: the end of the stack walk`);
      assert.equal(stackPointer.value, thunk.managed ? stackTop - 16 : stackTop, `${thunk.key}: stack pointer`);
      if (thunk.params.some(param => param.kind === 'ret')) for (let at = ret; at < ret + thunk.returnSize; at++) bytes[at] = 0x5a;
      return result ? read(result.type, result.at) : undefined;
    });
    view.setUint32(entry, callee, true);
    before = bytes.slice();
    call(thunk.managed ? entry : callee, args, ret);
    assert.equal(seen, 1, thunk.key);
    assert.equal(stackPointer.value, stackTop, `${thunk.key}: the stack pointer is back`);
    if (result) before.copyWithin(ret, result.at, result.at + SIZES[result.type]);
    else if (thunk.params.some(param => param.kind === 'ret')) before.fill(0x5a, ret, ret + thunk.returnSize);
    before.set(bytes.subarray(stackTop - 4096, stackTop), stackTop - 4096);
    assert.ok(Buffer.from(before.buffer).equals(Buffer.from(memory.buffer)), `${thunk.key}: memory`);
  }
  for (const thunk of image.toInterp) {
    const call = table.get(tableBase + thunk.slot);
    const sp = stackTop, structs = arena + GUARD, ret = arena + 0x8000, entry = arena + 0x9000, result = arena + 0x9100;
    fill(arena, result + 16);
    const values = [];
    let next = structs;
    thunk.params.forEach((param, index) => {
      const at = arena + 0xa000 + 8 * index;
      fill(at, at + 8);
      plain(param.type, at);
      values.push({
        stack: () => sp, ret: () => ret, entry: () => entry, value: () => read(param.type, at),
        struct: () => { const place = next; next += param.size + 16; return place; },
      }[param.kind]());
    });
    fill(sp - 4096, sp);
    let seen = 0;
    helper = (gotEntry, block, argsSize, gotRet) => {
      seen++;
      assert.equal(gotEntry, entry, `${thunk.key}: entry point`);
      assert.equal(block % 16, 8, `${thunk.key}: transition block`);
      assert.deepEqual([view.getUint32(block, true), view.getUint32(block + 4, true)], [0, sp], `${thunk.key}: block`);
      assert.equal(stackPointer.value, block - 8, `${thunk.key}: stack pointer`);
      assert.equal(argsSize, thunk.area, `${thunk.key}: size of the arguments`);
      thunk.params.forEach((param, index) => {
        if (param.kind === 'value') assert.equal(read(param.type, block + param.at), values[index], `${thunk.key}: parameter ${index}`);
        if (param.kind === 'struct') {
          const copy = bytes.subarray(block + param.at, block + param.at + param.size);
          assert.deepEqual(copy, bytes.subarray(values[index], values[index] + param.size), `${thunk.key}: parameter ${index}`);
          const end = param.size <= 4 ? 4 : param.size + 7 & ~7;
          assert.ok(bytes.subarray(block + param.at + param.size, block + param.at + end).every(byte => byte === 0), thunk.key);
        }
      });
      if (thunk.params.some(param => param.kind === 'ret')) assert.equal(gotRet, ret, `${thunk.key}: return buffer`);
      else {
        assert.ok(gotRet >= block + 8 + argsSize && gotRet + 8 <= sp, `${thunk.key}: place of the result`);
        assert.equal(view.getBigUint64(gotRet, true), 0n, `${thunk.key}: the result is zero at first`);
        if (thunk.result) {
          plain(thunk.result, result);
          bytes.copyWithin(gotRet, result, result + SIZES[thunk.result]);
        }
      }
    };
    const got = call(...values);
    assert.equal(seen, 1, thunk.key);
    assert.equal(got, thunk.result ? read(thunk.result, result) : undefined, `${thunk.key}: result`);
    assert.equal(stackPointer.value, sp, `${thunk.key}: the stack pointer is back`);
  }
  console.log(`${image.name}: ${size} bytes, ${image.tableSize} slots, ${image.fromInterp.length} out, ${image.toInterp.length} in`);
}
