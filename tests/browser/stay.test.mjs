// What time does to a page, and what a page does by itself: a code that goes on and can be stopped, a session that is
// about to close, a connection that is gone, reading that begins at the heading. The page's clock is the test's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { agree, askForCode, comeIn, enter, heading, open, otherThan, picture, press, setUp } from "./browser.mjs";
import { assertNoViolation, inspect } from "./inspect.mjs";

const { server, browser, newPerson } = await setUp();

/** A page whose clock goes as the test says. */
async function openTimed() {
  const opened = await open(browser, server);
  await opened.page.clock.install();
  return opened;
}

/** Every request that a page sends from now on, as "POST /path"; its files do not count. */
function requestsOf(page) {
  const all = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/assets/")) all.push(`${request.method()} ${pathname}`);
  });
  return all;
}

const notice = (page) => page.locator("#notice");
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);

test("six digits go on by themselves", async () => {
  const { context, page, faults } = await openTimed();
  const person = await newPerson();
  await askForCode(page, person);
  const sent = requestsOf(page);
  const code = await server.code(person.mobile);
  await page.getByLabel("6-digit code").pressSequentially(code.slice(0, 5));
  await page.clock.fastForward(10_000);
  assert.equal(await page.getByRole("button", { name: "Wait" }).count(), 0, "five are not all");
  await page.getByLabel("6-digit code").pressSequentially(code.slice(5));
  await page.getByText("Going on in a moment").waitFor();
  await assertNoViolation(page, "going on");
  await picture(page, "code-going", { fullPage: true });
  assert.deepEqual(sent, [], "not yet");
  await page.clock.fastForward(4_000);
  await page.waitForURL(/\/home$/);
  assert.equal(sent.filter((one) => one.startsWith("POST")).length, 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test("that can be stopped, and is stopped by a change", async () => {
  const { context, page } = await openTimed();
  const person = await newPerson();
  await askForCode(page, person);
  const sent = requestsOf(page);
  const code = await server.code(person.mobile);
  const field = page.getByLabel("6-digit code");
  await field.fill(otherThan(code));
  await page.getByText("Going on in a moment").waitFor();
  await page.keyboard.press("Backspace");
  await page.getByText("Going on in a moment").waitFor({ state: "detached" });
  await page.clock.fastForward(10_000);
  await field.fill(`${code.slice(0, 3)} ${code.slice(3)}`);
  await press(page, "Wait");
  await page.getByText("Stopped. Press “Continue”").waitFor();
  assert.equal(await focused(page), "code");
  // Whoever stopped it once goes on by hand.
  await field.fill(code);
  await page.clock.fastForward(10_000);
  assert.deepEqual(sent, []);
  await press(page, "Continue");
  await page.waitForURL(/\/home$/);
  await context.close();
});

test("after a wrong code the next try is the person's own", async () => {
  const { context, page } = await openTimed();
  const person = await newPerson();
  await askForCode(page, person);
  const code = await server.code(person.mobile);
  await enter(page, otherThan(code));
  await page.getByRole("alert").waitFor();
  await page.waitForFunction(() => document.activeElement.id === "code");
  const sent = requestsOf(page);
  await page.getByLabel("6-digit code").fill(code);
  await page.clock.fastForward(10_000);
  assert.deepEqual(sent, []);
  await context.close();
});

test("who is asked whether they are here, and says so, stays", async () => {
  const { context, page, faults } = await openTimed();
  const person = await newPerson();
  await comeIn(page, server, person);
  await page.getByText("closes by itself when nothing happens until").waitFor();
  await page.clock.fastForward("12:50");
  assert.equal(await notice(page).innerText(), "");
  await page.clock.fastForward("00:15");
  await notice(page).getByText("Are you still here?").waitFor();
  assert.equal(await notice(page).getAttribute("aria-live"), "assertive");
  await inspect(page, "still-here");
  // Without a key or a scroll, by which who reads says so already.
  const held = page.getByRole("button", { name: "I agree" });
  await held.evaluate((element) => element.focus({ preventScroll: true }));
  const sent = requestsOf(page);
  await press(page, "I’m still here");
  await page.waitForFunction(() => document.getElementById("notice").textContent === "");
  assert.ok(await held.evaluate((element) => element === document.activeElement), "who was asked goes on where they were");
  assert.deepEqual(sent, ["GET /home"], "the page is not loaded again");
  await page.clock.fastForward("12:50");
  assert.equal(await notice(page).innerText(), "", "all of the time is there again");
  assert.deepEqual(faults, []);
  await context.close();
});

test("who reads, types or scrolls is here", async () => {
  const { context, page } = await openTimed();
  await comeIn(page, server, await newPerson());
  for (const act of [() => page.mouse.wheel(0, 300), () => page.keyboard.press("Tab")]) {
    await page.clock.fastForward("05:00");
    const heard = page.waitForResponse((answer) => answer.url().endsWith("/home"));
    await act();
    await heard;
  }
  await page.clock.fastForward("12:00");
  assert.equal(await notice(page).innerText(), "", "nobody is asked who is here");
  await context.close();
});

test("a page whose time is over says so by itself, and who was not there is told", async () => {
  server.environment.AUTHLINK_WORKFLOW_CONSENT_SESSION_IDLE = "4s";
  await server.killAndRestart();
  const { context, page } = await open(browser, server);
  await comeIn(page, server, await newPerson());
  await notice(page).getByText("Are you still here?").waitFor();
  await heading(page, /We closed this page/);
  await context.close();
  delete server.environment.AUTHLINK_WORKFLOW_CONSENT_SESSION_IDLE;
  await server.killAndRestart();
});

test("the end of all time is told, too, and nothing promises to put it off", async () => {
  server.environment.AUTHLINK_WORKFLOW_CONSENT_SESSION_TOTAL = "5m";
  await server.killAndRestart();
  const { context, page } = await openTimed();
  await agree(page, server, await newPerson());
  await page.getByText("To keep you safe, this page closes by itself at").waitFor();
  await page.clock.fastForward("03:05");
  await notice(page).getByText("Your time here is almost over").waitFor();
  assert.equal(await page.getByRole("button", { name: "I’m still here" }).count(), 0);
  await inspect(page, "almost-over");
  await context.close();
  delete server.environment.AUTHLINK_WORKFLOW_CONSENT_SESSION_TOTAL;
  await server.killAndRestart();
});

test("without a connection a press stays on its page and says why, and goes on when it is back", async () => {
  const { context, page, faults } = await open(browser, server);
  const person = await newPerson();
  await askForCode(page, person);
  await page.getByLabel("6-digit code").fill(await server.code(person.mobile));
  await context.setOffline(true);
  await notice(page).getByText("There is no connection.").waitFor();
  await press(page, "Continue");
  await notice(page).getByText("There is no connection.").waitFor();
  await inspect(page, "offline");
  assert.match(await page.getByLabel("6-digit code").inputValue(), /^\d{6}$/, "what was typed is still there");
  await context.setOffline(false);
  await page.waitForFunction(() => document.getElementById("notice").textContent === "");
  await press(page, "Continue");
  await page.waitForURL(/\/home$/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without a connection a link leads nowhere either, and leads on when it is back", async () => {
  const { context, page, faults } = await open(browser, server);
  await agree(page, server, await newPerson());
  await context.setOffline(true);
  await page.getByRole("link", { name: "Add a bank" }).click();
  await notice(page).getByText("There is no connection.").waitFor();
  await heading(page, "Your banks");
  await context.setOffline(false);
  await page.waitForFunction(() => document.getElementById("notice").textContent === "");
  await page.getByRole("link", { name: "Add a bank" }).click();
  await heading(page, "Choose your bank");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a password is shown to who asks, by keyboard, and goes as a password", async () => {
  const { context, page, faults } = await open(browser, server);
  await agree(page, server, await newPerson());
  await page.goto(`${server.ready.api_url}/connect/banks/AU00000`);
  const field = page.getByLabel("Password", { exact: true });
  assert.equal(await field.getAttribute("autocomplete"), "section-au00000 current-password");
  await field.fill("hooli2016");
  await page.keyboard.press("Tab");
  const show = page.getByRole("checkbox", { name: "Show password" });
  assert.ok(await show.evaluate((element) => element === document.activeElement), "it is the next stop");
  await page.keyboard.press("Space");
  assert.equal(await field.getAttribute("type"), "text");
  await inspect(page, "password-shown");
  await press(page, "Sign in");
  await page.getByRole("alert").first().waitFor();
  assert.equal(await page.getByLabel("Password", { exact: true }).getAttribute("type"), "password");
  assert.deepEqual(faults, []);
  await context.close();
  const bare = await open(browser, server, { javaScriptEnabled: false });
  await agree(bare.page, server, await newPerson());
  await bare.page.goto(`${server.ready.api_url}/connect/banks/AU00000`);
  assert.equal(await bare.page.getByRole("checkbox").count(), 0, "without a script there is nothing to press");
  await bare.context.close();
});

/** Waits until reading begins at the heading: a heading is seen before the page's script has run. */
const begins = (page) => page.waitForFunction(() => document.activeElement.tagName === "H1");

test("reading begins at each step's heading; a field in need and who comes back keep their place", async () => {
  const { context, page } = await open(browser, server);
  const person = await newPerson();
  await askForCode(page, person);
  await begins(page);
  await page.reload({ waitUntil: "load" });
  assert.equal(await focused(page), "BODY");
  await enter(page, await server.code(person.mobile));
  await page.waitForURL(/\/home$/);
  await begins(page);
  await press(page, "I agree");
  await heading(page, "Your banks");
  await begins(page);
  await page.goto(`${server.ready.api_url}/connect/banks/AU00000`);
  await press(page, "Sign in");
  await page.getByRole("alert").first().waitFor();
  await page.waitForFunction(() => document.activeElement.id === "login");
  // The first key leads on from the heading, and back to the way past the frame.
  await page.goto(`${server.ready.api_url}/connect`);
  await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await context.close();
});
