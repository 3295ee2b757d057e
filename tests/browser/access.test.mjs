// Every page that can be reached without a bank, for every eye and ear (inspect.mjs says what that means).

import assert from "node:assert/strict";
import { test } from "node:test";
import { askForCode, comeIn, disclose, enter, open, otherThan, press, setUp, wrongCodes } from "./browser.mjs";
import { assertHeard, inspect } from "./inspect.mjs";

const { server, browser, newPerson } = await setUp();

/** The same server with other limits. */
const restart = async (limits) => {
  server.environment = Object.fromEntries(Object.entries(limits).map(([name, value]) => [`AUTHLINK_WORKFLOW_${name}`, value]));
  await server.killAndRestart();
};

/** Opens a fresh profile, lets `way` lead to pages and look at them, and finds nothing that went wrong. */
async function walk(way) {
  const { context, page, faults } = await open(browser, server);
  await way(page);
  assert.deepEqual(faults, []);
  await context.close();
}

const title = async (page, pattern) => assert.match(await page.locator("h1").innerText(), pattern);

test("before the code", async () => {
  await restart({ AUTH_LINK_CODE_COOLDOWN: "30s" });
  await walk(async (page) => {
    const person = await newPerson();
    await page.goto(person.link);
    await assertHeard(page, "start");
    await inspect(page, "start");
    await press(page, "Text me a code");
    await page.waitForURL(/\/code/);
    await page.locator("#wait").waitFor();
    await assertHeard(page, "code");
    await inspect(page, "code-cool-down");
    await enter(page, "12");
    await page.getByRole("alert").waitFor();
    await inspect(page, "code-malformed");
    await enter(page, otherThan(await server.code(person.mobile)));
    await page.getByText(/You can try 4 more/).waitFor();
    await inspect(page, "code-wrong");
    await page.goto(person.link);
    await page.getByRole("link", { name: "Enter my code" }).waitFor();
    await inspect(page, "start-living-code");
  });
});

test("where texts and codes run out", async () => {
  await restart({ AUTH_LINK_CODE_COOLDOWN: "0s", AUTH_LINK_CODE_SENDS: "2" });
  await walk(async (page) => {
    const person = await newPerson();
    await askForCode(page, person);
    await page.getByRole("button", { name: "Text me a new code" }).waitFor();
    await inspect(page, "code");
    await press(page, "Text me a new code");
    await page.getByText("No more texts").waitFor();
    await inspect(page, "code-no-texts-left");
    await page.goto(person.link);
    await page.getByText("No more texts").waitFor();
    await inspect(page, "start-no-texts-left");
  });
  await restart({ AUTH_LINK_CODE_LIFETIME: "1s", AUTH_LINK_CODE_SENDS: "1" });
  await walk(async (page) => {
    const person = await newPerson();
    await askForCode(page, person);
    const code = await server.code(person.mobile);
    await page.waitForTimeout(1100);
    await enter(page, code);
    await page.getByText("has run out").waitFor();
    await inspect(page, "code-late");
    await page.goto(`${person.link}/code`);
    await title(page, /new code/);
    await inspect(page, "code-none");
    await page.goto(person.link);
    await inspect(page, "start-nothing-left");
  });
});

test("from the consent to the end", async () => {
  await restart({});
  const person = await newPerson();
  await walk(async (page) => {
    await comeIn(page, server, person, "?state=s-1");
    await assertHeard(page, "consent");
    await inspect(page, "consent");
    await press(page, "I agree");
    await page.getByRole("button", { name: "Leave without finishing" }).waitFor();
    await inspect(page, "connect");
    await press(page, "I have disclosed all my accounts");
    await title(page, /Thank you/);
    await inspect(page, "done");
    await page.goto(person.link);
    await title(page, /finished/);
    await inspect(page, "finished-own");
    await page.goto(`${server.ready.api_url}/demo/returned?state=s-1`);
    await inspect(page, "returned");
  });
  person.link = (await server.api("POST", `/users/${person.id}/auth_link`)).body.links.public;
  await walk(async (page) => {
    await askForCode(page, person);
    await enter(page, await server.code(person.mobile, 2));
    await page.waitForURL(/\/connect$/);
    await page.getByText("Welcome back.").waitFor();
    await inspect(page, "connect-carried");
    await press(page, "Leave without finishing");
    await title(page, /left/);
    await inspect(page, "left");
    await page.goto(person.link);
    await inspect(page, "left-unfinished");
  });
});

