// What may be wrong with how a page lies on a screen, found in the page itself.

/** Everything that is wrong, in words. Runs in the page: it knows nothing from outside. */
export function layoutFaults() {
  const faults = [];
  const told = (element) => `${element.tagName.toLowerCase()}${[...element.classList].map((name) => `.${name}`).join("")} “${(element.innerText ?? "").trim().slice(0, 40)}”`;
  const root = document.documentElement;
  const hidden = (element) => element.closest(".vh, .skip, [hidden]") || !element.checkVisibility({ visibilityProperty: true }) || getComputedStyle(element).clipPath !== "none";
  if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth} px on ${root.clientWidth}`);

  // Words and pictures, each line a box; where lines stand close, the boxes of letters meet a little.
  const things = [];
  const add = (element, block, rect, slack) => {
    if (rect.width < 1 || rect.height < 1) return;
    things.push({ element, block, left: rect.left + 1, right: rect.right - 1, top: rect.top + slack, bottom: rect.bottom - slack });
  };
  const blockOf = (element) => {
    let block = element;
    while (["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    return block;
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || hidden(element)) continue;
    let parent = element;
    while (parent && !hidden(parent)) parent = parent.parentElement;
    if (parent) continue;
    const block = blockOf(element);
    const { left, right } = block.getBoundingClientRect();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.left < left - 1 || rect.right > right + 1) faults.push(`words leave their box: ${told(block)}`);
      if (rect.left < -0.5 || rect.right > root.clientWidth + 0.5) faults.push(`words leave the screen: ${told(block)}`);
      add(element, block, rect, rect.height * 0.18);
    }
  }
  for (const element of document.querySelectorAll("body svg, body img, body input:not([type=hidden])")) {
    if (!hidden(element)) add(element, element, element.getBoundingClientRect(), 1);
  }
  for (const [place, one] of things.entries()) {
    for (const other of things.slice(place + 1)) {
      if (one.block === other.block || one.block.contains(other.block) && one.block.tagName === "svg") continue;
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // The button of the search stands in its field, which leaves it the place.
      const isFind = one.element.closest(".find") && one.element.closest(".find") === other.element.closest(".find");
      if (width > 0 && height > 0 && !isFind) faults.push(`${told(one.element)} and ${told(other.element)} overlap`);
    }
  }

  for (const element of document.body.querySelectorAll("*")) {
    if (hidden(element) || element.closest("svg")) continue;
    // What is typed scrolls in its field; the name of a step reaches beyond its part of the thread. Letters reach out of
    // their line a little.
    if (element.tagName === "INPUT" || element.closest(".thread") || getComputedStyle(element).display === "inline") continue;
    if (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 4) faults.push(`too much for its box: ${told(element)}`);
  }

  // WCAG 2.2, success criterion 2.5.8: a link within a sentence may be as small as its words.
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), summary, select")) {
    if (hidden(element)) continue;
    const { width, height } = element.getBoundingClientRect();
    const isInSentence = element.tagName === "A" && getComputedStyle(element).display === "inline";
    if ((width < 24 || height < 24) && !isInSentence) faults.push(`a target of ${width} by ${height} px: ${told(element)}`);
  }
  return [...new Set(faults)];
}

/** Whatever takes the focus and does not show it. Runs in the page. */
export function focusFaults() {
  const faults = [];
  const shows = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  };
  for (const element of document.querySelectorAll("a[href], button, input:not([type=hidden]), summary, select")) {
    if (!element.checkVisibility()) continue;
    element.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== element) faults.push(`takes no focus: ${element.outerHTML.slice(0, 80)}`);
    else if (!shows(element) && !shows(element.parentElement)) faults.push(`does not show its focus: ${element.outerHTML.slice(0, 80)}`);
  }
  document.activeElement?.blur();
  return faults;
}
