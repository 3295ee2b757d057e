// What the pages about banks get besides, after page.js: progress as it happens, a list of banks that
// follows what is typed, one press for a double click. Without it the pages load themselves again, and
// the search has its button. It keeps nothing.
"use strict";
const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/** Puts the boxes of `fresh` in the place of those that differ; what is the same is not touched. */
const settle = (live, fresh) => {
  const held = document.activeElement;
  const box = [...live.children].find((one) => one.contains(held))?.id;
  const known = new Map([...live.children].map((one) => [one.id, one]));
  let place = live.firstElementChild;
  for (const next of [...fresh.children]) {
    const old = known.get(next.id);
    const one = old?.isEqualNode(next) ? old : next;
    if (old && old !== one) {
      if (old === place) place = one;
      old.replaceWith(one);
    }
    if (one === place) place = place.nextElementSibling;
    else live.insertBefore(one, place);
  }
  while (place) {
    const gone = place;
    place = place.nextElementSibling;
    gone.remove();
  }
  // Who was in a box that changed or moved stays in it.
  if (box && held.isConnected) held.focus({ preventScroll: true });
  else if (box) {
    const now = document.getElementById(box);
    const way = now?.querySelector("a, button") ?? now?.querySelector("h2");
    way?.focus({ preventScroll: true });
  }
};

const live = document.getElementById("live");
if (live) {
  const said = new Map();
  // What was not said yet, once.
  const news = () => [...live.querySelectorAll("[data-told]")].map(({ id, dataset: { told } }) => {
    if (said.get(id) === told) return "";
    said.set(id, told);
    return `${told} `;
  }).join("");
  news();
  const show = (fresh) => {
    // The session is over, or its page is another now: that page says it.
    if (!fresh) return location.assign("/connect");
    localTimes(fresh);
    settle(live, fresh);
    watchIdle();
    const told = news();
    if (told) document.getElementById("news").textContent = told;
    return fresh.dataset.stream;
  };
  const fetched = async () => {
    const answer = await fetch("/connect");
    // Too busy, say: the next time tells.
    return answer.status >= 500 ? live : parsed(await answer.text()).getElementById("live");
  };
  // A stream that breaks is opened again at once, as a rule; what lasts is told.
  let silence;
  const isSilent = () => { silence ??= setTimeout(() => tell("offline"), 3000); };
  const isHeard = () => {
    clearTimeout(silence);
    silence = undefined;
    connection();
  };
  let pause = 1000;
  // There is none while nothing can change by itself.
  let stream;
  const look = async () => {
    pause = Math.min(2 * pause, 30_000);
    const fresh = await fetched().catch(() => undefined);
    if (fresh === undefined) isSilent();
    else isHeard();
    const place = [live, undefined].includes(fresh) ? stream?.url : show(fresh);
    stream = undefined;
    if (place) listen(place);
  };
  const listen = (place) => {
    stream = new EventSource(place);
    stream.onopen = () => {
      pause = 1000;
      isHeard();
    };
    stream.addEventListener("live", ({ data }) => {
      if (show(parsed(data).getElementById("live"))) return;
      stream.close();
      stream = undefined;
    });
    // A browser opens again a stream that broke, and never one that was refused.
    stream.onerror = ({ target }) => {
      isSilent();
      if (target.readyState === EventSource.CLOSED) setTimeout(look, pause);
    };
  };
  if (live.dataset.stream) listen(live.dataset.stream);
  // Meanwhile another tab may have added a bank, or finished.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !stream) look();
  });
}

// A page that says what is not over yet goes on once that is another, to where the server leads then.
const pending = document.getElementById("pending");
if (pending) {
  const goesOn = document.getElementById("goes-on");
  if (goesOn) goesOn.hidden = false;
  const look = async () => {
    const answer = await fetch(location.pathname);
    if (answer.status >= 500) return;
    const fresh = parsed(await answer.text()).getElementById("pending");
    if (answer.redirected || fresh?.dataset.state !== pending.dataset.state) location.assign(answer.url);
  };
  const listen = () => {
    const stream = new EventSource("/connect/progress");
    // Without a connection the stream is opened again, and tells then.
    stream.addEventListener("live", () => look().catch(() => undefined));
    stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000); };
  };
  listen();
}

// The second press of a double click is none: banks count wrong tries.
let pressed = -1000;
document.addEventListener("submit", (event) => {
  if (event.timeStamp - pressed < 1000) event.preventDefault();
  else pressed = event.timeStamp;
});

// A password is shown to who asks for it, and is a password again before it goes: no browser keeps it as text.
const shows = document.getElementById("show-password");
if (shows) {
  const field = document.getElementById("password");
  field.after(shows.content.cloneNode(true));
  const show = document.getElementById("show");
  const turn = () => { field.type = show.checked ? "text" : "password"; };
  show.addEventListener("change", turn);
  for (const left of ["submit", "pagehide"]) {
    addEventListener(left, () => {
      show.checked = false;
      turn();
    });
  }
}

const search = document.querySelector("form[role=search]");
if (search) {
  let asked = new AbortController();
  let pause;
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    const place = `/connect/banks?q=${encodeURIComponent(search.elements.q.value)}`;
    try {
      const answer = await fetch(place, { signal: asked.signal });
      const page = parsed(await answer.text());
      const [found, count] = ["found", "count"].map((id) => page.getElementById(id));
      if (!found || !count) return;
      document.getElementById("found").replaceChildren(...found.childNodes);
      document.getElementById("count").textContent = count.textContent;
      history.replaceState(null, "", place);
    } catch {
      // The button still works.
    }
  };
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(look, 150);
  });
}
