// What people do on the pages about banks.

import assert from "node:assert/strict";
import { press } from "./browser.mjs";

/** The box of a bank on the hub. */
export const box = (page, bank) => page.locator("#live > .box").filter({ has: page.getByRole("heading", { name: bank, exact: true }) });

/** Waits until a bank stands like this on the hub. */
export const stands = (page, bank, words) => box(page, bank).getByText(words).first().waitFor();

/** Fills the form of a bank, from wherever one is. */
export async function typeLogin(page, server, institution, login, password) {
  await page.goto(`${server.ready.api_url}/connect/banks/${institution}`);
  await page.getByLabel("Login ID").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(password);
}

/** Signs in at a bank, and is back on the hub. */
export async function signIn(page, server, institution, login, password) {
  await typeLogin(page, server, institution, login, password);
  await press(page, "Sign in");
  await page.waitForURL(/\/connect$/);
}

/** Opens the question of a bank from the hub. */
export async function openQuestion(page, bank) {
  await box(page, bank).getByRole("link", { name: `Answer ${bank}` }).click();
  await page.waitForURL(/\/connect\/jobs\/[0-9a-f-]{36}\/answer$/);
}

/** Answers it; several fields in their order. */
export async function answer(page, ...answers) {
  const fields = page.getByRole("textbox");
  assert.equal(await fields.count(), answers.length, "one field for each answer");
  for (const [place, text] of answers.entries()) await fields.nth(place).fill(text);
  await press(page, "Answer");
}

/** Marks a page, to see later that nothing loaded it again. */
export const mark = (page) => page.evaluate(() => { window.isTheSame = true; });
export const isMarked = (page) => page.evaluate(() => window.isTheSame === true);

/** The jobs of a person as the operator sees them, oldest first. */
export async function jobsOf(server, person) {
  const { state } = await server.admin(`/actors/${person.id}`);
  return state.jobs.toReversed();
}
