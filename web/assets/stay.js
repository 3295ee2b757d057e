// What a session's pages get besides, after page.js: a page that closes by itself says so in time, and stays open for
// whoever reads, types or moves. It asks the server for the session's page, a few times an hour, and keeps nothing.
"use strict";
/** From now on the page closes when what it shows says so. */
let watchIdle;
{
  let began, span, isLast;
  watchIdle = () => {
    const idle = document.getElementById("idle");
    if (!idle) return;
    began = Date.now();
    span = 1000 * Number(idle.dataset.closes);
    isLast = "last" in idle.dataset;
  };
  watchIdle();
  const left = () => began + span - Date.now();
  // Told two minutes before; where all of it is less, in its middle.
  const isNear = () => left() < Math.min(120_000, span / 2);
  let asking = false;
  const stay = async () => {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch("/home");
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("idle");
      if (answer.status >= 500) return;
      // It closed, or is another's now: its page says so.
      if (!fresh) return location.assign("/home");
      localTimes(fresh.parentElement);
      document.getElementById("idle").replaceWith(fresh);
      watchIdle();
      if (["still", "last"].includes(notice.dataset.shows)) tell();
    } catch {
      // Without a connection nobody can stay.
    } finally {
      asking = false;
    }
  };
  // Who reads on is here: now and then, so that the server knows it too.
  const here = () => {
    if (!isLast && Date.now() - began > span / 4 && left() > 0) stay();
  };
  for (const sign of ["keydown", "pointerdown", "click", "scroll"]) addEventListener(sign, here, { passive: true, capture: true });
  setInterval(() => {
    if (left() <= -1000 && navigator.onLine) location.assign("/home");
    else if (isNear()) tell(isLast ? "last" : "still");
  }, 1000);
}
