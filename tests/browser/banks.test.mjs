// Banks: signing in, questions, progress as it happens, going away and coming back, with the real sandbox
// bank behind a door that the tests hold.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, box, isMarked, jobsOf, mark, openQuestion, signIn, stands, typeLogin } from "./banks.mjs";
import { agree, askForCode, assertNoSidewaysScroll, enter, heading, open, picture, press, pressAndLose, setUp } from "./browser.mjs";

const [SANDBOX, SAVINGS, CAREFUL] = ["Sandbox Bank", "Sandbox Savings", "Sandbox Careful Bank"];
const disclose = (page) => press(page, "I have disclosed all my accounts");

/** Discloses, where the transactions show that something is missing: who has nothing to add goes on. */
const discloseAsked = async (page) => {
  await disclose(page);
  await heading(page, "Is anything missing?");
  await disclose(page);
};

const { bank, server, browser, newPerson } = await setUp({ bank: true });

const hub = () => `${server.ready.api_url}/connect`;

/** A person who agreed, on the hub. */
async function onHub(options = {}, query = "") {
  const person = await newPerson();
  const opened = await open(browser, server, options);
  await agree(opened.page, server, person, query);
  return { person, ...opened };
}

/** What a screen reader was told by the page since now, in order. */
async function listen(page) {
  await page.evaluate(() => {
    window.heard = [];
    const place = document.getElementById("news");
    new MutationObserver(() => window.heard.push(place.textContent.trim())).observe(place, { childList: true });
  });
  return () => page.evaluate(() => window.heard.join(" "));
}

async function shoot(page, name) {
  await picture(page, `banks-${name}`, { fullPage: true });
  await assertNoSidewaysScroll(page, name);
}

/** What the partner got with the person: the jobs of the session in order. */
async function assertReturned(page, server, person, state) {
  await heading(page, /Thank you/);
  await page.getByRole("link", { name: /^Back to/ }).click();
  await page.waitForURL(/\/demo\/returned/);
  const query = new URL(page.url()).searchParams;
  const jobs = await jobsOf(server, person);
  assert.equal(query.get("jobIds"), jobs.map(({ id }) => id).join(","), "all jobs, in order");
  assert.equal(query.get("jobId"), jobs.at(-1).id, "the last one by itself");
  assert.equal(query.get("state"), state);
  return jobs;
}

const rows = async (path) => {
  const { status, body } = await server.api("GET", path);
  assert.equal(status, 200, path);
  return body.data;
};

/** What the person shared, as the partner reads it over its own wire. */
async function assertPartnerSees(person, jobs) {
  const seen = await rows(`/users/${person.id}/jobs`);
  assert.deepEqual(seen.map(({ id }) => id).toSorted(), jobs.map(({ id }) => id).toSorted());
  for (const job of jobs) {
    const steps = Object.fromEntries(seen.find(({ id }) => id === job.id).steps.map(({ title, status }) => [title, status]));
    if (job.state === "success") {
      assert.deepEqual(new Set(Object.values(steps)), new Set(["success"]), JSON.stringify(steps));
    } else {
      assert.equal(steps["verify-credentials"], "failed");
      assert.equal(steps["retrieve-accounts"], "pending");
    }
    assert.equal("mfa-challenge" in steps, job.institution === "AU00002");
  }
  const connections = await rows(`/users/${person.id}/connections`);
  const accounts = await rows(`/users/${person.id}/accounts`);
  const active = connections.filter(({ status }) => status === "active");
  assert.deepEqual(active.map(({ institution }) => institution.id).toSorted(), ["AU00000", "AU00001", "AU00002"]);
  const held = (connection) => accounts.filter((account) => account.connection === connection.id).length;
  assert.deepEqual(active.map((one) => [one.institution.id, held(one)]).toSorted(), [["AU00000", 4], ["AU00001", 2], ["AU00002", 4]]);

  const transactions = [];
  let next = `/users/${person.id}/transactions`;
  while (next) {
    const { body } = await server.api("GET", next);
    transactions.push(...body.data);
    next = body.links.next?.replace(server.ready.api_url, "");
  }
  const days = transactions.map(({ postDate, transactionDate }) => postDate || transactionDate);
  const thirteenMonthsAgo = new Date();
  thirteenMonthsAgo.setUTCMonth(thirteenMonthsAgo.getUTCMonth() - 13);
  for (const connection of active) {
    const oldest = days.filter((_, place) => transactions[place].connection === connection.id).toSorted()[0];
    assert.ok(new Date(oldest) < thirteenMonthsAgo, `${connection.institution.id} reaches back to ${oldest}`);
  }
  assert.equal(new Set(transactions.map(({ id }) => id)).size, transactions.length, "each once");
}

