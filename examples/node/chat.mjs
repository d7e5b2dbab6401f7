// Ask the model that the team uses for chat, with Node alone: fetch and the resolved file.
//
//   gwctl export resolved > resolved.json
//   GWCTL_RESOLVED=resolved.json node examples/node/chat.mjs "Say hello."
//
// Under `gwctl run -- node examples/node/chat.mjs`, the resolved file is in GWCTL_RESOLVED_JSON.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const { GWCTL_RESOLVED_JSON: given, GWCTL_RESOLVED: path } = process.env;
if (!given && !path) fail("set GWCTL_RESOLVED to the output of `gwctl export resolved`, or use `gwctl run`");
const resolved = JSON.parse(given || readFileSync(path, "utf8"));
if (resolved.version !== 1) fail(`the resolved file has version ${resolved.version}, and this program reads version 1`);
const model = resolved.roles.chat;
if (!model) fail("the resolved file has no model for chat");
const base = model.base_urls.chat;
if (!base) fail(`${model.endpoint} does not speak the chat API`);

const headers = { "content-type": "application/json" };
const key = keyOf(model);
if (key) headers[model.auth.header] = `${model.auth.scheme} ${key}`.trim();
const messages = [{ role: "user", content: process.argv[2] ?? "Say hello." }];
const response = await fetch(`${base}/chat/completions`, {
  method: "POST",
  headers,
  redirect: "error", // a redirect would lead the key to another host
  body: JSON.stringify({ model: model.model, messages }),
});
if (!response.ok) fail(`${model.endpoint} answered with HTTP ${response.status}`);
console.log((await response.json()).choices[0].message.content);

// The key, or "" for an endpoint that needs none. It is read when it is needed, and printed nowhere.
function keyOf({ key, key_required, endpoint }) {
  let value = "";
  if (key?.env) value = process.env[key.env]?.trim() ?? "";
  if (key?.command) value = execFileSync(key.command[0], key.command.slice(1), { encoding: "utf8" }).trim();
  if (!value && key_required) fail(`${endpoint} needs a key${key?.env ? `: set ${key.env}` : ""}`);
  return value;
}

function fail(why) {
  console.error(`error: ${why}`);
  process.exit(1);
}
