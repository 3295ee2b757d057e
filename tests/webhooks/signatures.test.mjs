// What reaches a webhook is verified by the published library that receivers use, and by the examples of
// docs/WEBHOOKS.md, as they stand there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { Server } from "../browser/server.mjs";
import { Receiver } from "./receiver.mjs";

const ALL = "/notifications/webhooks";
const OLD_SECONDS = 5 * 60 + 5;

let server;
let receiver;
let webhook;

before(async () => {
  server = await Server.start({ AUTHLINK_WEBHOOKS_REACH: "anywhere" });
  // The first try of the first message fails: what is verified has retries in it.
  receiver = await Receiver.start((number) => (number === 0 ? 503 : 200));
  webhook = await made("POST", ALL, { url: receiver.url, subscribedEvents: ["user.created"] });
});

after(async () => {
  await server?.end();
  await receiver?.end();
});

async function made(method, path, body) {
  const answer = await server.api(method, path, body);
  assert.ok(answer.status < 300, JSON.stringify(answer));
  return answer.body;
}

/** What is heard after somebody was made. */
async function heardOf(mobile, count) {
  const before = receiver.heard.length;
  const user = await made("POST", "/users", { mobile });
  return { user, heard: (await receiver.hears(before + count)).slice(before) };
}

/** The same message as its sender would have signed it at another time. */
function signedAt(secret, { headers, body }, seconds) {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = createHmac("sha256", key).update(`${headers["webhook-id"]}.${seconds}.${body}`).digest("base64");
  return { body, headers: { ...headers, "webhook-timestamp": `${seconds}`, "webhook-signature": `v1,${signed}` } };
}

/** What every way of verifying must take, and what it must refuse. `verify` throws. */
function judged(verify, secret, message) {
  const { headers, body } = message;
  verify(secret, headers, body);
  const now = Math.floor(Date.now() / 1000);
  verify(secret, ...both(signedAt(secret, message, now)));
  const refused = (why, headers, body) => assert.throws(() => verify(secret, headers, body), why);
  refused("another body", headers, Buffer.from(body.toString().replace("user.created", "user.deleted")));
  refused("a byte more", headers, Buffer.concat([body, Buffer.from("\n")]));
  refused("another name", { ...headers, "webhook-id": "00000000-0000-4000-8000-000000000000" }, body);
  refused("another time", { ...headers, "webhook-timestamp": `${headers["webhook-timestamp"] - 1}` }, body);
  refused("too old", ...both(signedAt(secret, message, now - OLD_SECONDS)));
  refused("too new", ...both(signedAt(secret, message, now + OLD_SECONDS)));
  refused("no signature", { ...headers, "webhook-signature": "" }, body);
  assert.throws(() => verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, body), "another secret");
}

const both = ({ headers, body }) => [headers, body];
const byLibrary = (secret, headers, body) => new Webhook(secret).verify(body, headers);

test("the published library takes what is delivered, at its first try and its second", async () => {
  const { user, heard } = await heardOf("+61400111001", 2);
  const [first, second] = heard;
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  assert.notEqual(first.headers["webhook-signature"], second.headers["webhook-signature"]);
  for (const message of heard) {
    judged(byLibrary, webhook.secret, message);
    const told = byLibrary(webhook.secret, message.headers, message.body);
    assert.equal(told.eventTypeId, "user.created");
    assert.ok(told.links.eventEntity.endsWith(`/users/${user.id}`));
  }
});

/** The fenced examples of the document in one language. */
async function examples(language) {
  const text = await readFile(new URL("../../docs/WEBHOOKS.md", import.meta.url), "utf8");
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code);
  assert.equal(found.length, 1, `one example in ${language}`);
  return found[0];
}

test("the document's example in JavaScript takes and refuses what the library does", async () => {
  const { heard } = await heardOf("+61400111002", 1);
  const code = await examples("js");
  const { verify } = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
  judged(verify, webhook.secret, heard[0]);
});

test("the document's example in Python takes and refuses what the library does", async () => {
  const { heard } = await heardOf("+61400111003", 1);
  const harness = `${await examples("python")}
import sys
given = json.load(sys.stdin)
verify(given["secret"], given["headers"], base64.b64decode(given["body"]))
`;
  const verify = (secret, headers, body) => {
    const input = JSON.stringify({ secret, headers, body: body.toString("base64") });
    execFileSync("python3", ["-c", harness], { input, stdio: ["pipe", "pipe", "pipe"] });
  };
  judged(verify, webhook.secret, heard[0]);
});

test("the document's example for a shell makes the signature that is delivered", async () => {
  const { heard } = await heardOf("+61400111004", 1);
  const [{ headers, body }] = heard;
  const environment = { SECRET: webhook.secret, ID: headers["webhook-id"], TIMESTAMP: headers["webhook-timestamp"] };
  const env = { ...process.env, ...environment };
  const signed = execFileSync("bash", ["-euo", "pipefail", "-c", await examples("sh")], { input: body, env });
  assert.equal(signed.toString().trim(), headers["webhook-signature"]);
});

test("while a secret is rotated both verify; a receiver that has either loses nothing", async () => {
  const old = webhook.secret;
  const rotated = await made("POST", `${ALL}/${webhook.id}/rotate`);
  assert.notEqual(rotated.secret, old);
  assert.ok(Date.parse(rotated.oldSecretUntil) > Date.now());
  const { heard } = await heardOf("+61400111005", 1);
  for (const secret of [old, rotated.secret]) judged(byLibrary, secret, heard[0]);
  const again = await made("POST", `${ALL}/${webhook.id}/rotate`);
  const { heard: later } = await heardOf("+61400111006", 1);
  for (const secret of [rotated.secret, again.secret]) judged(byLibrary, secret, later[0]);
  assert.throws(() => byLibrary(old, later[0].headers, later[0].body), "two secrets sign, not three");
  webhook = again;
});

/** A receiver hears a message before how it went is written down: only then it can be read. */
async function written(message) {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((go) => setTimeout(go, 20))) {
    if ((await server.api("GET", message)).status === 200) return;
  }
  assert.fail(`${message} was never written down`);
}

test("a test message and one that is told again verify like any other", async () => {
  const before = receiver.heard.length;
  await made("POST", "/notifications/messages/test", { eventTypeId: "user.created", Text: "is anybody there" });
  const asked = (await receiver.hears(before + 1)).at(-1);
  judged(byLibrary, webhook.secret, asked);
  const told = byLibrary(webhook.secret, ...both(asked));
  assert.equal(told.Text, "is anybody there");
  const event = await server.api("GET", new URL(told.links.event).pathname);
  assert.deepEqual([event.status, event.body.data.Text], [200, "is anybody there"]);
  const { heard } = await heardOf("+61400111007", 1);
  const [first] = heard;
  const message = `${ALL}/${webhook.id}/messages/${first.headers["webhook-id"]}`;
  await written(message);
  await made("POST", `${message}/replay`);
  const second = (await receiver.hears(before + 3)).at(-1);
  judged(byLibrary, webhook.secret, second);
  assert.deepEqual(second.body, first.body);
  assert.notEqual(second.headers["webhook-id"], first.headers["webhook-id"]);
});
