// A receiver of webhooks on this machine: says what it is told to say, and keeps what it heard.

import { once } from "node:events";
import { createServer } from "node:http";

/** How long something that must come is waited for; generous, for the machine may be busy. */
const PATIENCE_MS = 60_000;

export class Receiver {
  /** One that answers the message with that number, from 0 on, with the status that `says` gives. */
  static async start(says = () => 204) {
    const receiver = new Receiver();
    receiver.heard = [];
    receiver.server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      const number = receiver.heard.push({ headers: request.headers, body: Buffer.concat(parts) }) - 1;
      response.writeHead(says(number)).end();
      receiver.server.emit("heard");
    });
    receiver.server.listen(0, "127.0.0.1");
    await once(receiver.server, "listening");
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hooks`;
    return receiver;
  }

  /** What was heard, once it is `count`. */
  async hears(count) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (this.heard.length < count) await once(this.server, "heard", { signal });
    return this.heard;
  }

  async end() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
