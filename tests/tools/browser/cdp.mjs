// A headless Chromium, driven through the DevTools protocol with what Node.js has built in.
// usage: const page = await open({ url, width, height, dark, mobile }); ... await page.close()
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts Chromium with an empty profile and opens a page; `errors` collects what the console says and what is thrown. */
export async function open({ url, width = 1200, height = 900, dark = false, mobile = false }) {
  const profile = mkdtempSync(join(tmpdir(), "thunkgen-browser-"));
  const program = process.env.THUNKGEN_CHROMIUM ?? "chromium";
  const options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--remote-debugging-port=0", "--user-data-dir=" + profile];
  const browser = spawn(program, [...options, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const end = () => { browser.kill("SIGKILL"); try { rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }); } catch {} };
  const endpoint = await new Promise((resolve, reject) => {
    let text = "";
    browser.on("error", (error) => reject(new Error(`${program} cannot be started: ${error.message}`)));
    browser.on("exit", () => reject(new Error(`${program} ended: ${text}`)));
    browser.stderr.on("data", (data) => {
      text += data;
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
  });
  const socket = new WebSocket(endpoint);
  await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject; });
  let last = 0;
  const pending = new Map(), listeners = [];
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id) {
      const { resolve, reject } = pending.get(message.id);
      pending.delete(message.id);
      message.error ? reject(new Error(JSON.stringify(message.error))) : resolve(message.result);
    } else listeners.forEach((listener) => listener(message));
  };
  const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    last += 1;
    pending.set(last, { resolve, reject });
    socket.send(JSON.stringify({ id: last, method, params, sessionId }));
  });
  const { targetInfos } = await send("Target.getTargets");
  const { sessionId } = await send("Target.attachToTarget", { targetId: targetInfos.find((target) => target.type === "page").targetId, flatten: true });
  const command = (method, params) => send(method, params, sessionId);
  const errors = [], requests = [];
  listeners.push(({ method, params }) => {
    if (method === "Runtime.exceptionThrown") errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error") errors.push(params.entry.text);
    if (method === "Runtime.consoleAPICalled" && params.type === "error") errors.push(params.args.map((arg) => arg.value).join(" "));
    if (method === "Network.requestWillBeSent") requests.push(params.request.url);
  });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await command(domain + ".enable");
  await command("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
  await command("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }] });
  const loaded = new Promise((resolve) => listeners.push(({ method }) => method === "Page.loadEventFired" && resolve()));
  await command("Page.navigate", { url });
  await loaded;
  return {
    errors, requests, command,
    /** The value of an expression in the page. */
    async evaluate(expression) {
      const { result, exceptionDetails } = await command("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    /** The same in the frame of the page that has an origin of its own. */
    async evaluateInFrame(expression) {
      let frame;
      for (let times = 0; times < 6000 && !frame; times += 1) {
        if (times > 0) await new Promise((resolve) => setTimeout(resolve, 100));
        frame = (await send("Target.getTargets")).targetInfos.find(({ type }) => type === "iframe");
      }
      if (!frame) throw new Error("there is no such frame");
      const { sessionId } = await send("Target.attachToTarget", { targetId: frame.targetId, flatten: true });
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true }, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    /** Waits, up to ten minutes, until an expression is true. */
    async until(expression) {
      for (let times = 0; times < 6000; times += 1) {
        if (await this.evaluate(expression)) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error("never true: " + expression);
    },
    /** Types text into what has the focus. */
    type: (text) => command("Input.insertText", { text }),
    /** Presses a key: `Tab`, `Enter`. */
    async press(key, code = { Tab: 9, Enter: 13 }[key]) {
      for (const type of ["rawKeyDown", "char", "keyUp"]) if (type !== "char" || key === "Enter") await command("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: code, text: type === "char" ? "\r" : undefined });
    },
    async screenshot(path) {
      const { data } = await command("Page.captureScreenshot", { format: "png" });
      writeFileSync(path, Buffer.from(data, "base64"));
    },
    close() { socket.close(); end(); },
  };
}
