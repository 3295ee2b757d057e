// One thumb on a bad network: answers that never arrive, reloads, two tabs, the back button, no cookies,
// no script; and what goes over the wire.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { agree, args, askForCode, comeIn, enter, executablePath, heading, open, picture, press, pressAndLose, setUp } from "./browser.mjs";

const { server, browser, newPerson } = await setUp();

test("every press whose answer is lost counts once, and back leads on", async () => {
  const person = await newPerson();
  const { context, page } = await open(browser, server);
  await page.goto(`${person.link}?state=s-lost`);
  await pressAndLose(page, "Text me a code");
  await page.goto(`${person.link}?state=s-lost`);
  await page.getByRole("link", { name: "Enter my code" }).click();
  await page.waitForURL(/\/code/);

  const code = await server.code(person.mobile);
  await page.getByLabel("6-digit code").fill(code);
  await pressAndLose(page, "Continue");
  await page.goto(`${person.link}?state=s-lost`);
  await heading(page, /has been used/);
  await enter(page, code);
  await page.waitForURL(/\/home$/);

  await pressAndLose(page, "I agree");
  await page.goto(`${server.ready.api_url}/home`);
  await pressAndLose(page, "I have disclosed all my accounts");
  await page.goto(`${server.ready.api_url}/home`);
  await heading(page, /Thank you/);
  assert.equal(new URL(await page.getByRole("link", { name: /^Back to/ }).getAttribute("href")).searchParams.get("state"), "s-lost");
  assert.equal((await server.texts(person.mobile)).length, 1);
  await context.close();
});

test("leaving and saying no, with the answer lost, are done once", async () => {
  const { context, page } = await open(browser, server);
  const leaver = await newPerson();
  await agree(page, server, leaver);
  await pressAndLose(page, "Leave without finishing");
  await page.goto(`${server.ready.api_url}/home`);
  await heading(page, /You left/);
  const naysayer = await newPerson();
  await comeIn(page, server, naysayer);
  await pressAndLose(page, "No, don’t share");
  await page.goto(`${server.ready.api_url}/home`);
  await heading(page, /Nothing is shared/);
  await context.close();
});

test("a request that never arrives is pressed again", async () => {
  const person = await newPerson();
  const { context, page } = await open(browser, server);
  let drops = 0;
  await page.route("**/*", async (route) => {
    if (route.request().method() === "POST" && drops++ % 2 === 0) return route.abort("internetdisconnected");
    return route.continue();
  });
  const twice = async (name, arrange = async () => {}) => {
    const place = page.url();
    await arrange();
    const failed = page.waitForEvent("requestfailed");
    await press(page, name);
    await failed;
    await page.waitForURL(/^chrome-error:/);
    await page.goto(place);
    await page.getByRole("button", { name, exact: true }).waitFor();
    await arrange();
    await press(page, name);
  };
  await page.goto(person.link);
  await twice("Text me a code");
  await page.waitForURL(/\/code/);
  const code = await server.code(person.mobile);
  await twice("Continue", () => page.getByLabel("6-digit code").fill(code));
  await page.waitForURL(/\/home$/);
  await twice("I agree");
  await heading(page, /Your banks/);
  await twice("I have disclosed all my accounts");
  await heading(page, /Thank you/);
  assert.equal((await server.texts(person.mobile)).length, 1);
  await context.close();
});

test("a slow answer and a thumb that presses on and on", async () => {
  const person = await newPerson();
  const { context, page } = await open(browser, server);
  await page.route("**/*", async (route) => {
    if (route.request().method() === "POST") await new Promise((done) => setTimeout(done, 400));
    await route.continue();
  });
  const impatient = async (name) => {
    const button = page.getByRole("button", { name, exact: true });
    for (let presses = 0; presses < 4; presses += 1) await button.click({ noWaitAfter: true, timeout: 300 }).catch(() => {});
  };
  await page.goto(person.link);
  await impatient("Text me a code");
  await page.waitForURL(/\/code/);
  await page.getByLabel("6-digit code").fill(await server.code(person.mobile));
  await impatient("Continue");
  await page.waitForURL(/\/home$/);
  await impatient("I agree");
  await heading(page, /Your banks/);
  await impatient("I have disclosed all my accounts");
  await heading(page, /Thank you/);
  assert.equal((await server.texts(person.mobile)).length, 1);
  await context.close();
});

test("reload and back show how things stand, after every step", async () => {
  const person = await newPerson();
  const { context, page } = await open(browser, server);
  const reloads = async (name) => { await page.reload(); await heading(page, name); };
  await page.goto(person.link);
  await reloads(/asks to see/);
  await press(page, "Text me a code");
  await page.waitForURL(/\/code/);
  await reloads(/Enter the code/);
  await page.goBack();
  await page.getByRole("link", { name: "Enter my code" }).click();
  await enter(page, await server.code(person.mobile));
  await page.waitForURL(/\/home$/);
  await reloads(/Share bank data/);
  await page.goBack();
  await heading(page, /Share bank data/);
  await press(page, "I agree");
  await heading(page, /Your banks/);
  await reloads(/Your banks/);
  await page.goBack();
  await heading(page, /Your banks/);
  await press(page, "I have disclosed all my accounts");
  await heading(page, /Thank you/);
  await reloads(/Thank you/);
  await page.goBack();
  await page.waitForLoadState();
  assert.match(await page.locator("h1").innerText(), /Thank you|This link is finished/);
  assert.equal((await server.texts(person.mobile)).length, 1);
  await context.close();
});

