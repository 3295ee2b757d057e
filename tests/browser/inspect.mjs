// Looks at one page for every eye and ear: what axe-core knows of, sideways scroll, zoom, text size, spacing,
// forced colours, less motion; and what a screen reader finds.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { AxeBuilder } from "@axe-core/playwright";
import { assertNoSidewaysScroll, picture, shots } from "./browser.mjs";

export const views = [
  ["phone", { width: 390, height: 844 }, "light"],
  ["narrow-dark", { width: 320, height: 640 }, "dark"],
  ["wide", { width: 1280, height: 800 }, "light"],
];
// What a reader may set (WCAG 2.2, success criterion 1.4.12).
const wideSpacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }";

const shoot = (page, name) => picture(page, name, { fullPage: true });

/** The page as far as the screen shows it: a picture of more would undo zoom and text size. */
async function shootAsIs(screen, name) {
  const { data } = await screen.send("Page.captureScreenshot");
  await writeFile(`${shots}/${name}.png`, Buffer.from(data, "base64"));
}

/** No words leave the box that they stand in. */
async function assertNothingCut(page, name) {
  const cut = await page.evaluate(() => [...document.querySelectorAll(".btn, .box, .tip, .sign, summary, h1, h2, label")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 80)));
  assert.deepEqual(cut, [], `${name}: words leave their box`);
}

/** What axe-core finds wrong, in words. */
export async function violationsOf(page) {
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  assert.ok(passes.length > 10, "axe-core looked at nothing");
  return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

export const assertNoViolation = async (page, name) => assert.deepEqual(await violationsOf(page), [], name);

/** Looks at a page as it stands, without loading it again: what was posted shows only once. */
export async function inspect(page, name) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
  assert.equal(await page.locator("h1").count(), 1, `${name} has one heading`);
  const screen = await page.context().newCDPSession(page);
  for (const [view, viewport, colorScheme] of views) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    // Between two schemes a colour is neither; what turns for ever is no transition.
    await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => {}))));
    await assertNoViolation(page, `${name}, ${view}`);
    await assertNoSidewaysScroll(page, `${name}, ${view}`);
    await shoot(page, `access-${name}-${view}`);
  }
  await page.emulateMedia({ colorScheme: "dark", forcedColors: "active", reducedMotion: "reduce" });
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, `access-${name}-forced-colours`);
  const moving = await page.evaluate(() => document.getAnimations().length);
  assert.equal(moving, 0, `${name} moves although less motion is wanted`);
  await page.emulateMedia({ colorScheme: "light", forcedColors: "none", reducedMotion: "no-preference" });

  // A desk at 200 %: half as many pixels of the sheet, each twice as large.
  await screen.send("Emulation.setDeviceMetricsOverride", { width: 640, height: 2000, deviceScaleFactor: 2, mobile: false });
  await assertNoSidewaysScroll(page, `${name}, 200 % zoom`);
  await shootAsIs(screen, `access-${name}-zoom`);
  await screen.send("Emulation.clearDeviceMetricsOverride");
  await assertReflows(page, screen, name);
  await screen.detach();
}

/** A narrow phone with the reader's own text size doubled, then with wide spacing. */
async function assertReflows(page, screen, name) {
  await page.setViewportSize({ width: 320, height: 4800 });
  await screen.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  await assertNoSidewaysScroll(page, `${name}, double text`);
  await assertNothingCut(page, `${name}, double text`);
  await shootAsIs(screen, `access-${name}-double-text`);
  await screen.send("Page.setFontSizes", { fontSizes: { standard: 16, fixed: 13 } });
  const added = await page.evaluateHandle((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
  }, wideSpacing);
  await added.dispose();
  await assertNoSidewaysScroll(page, `${name}, wide spacing`);
  await assertNothingCut(page, `${name}, wide spacing`);
  await shoot(page, `access-${name}-spacing`);
  await page.evaluate(() => { document.adoptedStyleSheets = []; });
  await page.setViewportSize({ width: 390, height: 844 });
}

/** What a screen reader finds, with what changes from day to day taken out, beside what was agreed. */
export async function assertHeard(page, name) {
  const day = /\d{1,2} [A-Z][a-z]{2,8} \d{4}/g;
  const heard = (await page.locator("body").ariaSnapshot()).replace(/(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day /g, "").replace(day, "DAY")
    .replace(/\d{1,2}:\d\d.[ap]m/g, "TIME").replace(/\b\d+ seconds?\b/g, "SECONDS").replace(/in "?\d+"? second(s)?/g, "in SECONDS")
    .replace(/\d times/g, "N times").replace(/\/[0-9a-f-]{36}/g, "/LINK")
    .replace(/by=[0-9a-f-]{36}/g, "by=PARTNER").replace(/http:\/\/127\.0\.0\.1:\d+\//g, "http://HERE/").replace(/−?\$[\d,]+\.\d\d/g, "AMOUNT");
  const place = new URL(`./heard/${name}.txt`, import.meta.url);
  if (process.env.WRITE_HEARD) await writeFile(place, `${heard}\n`);
  assert.equal(`${heard}\n`, await readFile(place, "utf8"), `${name} is heard otherwise; when that is meant, WRITE_HEARD=1 writes it down`);
}
