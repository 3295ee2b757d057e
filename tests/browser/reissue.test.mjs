// A new link by text, as a person asks for it on a page that leads nowhere else: where it is offered, what comes of it,
// for every eye and ear.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { comeIn, enter, heading, open, wrongCodes, press, setUp } from "./browser.mjs";
import { assertHeard, inspect } from "./inspect.mjs";
import { program } from "./server.mjs";

const { server, browser, newPerson } = await setUp();

// The partner lets people ask, as an operator sets it.
const { applications: [{ id: application }] } = await server.admin("/applications");
const file = join(server.folder, "asks.toml");
await writeFile(file, "[flow]\nreissue = true\n");
await promisify(execFile)(program, ["app", "look", "--app", application, "--data", server.folder, file]);

/** The link in the newest text with one, once it is there. */
async function linkTo(mobile) {
  for (let tries = 0; tries < 400; tries += 1) {
    for (const { body } of await server.texts(mobile)) {
      const last = body.split("\n").at(-1);
      if (last.startsWith(server.ready.api_url)) return { body, link: last };
    }
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("no link came");
}

/** The latest link of a person, closed for good by wrong codes. */
async function lock(page, person) {
  await page.goto(person.link);
  await press(page, "Text me a code");
  await page.waitForURL(/\/code/);
  for (const wrong of wrongCodes(await server.code(person.mobile))) await enter(page, wrong);
  await heading(page, /locked/);
}

for (const javaScriptEnabled of [true, false]) {
  test(`from a dead link to one that opens, ${javaScriptEnabled ? "with" : "without"} a script`, async () => {
    const person = await newPerson();
    const { context, page, faults } = await open(browser, server, { javaScriptEnabled });
    await lock(page, person);
    await page.goto(person.link);
    if (javaScriptEnabled) {
      await assertHeard(page, "locked-new-link");
      await inspect(page, "locked-new-link");
    }
    await press(page, "Text me a new link");
    await page.waitForURL(/\/sent\?by=/);
    await heading(page, "Look at your phone");
    if (javaScriptEnabled) {
      await assertHeard(page, "sent");
      await inspect(page, "sent");
    }
    const { body, link } = await linkTo(person.mobile);
    assert.match(body, /: your link to share bank data\. Not asked for\? Ignore it\.\n/);
    assert.notEqual(link, person.link);
    // Reload and back show pages, and send nothing.
    await page.reload();
    await page.goBack();
    await heading(page, /newer link|locked/);
    assert.equal((await server.texts(person.mobile)).length, 2, "a code and a link");
    await page.goto(link);
    await press(page, "Text me a code");
    await page.waitForURL(/\/code/);
    await enter(page, await server.code(person.mobile, 3));
    await page.waitForURL(/\/home$/);
    await heading(page, /Share bank data/);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("two presses at once are two texts at most, with one link", async () => {
  const person = await newPerson();
  const { context, page, faults } = await open(browser, server);
  await lock(page, person);
  await page.getByRole("button", { name: "Text me a new link" }).dblclick();
  await heading(page, "Look at your phone");
  const { link } = await linkTo(person.mobile);
  const links = (await server.texts(person.mobile)).map(({ body }) => body.split("\n").at(-1)).filter((last) => last.startsWith("http"));
  assert.deepEqual([...new Set(links)], [link]);
  // Who holds the older one is sent the newest.
  await page.goto(person.link);
  await heading(page, /newer link/);
  await inspect(page, "replaced-new-link");
  await press(page, "Text me the newest link");
  await heading(page, "Look at your phone");
  assert.equal((await page.goto(link)).status(), 200, "it is still the newest");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a session that paused is one press from going on", async () => {
  server.environment = { AUTHLINK_WORKFLOW_CONSENT_SESSION_IDLE: "2s" };
  await server.killAndRestart();
  const person = await newPerson();
  const { context, page, faults } = await open(browser, server);
  await comeIn(page, server, person);
  await page.waitForTimeout(2100);
  await page.reload();
  await heading(page, /We closed this page/);
  await inspect(page, "idle-new-link");
  await press(page, "Text me a new link");
  await heading(page, "Look at your phone");
  assert.equal((await page.goto((await linkTo(person.mobile)).link)).status(), 200);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a scanner that opens everything and presses nothing sends nothing", async () => {
  const person = await newPerson();
  const { context, page } = await open(browser, server);
  await lock(page, person);
  await page.goto(person.link);
  const action = await page.locator("form").getAttribute("action");
  const before = (await server.texts(person.mobile)).length;
  for (const place of [action, "/sent", "/sent?by=x"]) await page.goto(new URL(place, person.link).href);
  const { entries } = await server.admin("/outbox");
  assert.deepEqual(entries.filter(({ wish }) => wish === "link"), []);
  assert.equal((await server.texts(person.mobile)).length, before);
  await context.close();
});
