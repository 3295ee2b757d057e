// A browser as the tests hold it: what a page must never do is noted, and every page is looked at.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { request as send } from "node:http";
import { after, afterEach, beforeEach } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { Bank } from "./bank.mjs";
import { Server } from "./server.mjs";

/** Where the pictures of the walks go, beside those of every page (gallery.mjs). */
export const shots = fileURLToPath(new URL("../../target/gallery/walks", import.meta.url));
export const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"];

export async function launch() {
  await mkdir(shots, { recursive: true });
  return chromium.launch({ executablePath, args });
}

/**
 * What a file of tests begins with: a server and a browser of its own, and people with a number each. `bank` puts a door
 * before the sandbox bank, open and uncounted at the beginning of each test. After each test nobody but this machine was
 * asked for anything, whatever was opened how, unless the file says that it `asksOthers`.
 */
export async function setUp({ environment = {}, bank: hasDoor = false, asksOthers = false } = {}) {
  // What has started ends, also when what comes next does not start.
  const ends = [];
  after(async () => { for (const end of ends.reverse()) await end(); });
  const kept = async (one, end) => { ends.push(() => end(one)); return one; };
  const bank = hasDoor ? await kept(await Bank.start(), (one) => one.end()) : undefined;
  if (bank) beforeEach(() => bank.reset());
  const settings = bank ? { ...environment, AUTHLINK_SANDBOX_BANK_URL: bank.url } : environment;
  const server = await kept(await Server.start(settings), (one) => one.end());
  const browser = await kept(await launch(), (one) => one.close());
  if (!asksOthers) {
    const others = othersAsked(browser);
    afterEach(() => assert.deepEqual([...new Set(others.splice(0))], [], "nobody else is asked for anything"));
  }
  let lastMobile = 400_222_000;
  return { bank, server, browser, newPerson: () => server.person(`+61${(lastMobile += 1)}`) };
}

/** Who else is asked by whatever page of a browser: their origins, as it happens. */
function othersAsked(browser) {
  const others = [];
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.on("request", (request) => {
      const { protocol, hostname, origin } = new URL(request.url());
      if (/^(http|ws)s?:$/.test(protocol) && !["127.0.0.1", "localhost"].includes(hostname)) others.push(origin);
    });
    return context;
  };
  return others;
}

/** Notes console errors, script errors and requests to anybody else; a refused answer is none of them. */
export function faultsOf(page, origin) {
  const faults = [];
  page.on("console", (message) => { if (message.type() === "error" && !/status of (4|5)\d\d/.test(message.text())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (protocol !== "data:" && asked !== origin) faults.push(`a request to ${asked}`);
  });
  return faults;
}

/** A fresh browser profile with one page. */
export async function open(browser, server, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  return { context, page, faults: faultsOf(page, new URL(server.ready.api_url).origin) };
}

/** Whether the screen has shown anything of the page, as the browser's compositor told it; read from outside, as scripts may be off. */
const isPainted = (page) => page.evaluate(() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: "paint", buffered: true });
  return observer.takeRecords().length > 0;
});

/**
 * Waits until the screen shows the page: it can be read before that, and a browser that is asked for a picture before its
 * first frame has none to give.
 */
export async function painted(page) {
  const end = Date.now() + 10_000;
  while (!(await isPainted(page))) {
    assert.ok(Date.now() < end, `${page.url()} is painted`);
    await setTimeout(20);
  }
}

/** A picture of a page, or of one part, beside those of the walks. */
export async function picture(page, name, { of = page, ...options } = {}) {
  await painted(page);
  return of.screenshot({ path: `${shots}/${name}.png`, ...options });
}

/** Whether a page scrolls sideways, and what sticks out. */
export async function assertNoSidewaysScroll(page, name) {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const sticksOut = (element) => element.getBoundingClientRect().right > clientWidth + 0.5;
    const found = [...document.querySelectorAll("body *")].filter(sticksOut).map((one) => one.outerHTML.slice(0, 80));
    // Words may stick out of a box that does not.
    return [`${scrollWidth} px on ${clientWidth}`, ...found];
  });
  assert.deepEqual(wide, [], `${name} scrolls sideways`);
}

export const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Sends what the browser would have sent, byte for byte, and keeps the answer from it. */
async function deliver(request) {
  const headers = await request.allHeaders();
  const plain = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":")));
  return new Promise((done, failed) => {
    const out = send(request.url(), { method: request.method(), headers: plain }, (answer) => {
      answer.resume();
      answer.on("end", () => done(answer.statusCode));
    });
    out.on("error", failed);
    out.end(request.postDataBuffer() ?? undefined);
  });
}

/** Presses a button: the server hears it, and its answer is lost on the way. */
export async function pressAndLose(page, name) {
  const heard = [];
  const lose = async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    heard.push(await deliver(route.request()));
    return route.abort("connectionreset");
  };
  await page.route("**/*", lose);
  const failed = page.waitForEvent("requestfailed");
  await press(page, name);
  await failed;
  await page.waitForURL(/^chrome-error:/);
  await page.unroute("**/*", lose);
  assert.deepEqual(heard, [303], `${name} was heard once`);
}

/** From a link to the code page. */
export async function askForCode(page, person, query = "") {
  await page.goto(person.link + query);
  await press(page, "Text me a code");
  await page.waitForURL(/\/code/);
}

/** Enters a code, right or not. */
export async function enter(page, code) {
  await page.getByLabel("6-digit code").fill(code);
  await press(page, "Continue");
}

/** From a link into its session. */
export async function comeIn(page, server, person, query = "") {
  await askForCode(page, person, query);
  await enter(page, await server.code(person.mobile));
  await page.waitForURL(/\/home$/);
}

/** From a link to the page after the agreement. */
export async function agree(page, server, person, query = "") {
  await comeIn(page, server, person, query);
  await press(page, "I agree");
  await page.getByRole("button", { name: "I have disclosed all my accounts" }).waitFor();
}

/** From a link to the end. */
export async function disclose(page, server, person, query = "") {
  await agree(page, server, person, query);
  await press(page, "I have disclosed all my accounts");
  await page.getByRole("heading", { name: /Thank you/ }).waitFor();
}

export const otherThan = (code) => (code === "111111" ? "222222" : "111111");

/** As many wrong codes as lock a link, each another one: the same one twice running is one try. */
export const wrongCodes = (code) => ["111111", "222222", "333333", "444444", "555555", "666666"].filter((one) => one !== code).slice(0, 5);
