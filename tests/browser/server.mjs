// The real server in a process of its own, on ports that stay the same over restarts.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** `PROGRAM` names another build than the one of this tree. */
export const program = process.env.PROGRAM ?? fileURLToPath(new URL("../../target/debug/authlink", import.meta.url));

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

export class Server {
  static async start(environment = {}) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), "authlink-browser-"));
    server.ports = [await freePort(), await freePort()];
    server.environment = environment;
    await server.run();
    return server;
  }

  async run() {
    const [port, adminPort] = this.ports;
    const listen = ["--listen", `127.0.0.1:${port}`, "--admin-listen", `127.0.0.1:${adminPort}`];
    this.child = spawn(program, ["demo", "--json", ...listen, "--data", this.folder], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...this.environment },
    });
    const lines = createInterface({ input: this.child.stdout });
    const [line] = await Promise.race([
      once(lines, "line"),
      once(this.child, "exit").then(([code]) => { throw new Error(`the server ended with ${code}`); }),
    ]);
    this.ready = JSON.parse(line);
    this.token = undefined;
  }

  /** SIGKILL, and up again with the same folder and ports. */
  async killAndRestart() {
    await this.kill();
    await this.run();
  }

  async kill() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await once(this.child, "exit");
    }
  }

  async end() {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async api(method, path, body) {
    if (!this.token) {
      const headers = { authorization: `Basic ${this.ready.api_key}`, "basiq-version": "3.0" };
      const answer = await fetch(`${this.ready.api_url}/token`, { method: "POST", headers, body: new URLSearchParams({ scope: "SERVER_ACCESS" }) });
      this.token = (await answer.json()).access_token;
    }
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const answer = await fetch(`${this.ready.api_url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text ? JSON.parse(text) : undefined };
  }

  /** A user of their own with a link, so that no test sees another's texts. */
  async person(mobile) {
    const user = await this.api("POST", "/users", { mobile });
    const link = await this.api("POST", `/users/${user.body.id}/auth_link`);
    return { id: user.body.id, mobile, link: link.body.links.public };
  }

  async admin(path) {
    const headers = { authorization: `Bearer ${this.ready.admin_token}` };
    const answer = await fetch(`${this.ready.admin_url}/admin${path}`, { headers });
    return answer.json();
  }

  async texts(mobile) {
    return (await this.admin(`/sms?to=${encodeURIComponent(mobile)}`)).texts;
  }

  /** The digits of the newest text, once there are `count` of them. */
  async code(mobile, count = 1) {
    for (let tries = 0; tries < 200; tries += 1) {
      const texts = await this.texts(mobile);
      if (texts.length >= count) return texts[0].body.match(/\b\d{6}\b/)[0];
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error("no text came");
  }
}
