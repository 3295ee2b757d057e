// What a browser with scripts gets besides: times in its own zone, a count-down, reading that begins at the
// heading, a code that goes on by itself, and word of a lost connection. Every page is whole and right
// without it. It sends nothing by itself but a code that was entered, and keeps nothing.
"use strict";
const localTimes = (root) => {
  const forms = {
    clock: { hour: "numeric", minute: "2-digit" },
    date: { day: "numeric", month: "short", year: "numeric" },
    moment: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" },
  };
  for (const time of root.querySelectorAll("time[datetime][data-form]")) {
    const when = new Date(time.dateTime);
    const form = forms[time.dataset.form];
    if (form && !Number.isNaN(when.getTime())) {
      time.textContent = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-nu-latn`, form).format(when)
        // What belongs to the hour stays on its line.
        .replace(/(\d) (?=\p{L}\S*$)/u, "$1\u00a0");
    }
  }
};
localTimes(document);

// Reading begins at the heading, unless a field wants the reader, or somebody comes back to where they were.
const [visit] = performance.getEntriesByType("navigation");
if (visit?.type === "navigate" && !location.hash && !document.querySelector("[autofocus]")) {
  const heading = document.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** Puts what a template of that name holds where it is seen and said at once; none takes it away. */
const notice = document.getElementById("notice");
// Whoever pressed a button in it goes on where they were.
let before;
notice.addEventListener("focusin", ({ relatedTarget }) => {
  if (!notice.contains(relatedTarget)) before = relatedTarget;
});
const tell = (name = "") => {
  if ((notice.dataset.shows ?? "") === name) return;
  notice.dataset.shows = name;
  if (notice.contains(document.activeElement)) {
    (before?.isConnected ? before : document.getElementById("main")).focus({ preventScroll: true });
  }
  notice.replaceChildren(...(name ? [document.getElementById(name).content.cloneNode(true)] : []));
};

// What is pressed without a connection would leave the page, and show the browser's own words.
const connection = () => {
  if (!navigator.onLine) tell("offline");
  else if (notice.dataset.shows === "offline") tell();
};
addEventListener("offline", connection);
addEventListener("online", connection);
const stop = (event) => {
  connection();
  if (!navigator.onLine) event.preventDefault();
};
document.addEventListener("submit", stop);
document.addEventListener("click", (event) => {
  const way = event.target.closest("a[href]");
  // A place on this page is here, and what opens elsewhere leaves nothing.
  if (way && !way.hash && !way.target && !event.ctrlKey && !event.metaKey && !event.shiftKey) stop(event);
});

const wait = document.querySelector("[data-wait]");
if (wait) {
  const ready = performance.now() + 1000 * Number(wait.dataset.wait);
  const count = wait.querySelector(".num");
  const tick = setInterval(() => {
    const left = Math.ceil((ready - performance.now()) / 1000);
    if (left <= 0) {
      clearInterval(tick);
      wait.textContent = wait.dataset.then;
    } else if (count) {
      count.textContent = String(left);
    }
  }, 1000);
}

// Six digits go on by themselves after a moment in which that can be stopped. After a wrong code there is no
// such template: each try counts, so the next one is the person's own.
const going = document.getElementById("going");
if (going) {
  const field = document.getElementById("code");
  const hint = document.getElementById("code-auto");
  const place = document.getElementById("code-going");
  hint.hidden = false;
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby")} code-auto`);
  let timer;
  const stay = () => {
    clearTimeout(timer);
    timer = undefined;
    place.replaceChildren();
  };
  const go = () => {
    if (/^\d{6}$/.test(field.value.replace(/[\s-]/g, "")) && navigator.onLine) {
      place.replaceChildren(going.content.cloneNode(true));
      place.querySelector("button").addEventListener("click", () => {
        stay();
        hint.hidden = true;
        field.removeEventListener("input", edited);
        place.textContent = place.dataset.stopped;
        field.focus();
      });
      timer = setTimeout(() => field.form.requestSubmit(), 4000);
    }
  };
  const edited = () => { stay(); go(); };
  field.addEventListener("input", edited);
  field.form.addEventListener("submit", stay);
  // Back from the next page: the digits are still there, and go nowhere by themselves.
  addEventListener("pageshow", stay);
}
