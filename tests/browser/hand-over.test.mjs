// What surrounds the journey: the square code that hands a link to a phone, the other languages, and programs
// that open whatever link they find in a message.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { faultsOf, open as openIn, picture, press, setUp } from "./browser.mjs";
import { inspect } from "./inspect.mjs";

const reader = createRequire(import.meta.url).resolve("jsqr");

const { server, browser, newPerson } = await setUp();
const statusOf = async ({ id }) => (await server.api("GET", `/users/${id}/auth_link`)).body.status;

/** What a camera reads from a picture, by a reader of such codes. */
async function readSquare(png) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addScriptTag({ path: reader });
  const found = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data: pixels, width, height } = pen.getImageData(0, 0, image.width, image.height);
    return window.jsQR(pixels, width, height)?.data;
  }, png.toString("base64"));
  await context.close();
  return found;
}

test("a desk hands the link to a phone, light and dark, and the link is not spent by it", async () => {
  const person = await newPerson();
  const { context, page, faults } = await openIn(browser, server, { viewport: { width: 1280, height: 800 } });
  await page.goto(`${person.link}?state=s-hand`);
  await page.getByRole("link", { name: "On a computer? Continue on your phone" }).click();
  await page.getByRole("heading", { name: "Continue on your phone" }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const seen = await picture(page, `square-${colorScheme}`, { of: page.locator("svg.square") });
    assert.equal(await readSquare(seen), `${person.link}?state=s-hand`, colorScheme);
  }
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal((await server.texts(person.mobile)).length, 0);
  assert.equal(await statusOf(person), "issued");
  await inspect(page, "phone");
  await page.getByRole("link", { name: "Carry on here instead" }).click();
  await page.getByRole("button", { name: "Text me a code" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("on a phone there is no way to hand over", async () => {
  const person = await newPerson();
  const { context, page } = await openIn(browser, server, { hasTouch: true, isMobile: true });
  await page.goto(person.link);
  await page.getByRole("button", { name: "Text me a code" }).waitFor();
  assert.equal(await page.getByRole("link", { name: /Continue on your phone/ }).isVisible(), false);
  await context.close();
});

for (const [tag, dir, locale, start, enter, agree, disclose] of [
  ["ar", "rtl", "ar-EG", "إرسال رمز برسالة نصية", "متابعة", "أوافق", "أفصحت عن جميع حساباتي"],
  ["vi", "ltr", "vi-VN", "Nhắn mã cho tôi", "Tiếp tục", "Tôi đồng ý", undefined],
]) {
  test(`the journey in ${tag}, as the browser asks for it`, async () => {
    const person = await newPerson();
    const { context, page, faults } = await openIn(browser, server, { locale, viewport: { width: 320, height: 640 } });
    await page.goto(person.link);
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, getComputedStyle(document.body).direction]), [tag, dir]);
    await inspect(page, `start-${tag}`);
    await press(page, start);
    await page.waitForURL(/\/code/);
    await inspect(page, `code-${tag}`);
    await page.locator("input[name=code]").fill(await server.code(person.mobile));
    await press(page, enter);
    await page.waitForURL(/\/home$/);
    await inspect(page, `consent-${tag}`);
    await press(page, agree);
    await page.waitForURL(/\/connect$/);
    await inspect(page, `hub-${tag}`);
    const declare = disclose ? page.getByRole("button", { name: disclose, exact: true }) : page.locator("#sign button");
    await declare.click();
    await page.waitForURL(/\/home$/);
    await inspect(page, `done-${tag}`);
    // Back in the other language, on the same page.
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("heading", { name: "Thank you. That’s everything." }).waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a program that opens every link of a message, runs its scripts and follows its links spends nothing", async () => {
  const person = await newPerson();
  const context = await browser.newContext({ userAgent: "MailGuard/2.0 (link preview)" });
  const page = await context.newPage();
  const faults = faultsOf(page, new URL(server.ready.api_url).origin);
  const seen = new Set();
  const next = [person.link];
  while (next.length > 0 && seen.size < 40) {
    const url = next.shift();
    if (seen.has(url)) continue;
    seen.add(url);
    await fetch(url, { method: "HEAD" });
    await page.goto(url);
    await page.waitForLoadState("networkidle");
    // It scrolls, hovers and opens what opens, as such programs do to make lazy pages speak.
    await page.evaluate(() => {
      document.querySelectorAll("details").forEach((one) => { one.open = true; });
      document.querySelectorAll("a, button, input").forEach((one) => { one.focus(); one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); });
      window.scrollTo(0, document.body.scrollHeight);
    });
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((one) => one.href));
    next.push(...links.filter((link) => link.startsWith(server.ready.api_url)).map((link) => link.split("#")[0]));
  }
  assert.ok(seen.size >= 4, `only ${seen.size} pages were opened`);
  assert.equal((await server.texts(person.mobile)).length, 0, "a text went");
  assert.equal(await statusOf(person), "issued");
  assert.deepEqual(faults, []);
  await context.close();
});
