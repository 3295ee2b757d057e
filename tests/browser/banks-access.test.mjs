// Every page about banks, in every state, for every eye and ear (inspect.mjs says what that means).

import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, box, openQuestion, signIn, stands } from "./banks.mjs";
import { agree, open, press, setUp } from "./browser.mjs";
import { assertHeard, inspect } from "./inspect.mjs";

const [SANDBOX, SAVINGS, CAREFUL, CIVIC] = ["Sandbox Bank", "Sandbox Savings", "Sandbox Careful Bank", "Sandbox Civic Bank"];

// A question waits for as long as it is looked at.
const { bank, server, browser, newPerson } = await setUp({ bank: true, environment: { AUTHLINK_WORKFLOW_JOB_CHALLENGE: "15m" } });

/** Lets `way` look at pages from the hub of a new person on, and finds nothing that went wrong. */
async function walk(way) {
  const person = await newPerson();
  const { context, page, faults } = await open(browser, server);
  await agree(page, server, person);
  await way(page);
  assert.deepEqual(faults, []);
  await context.close();
}

test("finding a bank and signing in", async () => {
  await walk(async (page) => {
    await assertHeard(page, "hub-empty");
    await page.getByRole("link", { name: "Add a bank" }).click();
    await assertHeard(page, "search");
    await inspect(page, "search");
    await page.getByLabel("Search by name").fill("Wattle & Gum <Mutual>");
    await page.getByRole("heading", { name: "What you can do" }).waitFor();
    await inspect(page, "search-nothing");
    await page.getByLabel("Search by name").fill("civ");
    await page.getByRole("link", { name: CIVIC }).click();
    await assertHeard(page, "sign-in");
    await inspect(page, "sign-in");
    await press(page, "Sign in");
    await page.getByRole("alert").first().waitFor();
    await inspect(page, "sign-in-missing");
    await page.getByLabel("Login ID").fill("x".repeat(300));
    await page.getByLabel("Password", { exact: true }).fill("hooli2016");
    await press(page, "Sign in");
    await page.getByLabel("Login ID").and(page.locator("[aria-invalid]")).waitFor();
    assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "", "a password never comes back");
    await page.getByLabel("Login ID").fill("bighead");
    await page.getByLabel("Password", { exact: true }).fill("password");
    await press(page, "Sign in");
    await page.waitForURL(/\/connect$/);
    await box(page, CIVIC).getByRole("link").click();
    await page.getByText(/^Last time:/).waitFor();
    await inspect(page, "sign-in-last-time");
  });
});

test("a question, and all that a hub can hold", async () => {
  await walk(async (page) => {
    await signIn(page, server, "AU00002", "Whistler", "ShowBox");
    await stands(page, CAREFUL, "Waits for your answer");
    await openQuestion(page, CAREFUL);
    await assertHeard(page, "question");
    await inspect(page, "question");
    await answer(page, "Authlink", "");
    await page.getByRole("alert").getByText("Please fill this in").waitFor();
    await inspect(page, "question-missing");
    await answer(page, "Authlink", "AU99999");
    await page.getByRole("alert").getByText(/isn’t right/).waitFor();
    await inspect(page, "question-wrong");

    await signIn(page, server, "AU00000", "ashMann", "hooli2024");
    await stands(page, SANDBOX, /^Connected/);
    await signIn(page, server, "AU00001", "jared", "notdjango");
    await stands(page, SAVINGS, "Login ID or password is wrong");
    bank.shut("/AU00004/accounts");
    await signIn(page, server, "AU00004", "gavinBelson", "hooli2016");
    await box(page, CIVIC).locator(".now", { hasText: "Finding accounts" }).waitFor();
    // What was told while it changed depends on when the page came.
    await page.reload();
    await assertHeard(page, "hub");
    await inspect(page, "hub");
    await press(page, "I have disclosed all my accounts");
    await page.getByRole("heading", { name: /still waits/ }).waitFor();
    await assertHeard(page, "waiting");
    await inspect(page, "waiting");
    bank.open("/AU00004/accounts");
    await press(page, "Leave it out and finish");
    await page.getByRole("heading", { name: "Is anything missing?" }).waitFor();
    await assertHeard(page, "check");
    await inspect(page, "check");
    await press(page, "I have disclosed all my accounts");
    await page.getByRole("heading", { name: /Thank you/ }).waitFor();
    await inspect(page, "done-banks");
  });
});

test("the time to answer is over", async () => {
  server.environment.AUTHLINK_WORKFLOW_JOB_CHALLENGE = "5s";
  await server.killAndRestart();
  await walk(async (page) => {
    await signIn(page, server, "AU00002", "jared", "django");
    await stands(page, CAREFUL, "Waits for your answer");
    await openQuestion(page, CAREFUL);
    const question = page.url();
    await page.getByText("The bank has stopped waiting.").waitFor();
    await page.goto(`${server.ready.api_url}/connect`);
    await stands(page, CAREFUL, "The time to answer ran out");
    await page.goto(question);
    await page.getByRole("heading", { name: "The time to answer is over" }).waitFor();
    await inspect(page, "question-over");
  });
});
