// Every way it goes wrong, on a phone, with and without a script: each page says what happened in plain words, and there is
// a way on from it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, box, openQuestion, signIn, stands } from "./banks.mjs";
import { agree, askForCode, assertNoSidewaysScroll, comeIn, disclose, enter, heading, open, picture, press, setUp, wrongCodes } from "./browser.mjs";
import { assertNoViolation } from "./inspect.mjs";

const { bank, server, browser, newPerson } = await setUp({ bank: true });
const [SANDBOX, CAREFUL] = ["Sandbox Bank", "Sandbox Careful Bank"];
const [REFUSED, LOST] = ["+61491577426", "+61491575789"];

const newLink = async (person) => (await server.api("POST", `/users/${person.id}/auth_link`)).body.links.public;

/** The same server with other limits for as long as `way` goes. */
async function withLimits(limits, way) {
  const before = { ...server.environment };
  for (const [name, value] of Object.entries(limits)) server.environment[`AUTHLINK_WORKFLOW_${name}`] = value;
  await server.killAndRestart();
  await way();
  server.environment = before;
  await server.killAndRestart();
}

for (const [kind, options] of [["with a script", {}], ["without a script", { javaScriptEnabled: false }]]) {
  /** Opens a fresh phone, goes wrong, and finds no fault. */
  const on = async (way) => {
    const { context, page, faults } = await open(browser, server, options);
    // Without a script a page looks again every five seconds only.
    context.setDefaultTimeout(30_000);
    await way(page);
    assert.deepEqual(faults, []);
    await context.close();
  };

  /** The page says this, and offers that. */
  const says = async (page, title, wayOn) => {
    await heading(page, title);
    const places = { string: (words) => page.getByText(words), object: (one) => one };
    await places[typeof wayOn](wayOn).first().waitFor();
    assert.equal(await page.locator("h1").count(), 1);
    assert.ok((await page.locator("main p, main li").allInnerTexts()).some((words) => words.length > 40), "it says what it means");
    await assertNoSidewaysScroll(page, String(title));
    const name = `${kind.split(" ")[0]}-${(await page.locator("h1").innerText()).toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
    await picture(page, `failure-${name}`, { fullPage: true });
  };
  const link = (page, name) => page.getByRole("link", { name });
  const button = (page, name) => page.getByRole("button", { name });

  test(`a link that leads nowhere any more, ${kind}`, async () => {
    await on(async (page) => {
      await page.goto(`${server.ready.api_url}/00000000-0000-4000-8000-000000000000`);
      await says(page, /don’t know this link/, "Ask the company that sent it");

      const replaced = await newPerson();
      await newLink(replaced);
      await page.goto(replaced.link);
      await says(page, /newer link/, "Look for the latest message");

      const withdrawn = await newPerson();
      await server.api("DELETE", `/users/${withdrawn.id}/auth_link`);
      await page.goto(withdrawn.link);
      await says(page, /withdrawn/, "Did you still need it?");
    });
    await on(async (page) => {
      const used = await newPerson();
      await disclose(page, server, used);
      await page.goto(used.link);
      await says(page, /finished/, link(page, "See your receipt"));
      await page.context().clearCookies();
      await page.goto(used.link);
      await says(page, /finished/, "Forgot an account?");
    });
    const inside = await newPerson();
    await on(async (page) => {
      await comeIn(page, server, inside);
      await on(async (other) => {
        await other.goto(inside.link);
        await says(other, /has been used/, "They can close this link at once");
      });
      await newLink(inside);
      await page.reload();
      await says(page, /newer link/, "Look for the latest message");
    });
  });

  test(`a code that is wrong, late, refused or lost, ${kind}`, async () => {
    await on(async (page) => {
      const person = await newPerson();
      await askForCode(page, person);
      await enter(page, "12");
      await says(page, /Enter the code/, "The code has six digits");
      const [wrong, ...others] = wrongCodes(await server.code(person.mobile));
      await enter(page, wrong);
      await says(page, /Enter the code/, "You can try 4 more times");
      for (const other of others) await enter(page, other);
      await says(page, /locked/, "for a new link");
    });
    await on(async (page) => {
      const person = await server.person(LOST);
      await askForCode(page, person);
      await page.getByText("No message yet?").click();
      await says(page, /Enter the code/, "A text can take a minute");
      await says(page, /Enter the code/, button(page, "Text me a new code"));
      assert.equal((await server.texts(LOST)).length, 0, "none came");
    });
    await on(async (page) => {
      const person = await server.person(REFUSED);
      await askForCode(page, person);
      // The gateway may say so a moment later than the page is asked for.
      for (let looks = 0; looks < 100 && !/couldn’t/.test(await page.locator("h1").innerText()); looks += 1) await page.reload();
      await says(page, /We couldn’t text you/, "Is it your number?");
      assert.equal(await page.getByText("No message yet?").count(), 0, "no help for a text that is on its way");
      if (options.javaScriptEnabled !== false) await assertNoViolation(page, "refused");
    });
  });

  test(`a bank that refuses, waits for something, or is not there, ${kind}`, async () => {
    await on(async (page) => {
      await agree(page, server, await newPerson());
      for (const [login, password, title, wayOn] of [
        ["ashMann", "nonsense", "Login ID or password is wrong", "Try again"],
        ["bighead", "password", "The bank has locked your login", "It’s unlocked: sign in again"],
        ["erlich", "aviato", "The bank needs you first", "I’ve done it: sign in again"],
        ["jianYang", "nothotdog", "The bank isn’t answering", "Try again"],
      ]) {
        await signIn(page, server, "AU00000", login, password);
        await stands(page, SANDBOX, title);
        await says(page, "Your banks", box(page, SANDBOX).getByRole("link", { name: new RegExp(`^${wayOn} ?, ${SANDBOX}$`) }));
        await picture(page, `failure-${kind.split(" ")[0]}-${login}`, { of: box(page, SANDBOX) });
        await box(page, SANDBOX).getByRole("link").click();
        await says(page, `Sign in to ${SANDBOX}`, `Last time: ${title}`);
      }
      await signIn(page, server, "AU00002", "mfa-forgotten", "magic");
      await stands(page, CAREFUL, "Waits for your answer");
      await openQuestion(page, CAREFUL);
      await answer(page, "1234");
      await page.goto(`${server.ready.api_url}/connect`);
      await stands(page, CAREFUL, "The time to answer ran out");
      await says(page, "Your banks", box(page, CAREFUL).getByRole("link", { name: /^Sign in again/ }));
    });
  });

  test(`a bank without an account says so, ${kind}`, async () => {
    bank.say("/AU00000/accounts", { accounts: [] });
    await on(async (page) => {
      await agree(page, server, await newPerson());
      await signIn(page, server, "AU00000", "ashMann", "hooli2024");
      await stands(page, SANDBOX, "Connected, no account");
      await says(page, "Your banks", "shows no account with this login");
      if (options.javaScriptEnabled !== false) await assertNoViolation(page, "no account");
      bank.reset();
      await box(page, SANDBOX).getByRole("link", { name: /^Use another login/ }).click();
      await says(page, `Sign in to ${SANDBOX}`, button(page, "Sign in"));
    });
  });

  test(`what time closes, ${kind}`, async () => {
    await withLimits({ AUTH_LINK_LIFETIME: "1s" }, () => on(async (page) => {
      const person = await newPerson();
      for (let looks = 0; looks < 100; looks += 1) if ((await page.goto(person.link)).status() === 410) break;
      await says(page, /has expired/, "Ask Quill Lending for a new link");
    }));
    await withLimits({ CONSENT_SESSION_IDLE: "2s", AUTH_LINK_CODE_LIFETIME: "1s" }, () => on(async (page) => {
      const late = await newPerson();
      await askForCode(page, late);
      const code = await server.code(late.mobile);
      await page.waitForTimeout(1100);
      await enter(page, code);
      await says(page, /new code/, "That code has run out");
    }));
    await withLimits({ CONSENT_SESSION_IDLE: "2s" }, () => on(async (page) => {
      const person = await newPerson();
      await comeIn(page, server, person);
      await page.waitForTimeout(2100);
      await press(page, "I agree");
      await says(page, /We closed this page/, "To go on, ask Quill Lending for a new link");
      await page.goto(person.link);
      await says(page, /closed unfinished/, "To go on, ask Quill Lending for a new link");
    }));
  });
}
