// Elements are made here and nowhere else. Strings become text nodes, so nothing that is shown can turn into markup.

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: h("a", {href: "/map", class: "button", onclick: f}, "text", child, [more]). */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Put these in the place of all that is in an element. */
export function show(place, ...children) {
  place.replaceChildren();
  return fill(place, {}, children);
}

/** An SVG element. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

/** Tell people who cannot see it what just happened. */
export function announce(text) {
  document.getElementById("status").textContent = text;
}

/** An id that no other element has. */
export function freshId(prefix) {
  freshId.last = (freshId.last ?? 0) + 1;
  return `${prefix}-${freshId.last}`;
}

/** A text with [start, end) spans marked. Spans count characters as the server does: code points, not UTF-16 units. */
export function marked(text, spans) {
  const characters = Array.from(text);
  const parts = [];
  let last = 0;
  for (const [start, end] of spans) {
    parts.push(characters.slice(last, start).join(""), h("mark", {}, characters.slice(start, end).join("")));
    last = end;
  }
  return [...parts, characters.slice(last).join("")].filter((part) => part !== "");
}

/** The spans where a text holds a word, whatever its case. */
export function spansOf(text, word) {
  const characters = Array.from(text.toLowerCase());
  const wanted = Array.from(word.toLowerCase());
  const spans = [];
  for (let i = 0; wanted.length && i + wanted.length <= characters.length; i += 1) {
    if (wanted.every((character, j) => characters[i + j] === character)) {
      spans.push([i, i + wanted.length]);
      i += wanted.length - 1;
    }
  }
  return spans;
}