test("a slow bank, one that asks and one that refuses, side by side and watched as it happens", async () => {
  const { person, context, page, faults } = await onHub({ viewport: { width: 320, height: 640 }, colorScheme: "dark" }, "?state=s-banks");
  bank.shut("/AU00000/accounts");
  bank.shut("/AU00001/login");
  await signIn(page, server, "AU00000", "richard", "tabsnotspaces");
  await signIn(page, server, "AU00002", "jared", "django");
  await signIn(page, server, "AU00001", "Whistler", "showbox");
  const heard = await listen(page);
  await mark(page);
  await stands(page, CAREFUL, "Waits for your answer");
  await box(page, SANDBOX).locator(".now", { hasText: "Finding accounts" }).waitFor();
  await box(page, SAVINGS).locator(".now", { hasText: "Signing in" }).waitFor();
  await shoot(page, "side-by-side");

  bank.open("/AU00001/login");
  await stands(page, SAVINGS, "Login ID or password is wrong");
  assert.equal(bank.count("/AU00001/login"), 1, "a refused login is not tried again by itself");
  assert.ok(await isMarked(page), "nothing was loaded again");
  assert.match(await heard(), /Sandbox Savings: Login ID or password is wrong\./);

  await openQuestion(page, CAREFUL);
  await answer(page, "9999");
  await page.getByRole("alert").getByText(/isn’t right/).waitFor();
  await shoot(page, "wrong-answer");
  await answer(page, "1234");
  await page.waitForURL(/\/connect$/);
  await mark(page);
  await stands(page, CAREFUL, "Connected, 4 accounts");

  // The slow one finds its accounts, and waits with their transactions.
  bank.shut("/AU00000/accounts/");
  bank.open("/AU00000/accounts");
  await box(page, SANDBOX).locator(".now", { hasText: "Getting transactions" }).waitFor();
  await box(page, SANDBOX).getByText("Rainy Day").waitFor();
  await shoot(page, "accounts-first");
  bank.open("/AU00000/accounts/");
  await stands(page, SANDBOX, "Connected, 4 accounts");
  assert.ok(await isMarked(page), "nothing was loaded again");

  await box(page, SAVINGS).getByRole("link", { name: /^Try again/ }).click();
  await page.getByText(/^Last time: Login ID or password is wrong/).waitFor();
  assert.equal(await page.getByLabel("Login ID").inputValue(), "Whistler", "half of it need not be typed again");
  assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
  await signIn(page, server, "AU00001", "erlich", "aviato");
  await stands(page, SAVINGS, "The bank needs you first");
  await signIn(page, server, "AU00001", "Whistler", "ShowBox");
  await stands(page, SAVINGS, "Connected, 2 accounts");
  assert.equal(await page.locator("#live > .box").count(), 3, "the tries that brought nothing are gone");
  await shoot(page, "connected");

  await disclose(page);
  await heading(page, "Is anything missing?");
  await shoot(page, "check");
  await page.getByRole("checkbox", { name: "It isn’t mine" }).first().check();
  await disclose(page);
  const jobs = await assertReturned(page, server, person, "s-banks");
  assert.deepEqual(jobs.map(({ institution, state, cause }) => [institution, state, cause]), [
    ["AU00000", "success", null],
    ["AU00002", "success", null],
    ["AU00001", "failed", "invalid_credentials"],
    ["AU00001", "failed", "action_required"],
    ["AU00001", "success", null],
  ]);
  await assertPartnerSees(person, jobs);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the same without a script: the page looks again by itself", async () => {
  const { person, context, page, faults } = await onHub({ javaScriptEnabled: false }, "?state=s-still");
  await page.getByRole("link", { name: "Add a bank" }).click();
  await page.getByLabel("Search by name").fill("care");
  await press(page, "Search");
  await page.getByText(/^1 of 5 banks matches/).waitFor();
  await page.getByRole("link", { name: CAREFUL }).click();
  await press(page, "Sign in");
  assert.equal(await page.getByRole("alert").count(), 2, "both fields are missed");
  await page.getByLabel("Login ID").fill("Whistler");
  await page.getByLabel("Password", { exact: true }).fill("ShowBox");
  await press(page, "Sign in");
  await page.waitForURL(/\/connect$/);
  await stands(page, CAREFUL, "Waits for your answer");
  await openQuestion(page, CAREFUL);
  await answer(page, "Nucleus", "AU00002");
  await page.getByRole("alert").getByText(/isn’t right/).waitFor();
  bank.shut("/AU00002/accounts");
  await answer(page, "Authlink", "AU00002");
  await page.waitForURL(/\/connect$/);

  await signIn(page, server, "AU00001", "Gilfoyle", "PiperPied");
  await page.getByRole("link", { name: "Let it stand still" }).click();
  await page.waitForURL(/still=1/);
  await page.getByRole("link", { name: "Look how far it is" }).waitFor();
  assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0, "it stands still");
  await page.getByRole("link", { name: "Look how far it is" }).click();
  await stands(page, SAVINGS, "Login ID or password is wrong");
  await box(page, CAREFUL).locator(".now", { hasText: "Finding accounts" }).waitFor();
  await shoot(page, "no-script");
  bank.open("/AU00002/accounts");
  await stands(page, CAREFUL, "Connected, 2 accounts");
  assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0, "nothing changes by itself any more");

  await box(page, SAVINGS).getByRole("link", { name: /^Try again/ }).click();
  await page.getByLabel("Login ID").fill("Gilfoyle");
  await page.getByLabel("Password", { exact: true }).fill("PiedPiper");
  await press(page, "Sign in");
  await stands(page, SAVINGS, /^Connected/);
  await disclose(page);
  const jobs = await assertReturned(page, server, person, "s-still");
  assert.deepEqual(jobs.map(({ state }) => state), ["success", "failed", "success"]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a double click signs in once, also where the bank answers at once", async () => {
  const { person, context, page, faults } = await onHub();
  await typeLogin(page, server, "AU00001", "Whistler", "wrong");
  const sent = await page.getByRole("button", { name: "Sign in" }).evaluate((button) => {
    let passed = 0;
    const look = (event) => { passed += event.defaultPrevented ? 0 : 1; event.preventDefault(); };
    window.addEventListener("submit", look);
    button.click();
    button.click();
    window.removeEventListener("submit", look);
    return passed;
  });
  assert.equal(sent, 1, "the page lets one of two presses through");
  await typeLogin(page, server, "AU00001", "Whistler", "wrong");
  await page.getByRole("button", { name: "Sign in" }).dblclick();
  await stands(page, SAVINGS, "Login ID or password is wrong");
  await typeLogin(page, server, "AU00002", "jared", "django");
  await page.getByRole("button", { name: "Sign in" }).dblclick();
  await stands(page, CAREFUL, "Waits for your answer");
  await openQuestion(page, CAREFUL);
  await page.getByRole("textbox").fill("0000");
  await page.getByRole("button", { name: "Answer" }).dblclick();
  await page.getByRole("alert").waitFor();
  const [first, second, ...more] = await jobsOf(server, person);
  assert.deepEqual([first.institution, second.institution, more.length], ["AU00001", "AU00002", 0]);
  assert.equal(second.wrong_answers, 1);
  assert.deepEqual(["/AU00001/login", "/AU00002/login", "/answer"].map((end) => bank.count(end)), [1, 1, 1]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without a script, presses while a bank still thinks are one sign-in", async () => {
  const { person, context, page } = await onHub({ javaScriptEnabled: false });
  bank.shut("/AU00000/login");
  await typeLogin(page, server, "AU00000", "Whistler", "ShowBox");
  await page.getByRole("button", { name: "Sign in" }).dblclick();
  await page.waitForURL(/\/connect$/);
  await signIn(page, server, "AU00000", "Whistler", "ShowBox");
  bank.open("/AU00000/login");
  await page.goto(hub());
  await stands(page, SANDBOX, /^Connected/);
  assert.equal(bank.count("/AU00000/login"), 1);
  assert.equal((await jobsOf(server, person)).length, 1);
  await context.close();
});

