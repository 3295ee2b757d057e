// The published component of the OTP protocol, as a partner's page has it, against the real server. Its hosts are
// compiled in: what it asks of them, and where it sends the person, is routed to ours here. So this shows that the
// protocol is ours too, and not that such a page works without routing.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { otherThan, picture, press, setUp } from "./browser.mjs";

const { devDependencies } = JSON.parse(await readFile(new URL("./package.json", import.meta.url), "utf8"));
const component = Object.keys(devDependencies).find((name) => name.endsWith("/connect-auth"));

/** A page that shows the component and nothing else, in either of its settings. */
const script = (isTest) => `
  import { createElement } from "react";
  import { createRoot } from "react-dom/client";
  import * as published from ${JSON.stringify(component)};
  const [Component] = Object.values(published).filter((one) => typeof one === "function");
  createRoot(document.getElementById("root")).render(createElement(Component, { test: ${isTest} }));
`;

// The hosts that are compiled into it are everybody else's.
const environment = { AUTHLINK_WORKFLOW_AUTH_LINK_CODE_COOLDOWN: "0s" };
const { server, browser, newPerson } = await setUp({ environment, asksOthers: true });
const partner = await partnersPages();
after(() => partner.close());

/** The partner's own site: the component at /{linkId} and at /test/{linkId}. */
async function partnersPages() {
  const bundle = async (isTest) => {
    const resolveDir = fileURLToPath(new URL(".", import.meta.url));
    const { outputFiles: [file] } = await build({
      stdin: { contents: script(isTest), resolveDir },
      bundle: true,
      write: false,
      logLevel: "error",
      define: { "process.env.NODE_ENV": '"production"' },
    });
    return file.text;
  };
  const bundles = { "/live.js": await bundle(false), "/test.js": await bundle(true) };
  const site = createServer((request, answer) => {
    const { pathname } = new URL(request.url, "http://partner.test");
    if (bundles[pathname]) return answer.writeHead(200, { "content-type": "text/javascript" }).end(bundles[pathname]);
    const name = pathname.startsWith("/test/") ? "test" : "live";
    const page = `<!doctype html><html lang="en"><title>Partner</title><div id="root"></div><script src="/${name}.js"></script></html>`;
    return answer.writeHead(200, { "content-type": "text/html" }).end(page);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  site.url = `http://127.0.0.1:${site.address().port}`;
  return site;
}

/** A browser in which every host that is compiled in is ours: what was asked of them, in order. */
async function open() {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  context.setDefaultTimeout(10_000);
  const asked = [];
  await context.route((url) => url.hostname !== "127.0.0.1", async (route) => {
    const request = route.request();
    const { pathname, search } = new URL(request.url());
    asked.push(`${request.method()} ${pathname}`);
    if (request.isNavigationRequest()) {
      return route.fulfill({ status: 302, headers: { location: `${server.ready.api_url}${pathname}${search}` } });
    }
    const response = await route.fetch({ url: `${server.ready.api_url}${pathname}${search}`, maxRedirects: 0 });
    return route.fulfill({ response });
  });
  return { context, page: await context.newPage(), asked };
}

async function person() {
  const one = await newPerson();
  return { ...one, linkId: new URL(one.link).pathname.slice(1) };
}

/** From the first screen to the field for the code. */
async function begin(page, someone, { prefix = "", query = "" } = {}) {
  await page.goto(`${partner.url}/${prefix}${someone.linkId}${query}`);
  await page.getByText("Things you should know").waitFor();
  await press(page, "Continue");
  await page.getByText(`ending in xxx${someone.mobile.slice(-3)}`).waitFor();
}

async function enter(page, code) {
  // The same text again would be no change, and an error stays until there is one.
  await page.locator("input").fill("");
  await page.locator("input").fill(code);
  await press(page, "Continue");
}

const told = (page, text) => page.getByText(text).waitFor();

for (const [name, prefix, mount] of [["live", "", "/Production_v1/client_auth/"], ["test", "test/", "/Development/client_auth/test/"]]) {
  test(`the right code leads to our consent page: ${name}`, async () => {
    const someone = await person();
    const { context, page, asked } = await open();
    await begin(page, someone, { prefix, query: "?state=s1" });
    await picture(page, `component-code-${name}`);
    await enter(page, await server.code(someone.mobile));
    await page.waitForURL(`${server.ready.api_url}/home`);
    await page.getByRole("button", { name: "I agree" }).waitFor();
    await picture(page, `component-consent-${name}`);
    assert.deepEqual(asked, [`GET ${mount}${someone.linkId}`, `POST ${mount}${someone.linkId}`, `POST ${mount}${someone.linkId}/token`, "GET /home"]);
    const link = await server.api("GET", `/users/${someone.id}/auth_link`);
    assert.equal(link.body.status, "in_session");
    await press(page, "I agree");
    await press(page, "I have disclosed all my accounts");
    const back = await page.getByRole("link", { name: /^Back to/ }).getAttribute("href");
    assert.equal(new URL(back).searchParams.get("state"), "s1", "the query came along");
    await context.close();
  });
}

test("a wrong code is told, and the right one still leads on", async () => {
  const someone = await person();
  const { context, page } = await open();
  await begin(page, someone);
  const code = await server.code(someone.mobile);
  await enter(page, otherThan(code));
  await told(page, "This code doesn't appear to be valid.");
  await picture(page, "component-wrong");
  await enter(page, code);
  await page.waitForURL(`${server.ready.api_url}/home`);
  await context.close();
});

test("the fifth wrong code ends the link, and the component says so", async () => {
  const someone = await person();
  const { context, page, asked } = await open();
  await begin(page, someone);
  const wrong = otherThan(await server.code(someone.mobile));
  for (let tries = 1; tries <= 4; tries += 1) {
    await enter(page, wrong);
    await told(page, "This code doesn't appear to be valid.");
  }
  await enter(page, wrong);
  await told(page, "Too many attempts. Please use a new link to try again.");
  await picture(page, "component-locked");
  assert.equal(await page.locator("input").isDisabled(), true);
  const before = asked.length;
  await page.getByText("Resend SMS").click();
  assert.equal(asked.length, before, "nothing is asked for any more");
  assert.equal((await server.api("GET", `/users/${someone.id}/auth_link`)).status, 410);
  await page.reload();
  await told(page, "Error: 404");
  await context.close();
});

test("a new code can be had, and it is the one that counts", async () => {
  const someone = await person();
  const { context, page } = await open();
  await begin(page, someone);
  const first = await server.code(someone.mobile);
  await page.getByText("Resend SMS").click();
  await told(page, "New SMS code has been sent.");
  const second = await server.code(someone.mobile, 2);
  if (first !== second) {
    await enter(page, first);
    await told(page, "This code doesn't appear to be valid.");
  }
  await enter(page, second);
  await page.waitForURL(`${server.ready.api_url}/home`);
  await context.close();
});

test("after the tenth text message the component says that none was sent", async () => {
  const someone = await person();
  const { context, page } = await open();
  await begin(page, someone);
  for (let sent = 2; sent <= 10; sent += 1) {
    await page.getByText("Resend SMS").click();
    await server.code(someone.mobile, sent);
    await told(page, "New SMS code has been sent.");
  }
  await page.getByText("Resend SMS").click();
  await told(page, "Failed to send SMS.");
  await enter(page, await server.code(someone.mobile, 10));
  await page.waitForURL(`${server.ready.api_url}/home`);
  await context.close();
});

test("a link that was used, withdrawn, or never was is not found", async () => {
  const used = await person();
  const { context, page } = await open();
  await begin(page, used);
  await enter(page, await server.code(used.mobile));
  await page.waitForURL(`${server.ready.api_url}/home`);
  const withdrawn = await person();
  await server.api("DELETE", `/users/${withdrawn.id}/auth_link`);
  for (const linkId of [used.linkId, withdrawn.linkId, "00000000-0000-4000-8000-000000000000"]) {
    await page.goto(`${partner.url}/${linkId}`);
    await told(page, "Page not found");
    await told(page, "Error: 404");
  }
  await context.close();
});

test("a link and a code that are too old are told", async () => {
  const someone = await person();
  const late = await person();
  const { context, page } = await open();
  await server.kill();
  server.environment.AUTHLINK_WORKFLOW_AUTH_LINK_CODE_LIFETIME = "1s";
  await server.run();
  await begin(page, someone);
  const code = await server.code(someone.mobile);
  await over(async () => (await server.api("GET", `/users/${someone.id}/auth_link`)).body.status === "issued", "the code");
  await enter(page, code);
  await told(page, "This code doesn't appear to be valid.");
  await server.kill();
  delete server.environment.AUTHLINK_WORKFLOW_AUTH_LINK_CODE_LIFETIME;
  server.environment.AUTHLINK_WORKFLOW_AUTH_LINK_LIFETIME = "1s";
  await server.run();
  const { body } = await server.api("POST", `/users/${late.id}/auth_link`);
  await over(async () => (await server.api("GET", `/users/${late.id}/auth_link`)).status === 410, "the link");
  await page.goto(`${partner.url}${new URL(body.links.public).pathname}`);
  await told(page, "Page not found");
  await told(page, "Error: 410");
  await picture(page, "component-expired");
  await context.close();
});

/** Waits until something is over by itself. */
async function over(isOver, what) {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isOver()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`${what} does not end`);
}
