// What a partner sends people here for, and their own page: looked at for every eye, and walked as people do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { signIn, stands } from "./banks.mjs";
import { agree, heading, open, press, setUp } from "./browser.mjs";
import { inspect } from "./inspect.mjs";

const SANDBOX = "Sandbox Bank";

const { bank, server, browser, newPerson } = await setUp({ bank: true });

/** The address by which a partner sends a person here. */
async function sent(person, rest) {
  const headers = { authorization: `Basic ${server.ready.api_key}`, "basiq-version": "3.0" };
  const body = new URLSearchParams({ scope: "CLIENT_ACCESS", userId: person.id });
  const answer = await fetch(`${server.ready.api_url}/token`, { method: "POST", headers, body });
  const { access_token: token } = await answer.json();
  return `${server.ready.api_url}/home?token=${token}${rest}`;
}

/** A person who shares from one bank, in a browser with or without a script. */
async function sharing(options = {}) {
  const person = await newPerson();
  const opened = await open(browser, server, options);
  await agree(opened.page, server, person);
  await signIn(opened.page, server, "AU00000", "gavinBelson", "hooli2016");
  await opened.page.goto(`${server.ready.api_url}/connect`);
  await stands(opened.page, SANDBOX, /^Connected/);
  return { person, ...opened };
}

test("a person sees what they share, stops it, and keeps the receipt", async () => {
  const { person, context, page, faults } = await sharing();
  await page.getByRole("link", { name: "See and stop what you share" }).click();
  await heading(page, "What you share");
  await inspect(page, "manage");
  await page.getByRole("link", { name: new RegExp(`^Stop ?, ${SANDBOX}$`) }).click();
  await heading(page, `Stop sharing from ${SANDBOX}?`);
  await inspect(page, "withdraw-one");
  await page.getByRole("link", { name: "Keep sharing" }).click();
  await page.getByRole("link", { name: "Stop all sharing" }).click();
  await heading(page, /^Stop sharing with /);
  await inspect(page, "withdraw");
  await press(page, "Stop sharing");
  await heading(page, "Sharing has ended");
  await inspect(page, "receipt");
  // Nothing is left to stop: the page of before says how things stand.
  await page.goBack();
  await heading(page, "What you share");
  await page.getByRole("link", { name: /Stopped/ }).click();
  await heading(page, "Sharing has ended");
  await page.getByRole("link", { name: "Back to what you share" }).click();
  await page.getByText(/^You share nothing with /).waitFor();
  await inspect(page, "manage-nothing");
  const { body } = await server.api("GET", `/users/${person.id}/consents`);
  assert.deepEqual(body.data.map(({ status }) => status), ["revoked"], "it ended, and stays as history");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a person who is sent to extend and to sign in again does so without a script too", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { person, context, page, faults } = await sharing({ javaScriptEnabled });
    await page.goto(await sent(person, "&action=extend&state=s1"));
    // What was agreed to a moment ago can't last longer yet.
    await heading(page, "Nothing to do");
    if (javaScriptEnabled) await inspect(page, "extend-none");
    await press(page, "Done");
    await heading(page, "All done");
    if (javaScriptEnabled) await inspect(page, "finished");
    await page.goBack();
    await page.goto(await sent(person, "&action=reauthorise"));
    await heading(page, "Every bank works");
    if (javaScriptEnabled) await inspect(page, "renew");
    const { body } = await server.api("GET", `/users/${person.id}/connections`);
    await page.goto(await sent(person, `&connectionId=${body.data[0].id}`));
    await heading(page, `Sign in to ${SANDBOX} again`);
    if (javaScriptEnabled) await inspect(page, "renew-login");
    await press(page, "Sign in");
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("hooli2016");
    await press(page, "Sign in");
    await page.waitForURL(/\/connect$/);
    await stands(page, SANDBOX, /^Connected/);
    await page.goto(await sent(person, `&action=reauthorise&connectionId=${body.data[0].id}`));
    bank.shut("/AU00000/login");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await press(page, "Sign in");
    await heading(page, "Almost done");
    bank.open("/AU00000/login");
    // With a script the list goes on by itself.
    if (!javaScriptEnabled) {
      await page.getByRole("link", { name: SANDBOX }).click();
      await stands(page, SANDBOX, "Login ID or password is wrong");
      assert.equal(await page.getByRole("button", { name: "I have disclosed all my accounts" }).count(), 0);
      await page.getByRole("link", { name: "See what is left, and finish" }).click();
    }
    await heading(page, "Sign in again");
    await page.getByText("Login ID or password is wrong").waitFor();
    await page.getByRole("link", { name: SANDBOX }).click();
    await page.getByLabel("Password", { exact: true }).fill("hooli2016");
    await press(page, "Sign in");
    await page.waitForURL(/\/connect\/renew$/);
    assert.deepEqual(faults, []);
    await context.close();
  }
});
