// The reference of the API at /docs: all of it without a script, by keyboard, at 320 px, light and dark, from this
// server alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoSidewaysScroll, open, picture, setUp } from "./browser.mjs";
import { assertNoViolation, views } from "./inspect.mjs";

const { server, browser } = await setUp();
const document = async () => (await fetch(`${server.ready.api_url}/openapi.json`)).json();

test("every operation is there, with who may ask, an example and its errors", async () => {
  const { context, page, faults } = await open(browser, server, { javaScriptEnabled: false });
  await page.goto(`${server.ready.api_url}/docs`);
  const all = Object.values((await document()).paths).flatMap((one) => Object.values(one));
  assert.ok(all.length > 40);
  for (const { operationId, summary } of all) {
    const place = page.locator(`article#${operationId}`);
    assert.equal(await place.getByRole("heading", { name: summary, exact: true }).count(), 1, operationId);
    assert.equal(await place.getByText("Who may ask:").count(), 1, operationId);
  }
  assert.match(await page.locator("#createUser").innerText(), /POST\s+\/users[\s\S]*SERVER_ACCESS[\s\S]*\+61400111222/);
  await page.locator("#createUser summary", { hasText: "What can go wrong" }).click();
  assert.match(await page.locator("#createUser").innerText(), /What to do: correct what source names/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the keyboard leads to an operation, and nothing comes from elsewhere", async () => {
  const { context, page, faults } = await open(browser, server);
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).origin));
  const answer = await page.goto(`${server.ready.api_url}/docs`);
  assert.match(answer.headers()["content-security-policy"], /default-src 'none'/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  const link = page.getByRole("navigation").getByRole("link", { name: "Make a user", exact: true });
  await link.focus();
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#createUser");
  assert.deepEqual([...new Set(asked)], [server.ready.api_url]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("for every eye and ear", async () => {
  const { context, page, faults } = await open(browser, server);
  await page.goto(`${server.ready.api_url}/docs`);
  await page.setViewportSize({ width: 320, height: 640 });
  await assertNoSidewaysScroll(page, "reference, 320 px");
  // A picture of all of it would be longer than a browser draws.
  for (const [view, viewport, colorScheme] of views) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await assertNoViolation(page, `reference, ${view}`);
    await assertNoSidewaysScroll(page, `reference, ${view}`);
    await picture(page, `reference-${view}`);
  }
  assert.deepEqual(faults, []);
  await context.close();
});
