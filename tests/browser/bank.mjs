// The sandbox bank in a process of its own, behind a door that tests hold: what comes to a shut door waits
// there until it is opened, so a bank is slow for exactly as long as a test wants. The door counts, too.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import { createInterface } from "node:readline";
import { program } from "./server.mjs";

export class Bank {
  /** Whoever was asked for what, in order: "POST /AU00000/login". */
  asked = [];
  #shut = new Set();
  #said = new Map();
  #waiting = [];

  static async start() {
    const bank = new Bank();
    const options = ["sandbox", "--json", "--listen", "127.0.0.1:0", "--latency-ms", "0", "--control"];
    bank.child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: bank.child.stdout }), "line");
    bank.inside = new URL(JSON.parse(line).url);
    bank.door = createServer((request, answer) => bank.#come(request, answer)).listen(0, "127.0.0.1");
    await once(bank.door, "listening");
    bank.url = `http://127.0.0.1:${bank.door.address().port}`;
    return bank;
  }

  async end() {
    this.door.close();
    this.door.closeAllConnections();
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }

  /** From now on, what is asked at addresses that begin like this waits. */
  shut(place) {
    this.#shut.add(place);
  }

  /** Lets in whoever waits there, and all who come. */
  open(place) {
    this.#shut.delete(place);
    const all = this.#waiting;
    this.#waiting = [];
    for (const one of all) this.#come(one.request, one.answer, true);
  }

  /** From now on, what is asked at this address is answered at the door, with this. */
  say(place, answer) {
    this.#said.set(place, answer);
  }

  /** Nothing is shut and nothing was asked: a test begins. */
  reset() {
    this.#said.clear();
    for (const place of [...this.#shut]) this.open(place);
    this.asked = [];
  }

  /** How often something was asked whose line ends like this. */
  count(ending) {
    return this.asked.filter((line) => line.endsWith(ending)).length;
  }

  async fault(fault) {
    const answer = await fetch(new URL("/control/faults", this.inside), { method: "PUT", body: JSON.stringify(fault) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  #come(request, answer, again = false) {
    const path = request.url.split("?")[0];
    if (!again) this.asked.push(`${request.method} ${path}`);
    if ([...this.#shut].some((place) => path.startsWith(place))) {
      this.#waiting.push({ request, answer });
      return;
    }
    if (this.#said.has(path)) {
      answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(this.#said.get(path)));
      return;
    }
    const { hostname, port } = this.inside;
    const inner = ask({ hostname, port, method: request.method, path: request.url, headers: request.headers }, (told) => {
      answer.writeHead(told.statusCode, told.headers);
      told.pipe(answer);
      told.on("error", () => answer.destroy());
    });
    inner.on("error", () => answer.destroy());
    request.pipe(inner);
  }
}
