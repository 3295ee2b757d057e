// Every page with every sample that there is, on every screen: nothing cut off, nothing on top of another, every target
// large enough, no violation that axe-core knows of, focus seen in forced colours, nothing that moves where that is not
// wanted; and a picture of each, kept in target/gallery. The pages are those of `authlink pages`, with the headers of the
// real server.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { faultsOf, painted, setUp } from "./browser.mjs";
import { Gallery, pictures } from "./gallery.mjs";
import { violationsOf } from "./inspect.mjs";
import { focusFaults, layoutFaults } from "./layout.mjs";

const { server, browser, newPerson } = await setUp();
const gallery = await Gallery.open(server, await newPerson());
after(() => gallery.close());
const folder = join(pictures, "pages");
await mkdir(folder, { recursive: true });

const widths = [320, 390, 768, 1280];
const heights = { 320: 640, 390: 844, 768: 1024, 1280: 800 };

async function picture(screen, name) {
  const { cssContentSize: { width, height } } = await screen.send("Page.getLayoutMetrics");
  const clip = { x: 0, y: 0, width, height, scale: 1 };
  const { data } = await screen.send("Page.captureScreenshot", { format: "jpeg", quality: 60, captureBeyondViewport: true, clip });
  await writeFile(join(folder, `${name}.jpg`), Buffer.from(data, "base64"));
}

/** Between two schemes a colour is neither. */
const settled = (page) => page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => {}))));

const openAll = (page) => page.evaluate(() => document.querySelectorAll("details:not([open])").forEach((one) => { one.open = true; }));

/** Takes each page to `look`, two at a time, and gathers all that is wrong anywhere. */
async function through(names, options, look) {
  const left = [...names];
  const wrong = [];
  await Promise.all([1, 2].map(async () => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const screen = await context.newCDPSession(page);
    const faults = faultsOf(page, gallery.url);
    for (let name = left.shift(); name; name = left.shift()) {
      const answer = await page.goto(`${gallery.url}/${name}.html`);
      assert.equal(answer.headers()["content-security-policy"], gallery.policy);
      await painted(page);
      await look({ page, screen, name, note: (where, found) => wrong.push(...found.map((one) => `${name}, ${where}: ${one}`)) });
      wrong.push(...faults.splice(0).map((one) => `${name}: ${one}`));
    }
    await context.close();
  }));
  assert.deepEqual(wrong, []);
}

const sized = (page, width) => page.setViewportSize({ width, height: heights[width] });

test("the policy is the real one", () => {
  assert.match(gallery.policy, /^default-src 'none'; style-src 'self'; script-src 'self'/);
  assert.ok(gallery.in(undefined).length > 150, "all samples are there");
});

/** Pictures as people find the page, in these widths and schemes. */
async function shoot({ page, screen, name }, looks) {
  for (const [width, colorScheme] of looks) {
    await sized(page, width);
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await picture(screen, `${name}_${width}_${colorScheme}`);
  }
}

/** Looks at the layout, with all that can be opened open. */
async function lay({ page, note }, all, where = "") {
  await openAll(page);
  for (const width of all) {
    await sized(page, width);
    note(`${width} px${where}`, await page.evaluate(layoutFaults));
  }
}

test("every page, every width, light and dark", async () => {
  await through(gallery.in(undefined), {}, async (seen) => {
    await shoot(seen, widths.flatMap((width) => ["light", "dark"].map((scheme) => [width, scheme])));
    await lay(seen, widths);
    for (const [width, colorScheme] of [[320, "light"], [1280, "dark"]]) {
      await sized(seen.page, width);
      await seen.page.emulateMedia({ colorScheme });
      await settled(seen.page);
      seen.note(`${width} px, ${colorScheme}`, await violationsOf(seen.page));
    }
  });
});

test("every page from the right", async () => {
  await through(gallery.in("ar"), {}, async (seen) => {
    await shoot(seen, [[320, "light"], [1280, "dark"]]);
    await lay(seen, widths);
    seen.note("dark", await violationsOf(seen.page));
  });
});

test("every page in a language of other letters", async () => {
  await through(gallery.in("vi"), {}, async (seen) => {
    await shoot(seen, [[320, "dark"]]);
    await lay(seen, widths);
  });
});

test("every page without a script", async () => {
  await through(gallery.in(undefined), { javaScriptEnabled: false }, (seen) => lay(seen, widths, ", no script"));
});

test("every page in forced colours, and with less motion", async () => {
  const options = { viewport: { width: 390, height: 844 }, forcedColors: "active", reducedMotion: "reduce" };
  await through(gallery.in(undefined), options, async ({ page, screen, name, note }) => {
    await openAll(page);
    note("forced colours", await page.evaluate(focusFaults));
    note("less motion", await page.evaluate(() => document.getAnimations().map((one) => `${one.animationName ?? one.transitionProperty} moves`)));
    await picture(screen, `${name}_390_forced`);
    await page.emulateMedia({ forcedColors: "none" });
    note("by keyboard", await page.evaluate(focusFaults));
  });
});
