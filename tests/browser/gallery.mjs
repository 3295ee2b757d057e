// Every page with every sample (`authlink pages`), served as the real server serves its own pages: with its headers, its
// content security policy above all. And the folder of pictures that is kept of a run, with a page that shows them.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { program } from "./server.mjs";

/** Where the pictures of a run are kept. */
export const pictures = fileURLToPath(new URL("../../target/gallery", import.meta.url));

const kinds = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml" };
// What belongs to one answer alone.
const own = new Set(["connection", "content-encoding", "content-length", "date", "keep-alive", "set-cookie", "transfer-encoding", "vary"]);

/** The headers of the real server's answer at that address. */
async function headersOf(address) {
  const answer = await fetch(address);
  await answer.text();
  return Object.fromEntries([...answer.headers].filter(([name]) => !own.has(name)));
}

export class Gallery {
  /** Writes the pages into a folder and serves them like the pages of that server. */
  static async open(server, person) {
    const gallery = new Gallery();
    const folder = join(server.folder, "gallery");
    await promisify(execFile)(program, ["pages", "--to", folder]);
    const page = await headersOf(person.link);
    gallery.policy = page["content-security-policy"];
    gallery.site = createServer(async (request, answer) => {
      const path = decodeURIComponent(new URL(request.url, "http://gallery").pathname);
      const file = await readFile(join(folder, path)).catch(() => undefined);
      if (!file) return answer.writeHead(404).end();
      const headers = extname(path) === ".html" ? page : { "x-content-type-options": "nosniff" };
      return answer.writeHead(200, { ...headers, "content-type": kinds[extname(path)] }).end(file);
    }).listen(0, "127.0.0.1");
    await once(gallery.site, "listening");
    gallery.url = `http://127.0.0.1:${gallery.site.address().port}`;
    const all = (await readdir(folder)).filter((name) => /-\d+(\.\w+)?\.html$/.test(name));
    gallery.pages = all.map((name) => name.replace(/\.html$/, "")).toSorted();
    return gallery;
  }

  /** The samples in one language, the standard one where none is named. */
  in(tag) {
    return this.pages.filter((name) => name.split(".")[1] === tag);
  }

  close() {
    this.site.close();
    this.site.closeAllConnections();
  }
}

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);

/** Writes the page that shows all pictures, by page and, of the walks, by name. */
export async function writeIndex() {
  await mkdir(join(pictures, "pages"), { recursive: true });
  await mkdir(join(pictures, "walks"), { recursive: true });
  const group = new Map();
  for (const file of (await readdir(join(pictures, "pages"))).toSorted()) {
    const [name] = file.split("_");
    group.set(name, [...(group.get(name) ?? []), file]);
  }
  const figure = (folder, file) => {
    const words = file.replace(/\.\w+$/, "").split("_").slice(folder === "pages" ? 1 : 0).join(" · ");
    const place = `${folder}/${encodeURIComponent(file)}`;
    return `<figure><a href="${place}"><img src="${place}" alt="" loading="lazy"></a><figcaption>${escaped(words)}</figcaption></figure>`;
  };
  const section = ([name, files]) => `<h2 id="${name}">${name}</h2>\n<div>${files.map((file) => figure("pages", file)).join("\n")}</div>`;
  const walks = (await readdir(join(pictures, "walks"))).toSorted();
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Every page</title>
<style>
body { margin: 0; padding: 2rem; font: 1rem/1.5 system-ui, sans-serif }
nav, div { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start }
nav { gap: .25rem 1rem } figure { margin: 0 } figcaption { font-size: .875rem }
img { inline-size: 14rem; block-size: 24rem; object-fit: cover; object-position: top; border: 1px solid #8886; border-radius: .5rem }
</style>
<h1>Every page</h1>
<p>${[...group.values()].flat().length} pictures of ${group.size} pages, width in pixels by scheme of colours; and ${walks.length} of <a href="#walks">the walks</a>.</p>
<nav>${[...group.keys()].map((name) => `<a href="#${name}">${name}</a>`).join("\n")}</nav>
${[...group].map(section).join("\n")}
<h2 id="walks">Walks</h2>
<div>${walks.map((file) => figure("walks", file)).join("\n")}</div>
</html>
`;
  await writeFile(join(pictures, "index.html"), html);
  return join(pictures, "index.html");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(await writeIndex());