test("two tabs of one session agree", async () => {
  const { context, page } = await open(browser, server);
  const person = await newPerson();
  await comeIn(page, server, person);
  const second = await context.newPage();
  const third = await context.newPage();
  for (const tab of [second, third]) await tab.goto(`${server.ready.api_url}/home`);
  await press(page, "I agree");
  await heading(page, /Your banks/);
  await press(third, "No, don’t share");
  await heading(third, /agreed already/);
  await third.getByRole("link", { name: /Go on/ }).click();
  await heading(third, /Your banks/);
  await press(second, "I agree");
  await heading(second, /Your banks/);
  await press(page, "I have disclosed all my accounts");
  await heading(page, /Thank you/);
  await press(second, "I have disclosed all my accounts");
  await heading(second, /Thank you/);
  await press(third, "Leave without finishing");
  await heading(third, /Thank you/);
  const link = await server.api("GET", `/users/${person.id}/auth_link`);
  assert.equal(link.status, 404);
  await context.close();
});

test("a browser that keeps no cookie is told so, and its code is not spent", async () => {
  const profile = await mkdtemp(join(tmpdir(), "authlink-no-cookies-"));
  await mkdir(join(profile, "Default"), { recursive: true });
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(blocked));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, viewport: { width: 390, height: 844 } });
  const person = await newPerson();
  let code;
  try {
    const page = await context.newPage();
    await askForCode(page, person);
    assert.deepEqual(await context.cookies(), [], "the profile blocks cookies");
    code = await server.code(person.mobile);
    await enter(page, code);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /allow cookies/);
    await picture(page, "no-cookies", { fullPage: true });
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }

  const other = await open(browser, server);
  await other.page.goto(`${person.link}/code`);
  await enter(other.page, code);
  await other.page.waitForURL(/\/home$/);
  await other.context.close();
});

/** An instant as the page writes it, with a space of one kind. */
const plain = (text) => text.replace(/\s/g, " ");

test("times are right without a script, and in the reader's own zone with one", async () => {
  const person = await newPerson();
  const link = await server.api("GET", `/users/${person.id}/auth_link`);
  const expires = new Date(link.body.expiresAt);
  const form = { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" };
  for (const [javaScriptEnabled, timeZone, ending] of [[false, "UTC", " UTC"], [true, "Australia/Sydney", ""]]) {
    const { context, page } = await open(browser, server, { javaScriptEnabled, timezoneId: "Australia/Sydney" });
    await page.goto(person.link);
    const shown = plain(await page.locator("time").first().innerText());
    const parts = Object.fromEntries(new Intl.DateTimeFormat("en-AU", { ...form, timeZone }).formatToParts(expires).map(({ type, value }) => [type, value]));
    const expected = `${parts.weekday} ${parts.day} ${parts.month} ${parts.year} at ${parts.hour}:${parts.minute} ${parts.dayPeriod}${ending}`;
    assert.equal(shown.replace(",", ""), expected);
    await context.close();
  }
});

test("the first page is small, its files stay, and no cookie comes before the code page", async () => {
  const person = await newPerson();
  const { context, page, faults } = await open(browser, server);
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  let bytes = 0;
  const cached = [];
  wire.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  wire.on("Network.requestServedFromCache", ({ requestId }) => cached.push(requestId));
  const answers = [];
  page.on("response", (response) => answers.push(response));
  await page.goto(person.link, { waitUntil: "networkidle" });
  // Its files come packed, the page itself never does.
  assert.ok(bytes > 8_000 && bytes < 16_000, `${bytes} bytes for the first page with its files`);
  assert.deepEqual(await context.cookies(), []);
  const files = answers.filter((response) => new URL(response.url()).pathname.startsWith("/assets/"));
  assert.ok(files.length >= 2, "style and script came");
  for (const file of files) {
    assert.match(file.headers()["cache-control"], /immutable/);
    assert.equal(file.headers()["content-encoding"], "gzip");
  }
  await press(page, "Text me a code");
  await page.waitForURL(/\/code/, { waitUntil: "networkidle" });
  assert.ok(cached.length >= 2, "the second page loads no file again");
  assert.deepEqual((await context.cookies()).map(({ name }) => name), ["authlink-entry"]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the code field takes what phones and people put in", async () => {
  for (const form of [(code) => `${code.slice(0, 3)} ${code.slice(3)}`, (code) => ` ${code}\n`, (code) => [...code].join(" "), (code) => `${code.slice(0, 3)}-${code.slice(3)}`]) {
    const person = await newPerson();
    const { context, page } = await open(browser, server, { permissions: ["clipboard-read", "clipboard-write"] });
    await askForCode(page, person);
    const field = page.getByLabel("6-digit code");
    assert.equal(await field.getAttribute("autocomplete"), "one-time-code");
    assert.equal(await field.getAttribute("inputmode"), "numeric");
    const text = form(await server.code(person.mobile));
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await field.focus();
    await page.keyboard.press("Control+V");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/home$/);
    await context.close();
  }
});
