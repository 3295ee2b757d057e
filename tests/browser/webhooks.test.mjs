// Messages to a webhook, verified by the published library of the scheme that signs them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { Server } from "./server.mjs";

let server;
let receiver;
const heard = [];
let refusals = 0;

before(async () => {
  receiver = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    heard.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    receiver.emit("heard");
    response.writeHead(refusals-- > 0 ? 503 : 204).end();
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  server = await Server.start();
});

after(async () => {
  receiver.close();
  receiver.closeAllConnections();
  await server.end();
});

async function hears(count) {
  while (heard.length < count) await once(receiver, "heard");
  return heard;
}

async function post(path, body) {
  const answer = await server.api("POST", path, body);
  assert.ok(answer.status < 300, `${path}: ${answer.status}`);
  return answer.body;
}

test("every attempt verifies, with either secret after a rotation, and a changed body does not", async () => {
  const url = `http://127.0.0.1:${receiver.address().port}/hooks`;
  const webhook = await post("/notifications/webhooks", { url, subscribedEvents: ["user.created"] });
  refusals = 1;
  await post("/users", { mobile: "+61400111222" });
  const [first, second] = await hears(2);
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  for (const { headers, body } of [first, second]) {
    const read = new Webhook(webhook.secret).verify(body, headers);
    assert.equal(read.eventTypeId, "user.created");
    assert.throws(() => new Webhook(webhook.secret).verify(body.replace("created", "deleted"), headers));
  }
  const rotated = await post(`/notifications/webhooks/${webhook.id}/rotate`, {});
  await post("/users", { mobile: "+61400111333" });
  const [, , third] = await hears(3);
  for (const secret of [webhook.secret, rotated.secret]) new Webhook(secret).verify(third.body, third.headers);
});
