// What stands in for content: while it is on its way, and when it does not come.

import { h } from "./dom.js";
import { signIn } from "./signin.js";
import { errorWord } from "./words.js";

const SOON = 150; // ms; what comes sooner needs no skeleton
const SLOW = 4000; // ms

/** Lines and cards in the places where an answer will be; nothing moves when it comes. */
export function skeleton(cards = 2) {
  const card = () => h("div", { class: "card bones" }, h("i", { class: "w40" }), h("i"), h("i", { class: "w80" }));
  return h("div", { class: "skeleton", "aria-hidden": "true" }, h("i", { class: "w80 tall" }), Array.from({ length: cards }, card));
}

/** Show a skeleton in `place` unless `work` is done soon, and a word when it takes long. Gives what `work` gives. */
export async function whileWaiting(place, work, bones = skeleton) {
  place.setAttribute("aria-busy", "true");
  const soon = setTimeout(() => place.replaceChildren(bones()), SOON);
  const slow = setTimeout(() => place.append(h("p", { class: "slow", role: "status" }, "服务器比平时慢，还在等…")), SLOW);
  try {
    return await work;
  } finally {
    clearTimeout(soon);
    clearTimeout(slow);
    place.removeAttribute("aria-busy");
  }
}

/** A failed request: what happened and what to do; for someone who is not signed in, where to. */
export function problem(error, retry) {
  if (error.status === 401) return signIn(retry);
  if (error.status === undefined) console.error(error);
  return h(
    "div",
    { class: "notice problem", role: "alert" },
    h("p", {}, errorWord(error)),
    h("button", { type: "button", onclick: retry }, "再试一次"),
  );
}
