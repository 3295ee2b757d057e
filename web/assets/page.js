// What a browser with scripts gets besides: times in its own zone, and a count-down. Every page is
// whole and right without it. It sends nothing and keeps nothing.
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
      time.textContent = new Intl.DateTimeFormat(`${document.documentElement.lang}-u-nu-latn`, form).format(when);
    }
  }
};
localTimes(document);
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