test("no, and every way a link closes", async () => {
  const [person, unused] = [await newPerson(), await newPerson()];
  await walk(async (page) => {
    await comeIn(page, server, person);
    await walk(async (other) => {
      await other.goto(person.link);
      await title(other, /has been used/);
      await inspect(other, "in-use");
    });
    await walk(async (other) => {
      await other.goto(unused.link);
      await press(other, "Text me a code");
      await other.waitForURL(/\/code/);
      await other.goto(person.link);
      await other.getByLabel("6-digit code").waitFor();
      await inspect(other, "in-use-code-again");
    });
    await press(page, "No, don’t share");
    await title(page, /Nothing is shared/);
    await inspect(page, "declined");
  });
  await walk(async (page) => {
    const done = await newPerson();
    await disclose(page, server, done);
    await page.context().clearCookies();
    await page.goto(done.link);
    await title(page, /finished/);
    await inspect(page, "finished");
  });
  await walk(async (page) => {
    const locked = await newPerson();
    await askForCode(page, locked);
    for (const wrong of wrongCodes(await server.code(locked.mobile))) await enter(page, wrong);
    await title(page, /locked/);
    await inspect(page, "locked");
  });
  await walk(async (page) => {
    const replaced = await newPerson();
    await comeIn(page, server, replaced);
    const newer = await server.api("POST", `/users/${replaced.id}/auth_link`);
    await page.reload();
    await title(page, /newer link/);
    await inspect(page, "replaced-inside");
    await page.goto(replaced.link);
    await title(page, /newer link/);
    await inspect(page, "replaced");
    await server.api("DELETE", `/users/${replaced.id}/auth_link`);
    await page.goto(newer.body.links.public);
    await title(page, /withdrawn/);
    await inspect(page, "withdrawn");
  });
});

test("what is not there, and what is not ours", async () => {
  await walk(async (page) => {
    await page.goto(`${server.ready.api_url}/00000000-0000-4000-8000-000000000000`);
    await title(page, /don’t know this link/);
    await inspect(page, "unknown");
    await page.goto(`${server.ready.api_url}/home`);
    await title(page, /Nothing is open/);
    await inspect(page, "session-unknown");
    await page.goto(`${server.ready.api_url}/home?token=no-token`);
    await title(page, /This address no longer works/);
    await inspect(page, "token-dead");
    const person = await newPerson();
    await page.goto(person.link);
    await page.locator("[name=csrf]").evaluate((field) => { field.value = "x"; });
    await press(page, "Text me a code");
    await title(page, /try that again/);
    await inspect(page, "forged");
  });
});

test("what time closes", async () => {
  await restart({ AUTH_LINK_LIFETIME: "1s" });
  await walk(async (page) => {
    const person = await newPerson();
    await page.waitForTimeout(1100);
    assert.equal((await page.goto(person.link)).status(), 410);
    await title(page, /has expired/);
    await inspect(page, "expired");
  });
  for (const [limit, name, heading] of [["IDLE", "idle", /We closed this page/], ["TOTAL", "too-long", /time here is over/]]) {
    await restart({ [`CONSENT_SESSION_${limit}`]: "2s" });
    await walk(async (page) => {
      const person = await newPerson();
      await comeIn(page, server, person);
      await page.waitForTimeout(2100);
      await page.reload();
      await title(page, heading);
      await inspect(page, name);
      await page.goto(person.link);
      await title(page, /closed unfinished/);
      if (name === "idle") await inspect(page, "timed-out");
    });
  }
  await restart({});
});
