// The whole journey in Chromium, with and without JavaScript, with the server killed at every step.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoSidewaysScroll, open as openIn, picture, press, setUp, wrongCodes } from "./browser.mjs";

const { server, browser, newPerson } = await setUp();

const open = (options) => openIn(browser, server, options);

async function look(page, name) {
  await picture(page, name, { fullPage: true });
  await assertNoSidewaysScroll(page, name);
  assert.equal(await page.locator("h1").count(), 1, `${name} has one heading`);
}

/** Step by step to the end; `between` runs before each press. */
async function journey(page, person, name, between = async () => {}) {
  await page.goto(`${person.link}?state=s-${name}`);
  await look(page, `${name}-1-start`);
  await between(1);
  await press(page, "Text me a code");
  await page.waitForURL(/\/code/);
  await look(page, `${name}-2-code`);
  await between(2);
  await page.getByLabel("6-digit code").fill(await server.code(person.mobile));
  await press(page, "Continue");
  await page.waitForURL(/\/home$/);
  await look(page, `${name}-3-consent`);
  await between(3);
  await press(page, "I agree");
  await page.getByRole("button", { name: "I have disclosed all my accounts" }).waitFor();
  await look(page, `${name}-4-connect`);
  await between(4);
  await press(page, "I have disclosed all my accounts");
  await page.getByRole("heading", { name: /Thank you/ }).waitFor();
  await look(page, `${name}-5-done`);
  await between(5);
  await page.getByRole("link", { name: /^Back to/ }).click();
  await page.waitForURL(/\/demo\/returned/);
  await look(page, `${name}-6-returned`);
  assert.equal(new URL(page.url()).searchParams.get("state"), `s-${name}`);
  assert.ok((await page.textContent("main")).includes(`s-${name}`));
}

async function assertDisclosed(person) {
  const link = await server.api("GET", `/users/${person.id}/auth_link`);
  assert.equal(link.status, 404);
  const consents = await server.api("GET", `/users/${person.id}/consents`);
  assert.deepEqual(consents.body.data.map((consent) => consent.status), ["active"]);
  const events = await server.api("GET", `/events?filter=user.id.eq('${person.id}')`);
  const kinds = events.body.data.map((event) => `${event.entity}.${event.eventType}`);
  assert.deepEqual(kinds, ["consent.created", "user.created"], "newest first");
}

