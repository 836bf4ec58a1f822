// Two wordings side by side, with what only one of them has marked.

import { h, marked } from "./dom.js";
import { postName, postUrl, sourceUrl } from "./words.js";

/** For two texts, the spans (code points) that the other one has not: by their longest common subsequence. */
export function differing(first, second) {
  const [a, b] = [Array.from(first), Array.from(second)];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const [onlyA, onlyB] = [[], []];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (j === b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) extend(onlyA, i++);
    else extend(onlyB, j++);
  }
  return [onlyA, onlyB];
}

function extend(spans, at) {
  const last = spans.at(-1);
  if (last?.[1] === at) last[1] += 1;
  else spans.push([at, at + 1]);
}

/** Two clauses beside each other; `share` of their wording is the same. */
export function pair(first, second, share = null) {
  const [onlyFirst, onlySecond] = differing(first.text, second.text);
  const word = share === null ? null : share === 1 ? "一字不差" : `${Math.round(share * 100)}% 相同`;
  return h(
    "div",
    { class: "card pair" },
    word ? h("span", { class: `share${share === 1 ? " same" : ""}` }, word) : null,
    side(first, onlyFirst),
    side(second, onlySecond),
  );
}

function side(clause, spans) {
  const where = clause.lines
    ? h("a", { href: sourceUrl(clause.source, clause.lines) }, `第 ${clause.number} 条`)
    : `第 ${clause.number} 条`;
  return h("div", {}, h("p", { class: "where" }, h("a", { href: postUrl(clause) }, postName(clause)), " ", where), h("p", {}, marked(clause.text, spans)));
}