test("a sign-in and an answer whose answers are lost count once", async () => {
  const { person, context, page } = await onHub();
  await typeLogin(page, server, "AU00002", "jared", "django");
  await pressAndLose(page, "Sign in");
  await page.goto(hub());
  await stands(page, CAREFUL, "Waits for your answer");
  await openQuestion(page, CAREFUL);
  const question = page.url();
  await page.getByRole("textbox").fill("4321");
  await pressAndLose(page, "Answer");
  await page.goto(question);
  await page.getByRole("alert").getByText(/isn’t right/).waitFor();
  await page.getByRole("textbox").fill("1234");
  await pressAndLose(page, "Answer");
  await page.goto(hub());
  await stands(page, CAREFUL, /^Connected/);
  assert.deepEqual(["/login", "/answer"].map((end) => bank.count(end)), [1, 2]);
  assert.equal((await jobsOf(server, person)).length, 1);
  await context.close();
});

test("reload and the back button show how things stand, and no password", async () => {
  const { person, context, page, faults } = await onHub();
  bank.shut("/AU00002/accounts");
  await page.getByRole("link", { name: "Add a bank" }).click();
  await page.getByRole("link", { name: CAREFUL }).click();
  await page.getByLabel("Login ID").fill("jared");
  await page.getByLabel("Password", { exact: true }).fill("django");
  await press(page, "Sign in");
  await stands(page, CAREFUL, "Waits for your answer");
  await page.reload();
  await stands(page, CAREFUL, "Waits for your answer");
  await page.goBack();
  await heading(page, `Sign in to ${CAREFUL}`);
  assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "", "the password is not in the page any more");
  await page.goForward();
  await openQuestion(page, CAREFUL);
  await answer(page, "4321");
  await page.getByRole("alert").waitFor();
  await page.reload();
  await page.getByRole("alert").waitFor();
  await answer(page, "1234");
  await page.waitForURL(/\/connect$/);
  await box(page, CAREFUL).locator(".now", { hasText: "Finding accounts" }).waitFor();
  // The question that was answered leads nowhere but here.
  await page.goBack();
  await page.waitForURL(/\/connect$/);
  await page.reload();
  bank.open("/AU00002/accounts");
  await stands(page, CAREFUL, /^Connected/);
  assert.equal((await jobsOf(server, person)).length, 1);
  assert.equal(bank.count("/AU00002/login"), 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test("two tabs agree, also the one that lay in the background", async () => {
  const { context, page, faults } = await onHub();
  const [second, third] = [await context.newPage(), await context.newPage()];
  // Opened while nothing is at work, so nothing keeps it fresh.
  await third.goto(hub());
  await third.getByRole("link", { name: "Add a bank" }).waitFor();
  bank.shut("/AU00000/accounts");
  await signIn(page, server, "AU00000", "ashMann", "hooli2024");
  await signIn(page, server, "AU00002", "jared", "django");
  await second.goto(hub());
  for (const tab of [page, second]) {
    await stands(tab, CAREFUL, "Waits for your answer");
    await mark(tab);
  }
  await third.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await stands(third, CAREFUL, "Waits for your answer");
  await openQuestion(second, CAREFUL);
  await answer(second, "1234");
  await second.waitForURL(/\/connect$/);
  bank.open("/AU00000/accounts");
  for (const tab of [page, second, third]) {
    await stands(tab, CAREFUL, /^Connected/);
    await stands(tab, SANDBOX, /^Connected/);
  }
  assert.ok(await isMarked(page));

  bank.shut("/AU00001/accounts");
  await signIn(page, server, "AU00001", "ashMann", "hooli2024");
  await second.goto(hub());
  await stands(second, SAVINGS, "At work since");
  await disclose(page);
  await press(page, "Finish without waiting");
  await heading(page, "Is anything missing?");
  await disclose(page);
  await heading(page, /Thank you/);
  await heading(second, /Thank you/);
  bank.open("/AU00001/accounts");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the server dies: what is past its sign-in goes on by itself, what is not says so, and the page comes back", async () => {
  const { person, context, page } = await onHub();
  bank.shut("/AU00000/accounts");
  bank.shut("/AU00001/login");
  await signIn(page, server, "AU00000", "richard", "tabsnotspaces");
  await box(page, SANDBOX).locator(".now", { hasText: "Finding accounts" }).waitFor();
  await signIn(page, server, "AU00001", "Whistler", "ShowBox");
  await box(page, SAVINGS).locator(".now", { hasText: "Signing in" }).waitFor();
  await mark(page);
  await server.killAndRestart();

  await stands(page, SAVINGS, "We were interrupted");
  await box(page, SAVINGS).getByText(/We keep no passwords/).waitFor();
  await stands(page, SANDBOX, "At work since");
  bank.open("/AU00000/accounts");
  await stands(page, SANDBOX, "Connected, 4 accounts");
  assert.ok(await isMarked(page), "the page that was open came back by itself");
  assert.equal(bank.count("/AU00000/login"), 1, "no login is repeated");
  assert.equal(bank.count("/AU00001/login"), 1, "no login is repeated");
  await shoot(page, "interrupted");

  bank.open("/AU00001/login");
  await box(page, SAVINGS).getByRole("link", { name: /^Sign in again/ }).click();
  await page.getByText(/^Last time: We were interrupted/).waitFor();
  await page.getByLabel("Login ID").fill("Whistler");
  await page.getByLabel("Password", { exact: true }).fill("ShowBox");
  await press(page, "Sign in");
  await stands(page, SAVINGS, "Connected, 2 accounts");
  assert.deepEqual((await jobsOf(server, person)).map(({ state, cause }) => [state, cause]), [
    ["success", null],
    ["failed", "interrupted"],
    ["success", null],
  ]);
  await context.close();
});

test("a server that is gone is told on the page that was open, and so is its return", async () => {
  const { context, page } = await onHub();
  bank.shut("/AU00000/accounts");
  await signIn(page, server, "AU00000", "ashMann", "hooli2024");
  await box(page, SANDBOX).locator(".now", { hasText: "Finding accounts" }).waitFor();
  await mark(page);
  await server.kill();
  await page.locator("#notice").getByText("There is no connection.").waitFor();
  await shoot(page, "no-connection");
  await server.run();
  await page.waitForFunction(() => document.getElementById("notice").textContent === "");
  bank.open("/AU00000/accounts");
  await stands(page, SANDBOX, /^Connected/);
  assert.ok(await isMarked(page), "the page was not loaded again");
  await context.close();
});

test("a question that waits is asked about once, and can be left out", async () => {
  const { person, context, page, faults } = await onHub({}, "?state=s-out");
  await signIn(page, server, "AU00000", "ashMann", "hooli2024");
  await stands(page, SANDBOX, /^Connected/);
  await signIn(page, server, "AU00002", "jared", "django");
  await stands(page, CAREFUL, "Waits for your answer");
  await disclose(page);
  await heading(page, `${CAREFUL} still waits for your answer`);
  await shoot(page, "waiting");
  await page.getByRole("link", { name: "Back to your banks" }).click();
  await stands(page, CAREFUL, "Waits for your answer");
  await disclose(page);
  await press(page, "Leave it out and finish");
  await heading(page, "Is anything missing?");
  await disclose(page);
  await heading(page, /Thank you/);
  assert.equal(await page.getByText(`${CAREFUL}: not connected`).count(), 0, "what was left out is not in the receipt");
  const jobs = await assertReturned(page, server, person, "s-out");
  assert.deepEqual(jobs.map(({ state, cause }) => [state, cause]), [["success", null], ["failed", "left_out"]]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a question that waits can be answered first", async () => {
  const { person, context, page } = await onHub();
  await signIn(page, server, "AU00002", "Gilfoyle", "PiedPiper");
  await stands(page, CAREFUL, "Waits for your answer");
  await disclose(page);
  await page.getByRole("link", { name: `Answer ${CAREFUL}` }).click();
  await page.getByLabel("What's your first company?").fill("Hooli");
  await press(page, "Answer");
  await page.waitForURL(/\/connect$/);
  await stands(page, CAREFUL, /^Connected/);
  await disclose(page);
  const jobs = await assertReturned(page, server, person, null);
  assert.deepEqual(jobs.map(({ state }) => state), ["success"]);
  await context.close();
});

test("who declares while a bank is at work waits a moment, and is asked what the bank asks and shows", async () => {
  const { person, context, page, faults } = await onHub();
  bank.shut("/AU00002/login");
  await signIn(page, server, "AU00002", "richard", "tabsnotspaces");
  await disclose(page);
  await heading(page, `${CAREFUL} is still at work`);
  await page.getByText("This page goes on by itself.").waitFor();
  await shoot(page, "working");
  bank.open("/AU00002/login");
  await heading(page, `${CAREFUL} still waits for your answer`);
  await page.getByRole("link", { name: `Answer ${CAREFUL}` }).click();
  bank.shut("/AU00002/accounts");
  await answer(page, "1234");
  await page.waitForURL(/\/connect$/);
  await disclose(page);
  await heading(page, `${CAREFUL} is still at work`);
  bank.open("/AU00002/accounts");
  await heading(page, "Is anything missing?");
  await disclose(page);
  await heading(page, /Thank you/);
  const { body } = await server.api("GET", `/users/${person.id}/attestation`);
  assert.equal(body.gaps.length, 3);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a bank that stops meanwhile is shown, and who has nothing missing declares at once when all is read", async () => {
  const { context, page, faults } = await onHub();
  bank.shut("/AU00001/login");
  await signIn(page, server, "AU00001", "Whistler", "wrong");
  await disclose(page);
  await heading(page, `${SAVINGS} is still at work`);
  bank.open("/AU00001/login");
  await page.waitForURL(/\/connect$/);
  await stands(page, SAVINGS, "Login ID or password is wrong");
  bank.shut("/AU00001/accounts");
  await signIn(page, server, "AU00001", "Whistler", "ShowBox");
  await disclose(page);
  await heading(page, `${SAVINGS} is still at work`);
  bank.open("/AU00001/accounts");
  await heading(page, "Everything is read");
  await shoot(page, "all-read");
  await disclose(page);
  await heading(page, /Thank you/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without a script who declares early looks again by a link, and may finish at once", async () => {
  for (const waits of [true, false]) {
    const { person, context, page, faults } = await onHub({ javaScriptEnabled: false });
    bank.shut("/AU00000/accounts/");
    await signIn(page, server, "AU00000", "Whistler", "ShowBox");
    await box(page, SANDBOX).locator(".now", { hasText: "Getting transactions" }).waitFor();
    await disclose(page);
    await heading(page, `${SANDBOX} is still at work`);
    if (waits) {
      bank.open("/AU00000/accounts/");
      const all = page.getByRole("heading", { level: 1, name: "Everything is read" });
      for (let tries = 0; tries < 100 && !(await all.isVisible()); tries += 1) {
        await page.getByRole("link", { name: "See how far it is" }).or(all).first().click();
      }
      await disclose(page);
    } else {
      await press(page, "Finish without waiting");
    }
    await heading(page, /Thank you/);
    const { body } = await server.api("GET", `/users/${person.id}/attestation`);
    assert.deepEqual(body.gaps, waits ? [] : null, "nobody looked where not all was read");
    if (!waits) {
      await page.getByText(`${SANDBOX}: still at work`).waitFor();
      bank.open("/AU00000/accounts/");
    }
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test("what asks for an answer is first on the hub, above what is connected", async () => {
  const { context, page } = await onHub();
  await signIn(page, server, "AU00002", "jared", "django");
  await stands(page, CAREFUL, "Waits for your answer");
  await signIn(page, server, "AU00000", "ashMann", "hooli2024");
  await stands(page, SANDBOX, /^Connected/);
  await page.locator("#live > .box").first().getByRole("link", { name: `Answer ${CAREFUL}` }).waitFor();
  await context.close();
});

test("in another language the hub stays in it while it changes", async () => {
  for (const [locale, working, connected, declare] of [
    ["ar-EG", "قيد", /^تم الربط/, "أفصحت عن جميع حساباتي"],
    ["vi-VN", "Đang xử lý từ", /^Đã kết nối/, "Tôi đã khai báo tất cả tài khoản của mình"],
  ]) {
    const person = await newPerson();
    const { context, page, faults } = await open(browser, server, { locale });
    await page.goto(person.link);
    await page.locator("main form button").last().click();
    await page.waitForURL(/\/code/);
    await page.locator("input[name=code]").fill(await server.code(person.mobile));
    await page.locator("main form button").first().click();
    await page.waitForURL(/\/home$/);
    await page.locator("form[action='/home/agree'] button").click();
    await page.waitForURL(/\/connect$/);
    bank.shut("/AU00000/accounts");
    await page.goto(`${hub()}/banks/AU00000`);
    await page.locator("#login").fill("Whistler");
    await page.locator("#password").fill("ShowBox");
    await page.locator("main form button").click();
    await page.waitForURL(/\/connect$/);
    await box(page, SANDBOX).getByText(working).first().waitFor();
    await mark(page);
    const heard = await listen(page);
    bank.open("/AU00000/accounts");
    await stands(page, SANDBOX, connected);
    await page.getByRole("button", { name: declare, exact: true }).waitFor();
    assert.ok(await isMarked(page), "the stream brought it");
    assert.doesNotMatch(await heard(), /Connected|account/, "what is heard is in that language, too");
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test("who left comes back with a second link, and finds what is shared already", async () => {
  const { person, context, page } = await onHub();
  await signIn(page, server, "AU00000", "ashMann", "hooli2024");
  await stands(page, SANDBOX, /^Connected/);
  bank.shut("/AU00001/accounts");
  await signIn(page, server, "AU00001", "richard", "tabsnotspaces");
  await box(page, SAVINGS).locator(".now", { hasText: "Finding accounts" }).waitFor();
  await press(page, "Leave without finishing");
  await heading(page, /You left/);
  await page.getByText("What you agreed to and connected goes on").waitFor();

  const link = await server.api("POST", `/users/${person.id}/auth_link`);
  const again = { ...person, link: link.body.links.public };
  const other = await open(browser, server);
  await askForCode(other.page, again, "?state=s-again");
  await enter(other.page, await server.code(person.mobile, 2));
  await heading(other.page, "Your banks");
  await other.page.getByText("Welcome back.").waitFor();
  await stands(other.page, SANDBOX, /^Connected/);
  await stands(other.page, SAVINGS, "At work since");
  bank.open("/AU00001/accounts");
  await stands(other.page, SAVINGS, /^Connected/);
  await signIn(other.page, server, "AU00000", "Whistler", "ShowBox");
  await other.page.locator("#live > .box").nth(2).waitFor();
  await box(other.page, SANDBOX).getByText(/^Connected/).nth(1).waitFor();
  await shoot(other.page, "welcome-back");
  await discloseAsked(other.page);
  await heading(other.page, /Thank you/);
  for (const name of [SANDBOX, SAVINGS]) await other.page.getByText(`${name}: `).first().waitFor();
  const query = new URL(await other.page.getByRole("link", { name: /^Back to/ }).getAttribute("href")).searchParams;
  const jobs = await jobsOf(server, person);
  assert.equal(query.get("jobIds"), jobs.at(-1).id, "the jobs of this session alone");
  assert.equal(query.get("state"), "s-again");
  await other.context.close();
  await context.close();
});

test("by keyboard alone: find a bank, sign in, answer", async () => {
  const { context, page, faults } = await onHub();
  const reach = async (target, name) => {
    for (let tabs = 0; tabs < 40; tabs += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${name} cannot be reached by Tab`);
  };
  await reach(page.getByRole("link", { name: "Add a bank" }), "Add a bank");
  await page.keyboard.press("Enter");
  await heading(page, "Choose your bank");
  await reach(page.getByLabel("Search by name"), "the search");
  await page.keyboard.type("carefull");
  await page.getByText("What you can do").waitFor();
  await page.keyboard.press("Backspace");
  const found = page.getByRole("link", { name: CAREFUL });
  await page.waitForFunction(() => document.querySelectorAll("#found a.row").length === 1);
  await reach(found, CAREFUL);
  await page.keyboard.press("Enter");
  await heading(page, `Sign in to ${CAREFUL}`);
  await reach(page.getByLabel("Login ID"), "Login ID");
  await page.keyboard.type("jared");
  await page.keyboard.press("Enter");
  // What is missing has the focus already.
  await page.getByRole("alert").waitFor();
  assert.ok(await page.getByLabel("Password", { exact: true }).evaluate((element) => element === document.activeElement));
  assert.equal(await page.getByLabel("Login ID").inputValue(), "jared");
  await page.keyboard.type("django");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/connect$/);
  await stands(page, CAREFUL, "Waits for your answer");
  await reach(page.getByRole("link", { name: `Answer ${CAREFUL}` }), "the question");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/answer$/);
  await reach(page.getByRole("textbox"), "the answer");
  await page.keyboard.type("1234");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/connect$/);
  await stands(page, CAREFUL, /^Connected/);
  await reach(page.getByRole("button", { name: "I have disclosed all my accounts" }), "the declaration");
  await page.keyboard.press("Enter");
  await heading(page, "Is anything missing?");
  await reach(page.getByRole("checkbox", { name: "It isn’t mine" }).first(), "the tick");
  await page.keyboard.press("Space");
  assert.ok(await page.getByRole("checkbox", { name: "It isn’t mine" }).first().isChecked());
  await reach(page.getByRole("button", { name: "I have disclosed all my accounts" }), "the declaration");
  await page.keyboard.press("Enter");
  await heading(page, /Thank you/);
  assert.deepEqual(faults, []);
  await context.close();
});

test("who holds the focus in a box that changes stays in it", async () => {
  const { context, page } = await onHub();
  bank.shut("/AU00001/accounts");
  await signIn(page, server, "AU00001", "richard", "tabsnotspaces");
  await signIn(page, server, "AU00002", "jared", "django");
  await stands(page, CAREFUL, "Waits for your answer");
  const declaration = page.getByRole("button", { name: "I have disclosed all my accounts" });
  await declaration.focus();
  bank.open("/AU00001/accounts");
  await stands(page, SAVINGS, /^Connected/);
  assert.ok(await declaration.evaluate((element) => element === document.activeElement));
  await context.close();
});

test("while a bank is at work the page stays open; after that, not for long", async () => {
  server.environment.AUTHLINK_WORKFLOW_CONSENT_SESSION_IDLE = "4s";
  await server.killAndRestart();
  const { person, context, page } = await onHub();
  const session = async () => (await server.admin(`/actors/${person.id}`)).state.consent_session;
  const until = async (state) => {
    for (let tries = 0; tries < 400; tries += 1) {
      if ((await session()).state === state) return;
      await new Promise((done) => setTimeout(done, 25));
    }
    assert.fail(`the session never was ${state}`);
  };
  bank.shut("/AU00000/accounts");
  await signIn(page, server, "AU00000", "ashMann", "hooli2024");
  const began = Date.now();
  while (Date.now() - began < 4500) assert.equal((await session()).state, "connecting");
  await page.getByText("While a bank is at work, this page stays open.").waitFor();
  bank.open("/AU00000/accounts");
  await stands(page, SANDBOX, /^Connected/);
  await until("timed_out");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await heading(page, /We closed this page/);
  delete server.environment.AUTHLINK_WORKFLOW_CONSENT_SESSION_IDLE;
  await context.close();
});

test("the heaviest page is small, with all its files", async () => {
  const { context, page } = await onHub();
  for (const [id, login, password] of [["AU00000", "ashMann", "hooli2024"], ["AU00001", "richard", "tabsnotspaces"], ["AU00004", "gavinBelson", "hooli2016"]]) {
    await signIn(page, server, id, login, password);
  }
  await page.locator("#live .say.good").nth(2).waitFor();
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  wire.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(hub(), { waitUntil: "networkidle" });
  assert.ok(bytes > 10_000 && bytes < 60_000, `${bytes} bytes for the hub with its files`);
  console.log(`${bytes} bytes for the hub of three banks`);
  await context.close();
});