for (const [name, options] of [
  ["script", {}],
  ["no-script", { javaScriptEnabled: false }],
  ["narrow-dark", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }],
  ["wide", { viewport: { width: 1280, height: 800 } }],
]) {
  test(`the journey: ${name}`, async () => {
    const person = await newPerson();
    const { context, page, faults } = await open(options);
    await journey(page, person, name);
    await assertDisclosed(person);
    assert.equal((await server.texts(person.mobile)).length, 1);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("the server is killed before every step, and the person goes on in the same browser", async () => {
  const person = await newPerson();
  const { context, page, faults } = await open();
  await journey(page, person, "killed", async () => server.killAndRestart());
  await assertDisclosed(person);
  assert.deepEqual(faults, []);
  await context.close();
});

test("looking never spends the link and never sends a text", async () => {
  const person = await newPerson();
  for (const options of [{}, { javaScriptEnabled: false }]) {
    const { context, page } = await open(options);
    await page.goto(person.link);
    await page.waitForLoadState("networkidle");
    await page.reload();
    await page.goto(`${person.link}/code`);
    await page.waitForLoadState("networkidle");
    await context.close();
  }
  assert.equal((await server.texts(person.mobile)).length, 0);
  const link = await server.api("GET", `/users/${person.id}/auth_link`);
  assert.equal(link.body.status, "issued");
});

test("wrong codes are told calmly, and the fifth closes the link for good", async () => {
  const person = await newPerson();
  const { context, page } = await open();
  await page.goto(person.link);
  await press(page, "Text me a code");
  const [last, ...wrong] = wrongCodes(await server.code(person.mobile));
  for (const [tries, code] of wrong.entries()) {
    await page.getByLabel("6-digit code").fill(code);
    await press(page, "Continue");
    const left = ["4 more times", "3 more times", "2 more times", "once more"][tries];
    await page.getByRole("alert").filter({ hasText: left }).waitFor();
    assert.match(await page.title(), /^Error: /);
    if (tries === 0) await look(page, "wrong-code");
    // Its page can be loaded again, and the same form sent again: it was one try.
    await page.reload();
    await page.getByRole("alert").filter({ hasText: left }).waitFor();
    await page.getByLabel("6-digit code").fill(code);
    await press(page, "Continue");
    await page.waitForLoadState();
    await page.getByRole("alert").filter({ hasText: left }).waitFor();
  }
  await server.killAndRestart();
  await page.getByLabel("6-digit code").fill(last);
  await press(page, "Continue");
  await page.getByRole("heading", { name: /too many|closed|locked/i }).waitFor();
  await look(page, "locked");
  // Back shows how things stand, and no words of the browser's own.
  await page.goBack();
  await page.getByRole("heading", { name: /locked/i }).waitFor();
  await page.goto(person.link);
  assert.equal((await page.goto(person.link)).status(), 410);
  const link = await server.api("GET", `/users/${person.id}/auth_link`);
  assert.equal(link.status, 410);
  await context.close();
});

test("a link that somebody is in, that was replaced, or that never was, says so", async () => {
  const person = await newPerson();
  const first = await open();
  await first.page.goto(person.link);
  await press(first.page, "Text me a code");
  await first.page.getByLabel("6-digit code").fill(await server.code(person.mobile));
  await press(first.page, "Continue");
  await first.page.waitForURL(/\/home$/);

  const other = await open();
  assert.equal((await other.page.goto(person.link)).status(), 410);
  await look(other.page, "in-use");

  const newer = await server.api("POST", `/users/${person.id}/auth_link`);
  assert.equal((await other.page.goto(person.link)).status(), 410);
  await look(other.page, "replaced");
  await first.page.reload();
  await first.page.getByRole("heading", { name: /newer link/i }).waitFor();
  await look(first.page, "replaced-inside");

  await server.api("DELETE", `/users/${person.id}/auth_link`);
  assert.equal((await other.page.goto(newer.body.links.public)).status(), 410);
  await look(other.page, "withdrawn");
  const unknown = `${server.ready.api_url}/00000000-0000-4000-8000-000000000000`;
  assert.equal((await other.page.goto(unknown)).status(), 404);
  await look(other.page, "unknown");
  await first.context.close();
  await other.context.close();
});

test("the whole journey by keyboard alone", async () => {
  const person = await newPerson();
  const { context, page } = await open();
  const pressByKeyboard = async (name) => {
    const button = page.getByRole("button", { name, exact: true });
    for (let tabs = 0; tabs < 40; tabs += 1) {
      await page.keyboard.press("Tab");
      if (await button.evaluate((element) => element === document.activeElement)) {
        await page.keyboard.press("Enter");
        return;
      }
    }
    assert.fail(`${name} cannot be reached by Tab`);
  };
  await page.goto(person.link);
  await pressByKeyboard("Text me a code");
  await page.waitForURL(/\/code/);
  for (let tabs = 0; tabs < 40; tabs += 1) {
    if (await page.getByLabel("6-digit code").evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type(await server.code(person.mobile));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/home$/);
  await pressByKeyboard("I agree");
  await page.getByRole("button", { name: "I have disclosed all my accounts" }).waitFor();
  await pressByKeyboard("I have disclosed all my accounts");
  await page.getByRole("heading", { name: /Thank you/ }).waitFor();
  await assertDisclosed(person);
  await context.close();
});

test("a double click and the back button do no harm", async () => {
  const person = await newPerson();
  const { context, page } = await open();
  await page.goto(person.link);
  // The second press cuts the first one's navigation off: the next page is waited for by what it shows.
  await page.getByRole("button", { name: "Text me a code" }).dblclick();
  await page.getByLabel("6-digit code").waitFor();
  await page.getByLabel("6-digit code").fill(await server.code(person.mobile));
  await page.getByRole("button", { name: "Continue" }).dblclick();
  await page.getByRole("button", { name: "I agree" }).dblclick();
  await page.getByRole("button", { name: "I have disclosed all my accounts" }).waitFor();
  await page.goBack();
  await page.goto(`${server.ready.api_url}/home`);
  await page.getByRole("button", { name: "I have disclosed all my accounts" }).dblclick();
  await page.getByRole("heading", { name: /Thank you/ }).waitFor();
  await page.goBack();
  await page.goto(`${server.ready.api_url}/home`);
  await page.getByRole("heading", { name: /Thank you/ }).waitFor();
  assert.equal((await server.texts(person.mobile)).length, 1);
  await assertDisclosed(person);
  await context.close();
});
