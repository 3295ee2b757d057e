// A partner's own look, as people see it: colours, font, corners, logo and words on every page, for every eye; and
// the ways that the partner chose, as a real browser goes them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { agree, askForCode, comeIn, open, picture, press, setUp } from "./browser.mjs";
import { signIn } from "./banks.mjs";
import { inspect } from "./inspect.mjs";
import { program } from "./server.mjs";

const { server, browser, newPerson } = await setUp();
const authlink = async (...args) => (await promisify(execFile)(program, [...args, "--data", server.folder])).stdout;
const application = async () => (await server.admin("/applications")).applications[0].id;

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 32"><circle cx="16" cy="16" r="13" fill="#b4235a"/>
  <path d="M10 17l4 4 8-9" fill="none" stroke="#fff" stroke-width="3"/><path d="M40 8h70v5H40zm0 11h48v5H40z" fill="#3a1026"/></svg>`;

const plum = `
[brand]
name = "Plum & Partners Lending"
colour = "#6b2347"
font = "geometric"
radius = 4
[logo]
file = "plum.svg"
[greeting]
title = "Good to have you here"
subtitle = "With your accounts in view we can tell you within the hour, not the week."
`;

/** Writes a look and sets it, as an operator does. */
async function wear(look) {
  await writeFile(join(server.folder, "plum.svg"), logo);
  const file = join(server.folder, "plum.toml");
  await writeFile(file, look);
  await authlink("app", "look", "--app", await application(), file);
  return file;
}

const token = (page, name) => page.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim(), name);
const colourOf = (locator, property) => locator.evaluate((one, property) => getComputedStyle(one)[property], property);

test("every page wears the partner's look, for every eye", async () => {
  await wear(plum);
  const person = await newPerson();
  const { context, page, faults } = await open(browser, server);
  await page.goto(person.link);
  const rail = page.locator(".rail");
  assert.equal(await colourOf(rail, "backgroundColor"), "rgb(107, 35, 71)");
  assert.equal(await colourOf(page.getByRole("button", { name: "Text me a code" }), "borderTopLeftRadius"), "4px");
  assert.match(await colourOf(page.locator("h1"), "fontFamily"), /^"Avenir Next"/);
  const logo = page.locator(".rail img");
  assert.ok(await logo.evaluate((one) => one.complete && one.naturalWidth > 0), "the logo is drawn");
  await inspect(page, "look-start");
  // Without less motion the button would still be on its way from one tone to the other.
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  assert.equal(await colourOf(page.locator(".btn").first(), "backgroundColor"), await page.evaluate((colour) => {
    const probe = document.createElement("i");
    probe.style.color = colour;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, await token(page, "--brand-night")), "the light tone takes over in the dark");
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
  await askForCode(page, person);
  await inspect(page, "look-code");
  await comeIn(page, server, await newPerson());
  await inspect(page, "look-consent");
  await press(page, "I agree");
  await page.waitForURL(/\/connect$/);
  await inspect(page, "look-hub");
  await press(page, "Leave without finishing");
  await inspect(page, "look-left");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a logo that holds the name, and words from the right", async () => {
  await wear(plum.replace("[greeting]", "says_name = true\nplate = false\n[greeting]").replace('colour = "#6b2347"', 'colour = "#1d4ed8"'));
  const { context, page, faults } = await open(browser, server);
  await page.goto(`${(await newPerson()).link}?lang=ar`);
  assert.equal(await page.locator(".who > span.vh").innerText(), "Plum & Partners Lending");
  await inspect(page, "look-start-ar");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the last press leads straight back, also to another origin", async () => {
  const partner = createServer((request, answer) => answer.end(`<title>back</title><h1>${request.url}</h1>`)).listen(0, "127.0.0.1");
  await once(partner, "listening");
  const place = `http://localhost:${partner.address().port}`;
  await authlink("app", "update", "--app", await application(), "--redirect-url", `${place}/back`);
  await wear("[flow]\nskip_success = true\n");
  const { context, page } = await open(browser, server);
  await agree(page, server, await newPerson(), "?state=s-1");
  await press(page, "I have disclosed all my accounts");
  await page.waitForURL(`${place}/back?state=s-1`);
  await page.goto(`${server.ready.api_url}/home`);
  await page.getByRole("heading", { name: /Thank you/ }).waitFor();
  await context.close();
  partner.close();
});

test("one login is enough where the partner wants one", async () => {
  await wear("[flow]\nmultiple_connections = false\nreference_name = \"Meadow Brokers\"\n");
  const { context, page, faults } = await open(browser, server);
  await agree(page, server, await newPerson());
  await signIn(page, server, "AU00000", "gavinBelson", "hooli2016");
  await page.getByText("needs one sign-in, and it is here").waitFor();
  assert.equal(await page.getByRole("link", { name: /Add a/ }).count(), 0);
  await inspect(page, "look-single");
  assert.deepEqual(faults, []);
  await context.close();
});

test("all pages can be looked at before anybody else sees them", async () => {
  const file = await wear(plum);
  const folder = join(server.folder, "pages");
  await promisify(execFile)(program, ["pages", "--look", file, "--to", folder]);
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const failed = [];
  page.on("requestfailed", (request) => failed.push(request.url()));
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  assert.ok(await page.locator("iframe").count() > 50);
  await picture(page, "look-pages");
  await page.goto(pathToFileURL(join(folder, "consent-01.html")).href);
  assert.equal(await colourOf(page.locator(".rail"), "backgroundColor"), "rgb(107, 35, 71)");
  await picture(page, "look-pages-consent");
  assert.deepEqual(failed, []);
  await page.close();
});
