// A source document with its line numbers, opened at the lines that the address names (#L48 or #L48-L52), the clause marked.

import { departments, get } from "./api.js";
import { h } from "./dom.js";
import { whileWaiting } from "./states.js";
import { linesWord, postName, postUrl } from "./words.js";

export async function sourceView({ main, url, parts: [slug], signal }) {
  document.title = `${slug} · 归谁管`;
  const place = h("div", { class: "source" });
  main.replaceChildren(h("h1", {}, slug), place);
  const [source, tree] = await whileWaiting(place, Promise.all([get(`/v1/documents/${encodeURIComponent(slug)}`, signal), departments()]));
  const clauses = clausesOf(tree).filter((clause) => clause.source === slug);
  const lines = new Map(source.lines.map(({ line, text }) => [line, lineRow(line, text)]));
  place.replaceChildren(h("ol", { class: "lines" }, [...lines.values()]));
  const show = () => mark(lines, clauses, new URL(location.href).hash);
  window.addEventListener("hashchange", show, { signal });
  if (url.hash) show();
}

export function clausesOf(tree) {
  return tree.flatMap((unit) => [...unit.clauses, ...unit.positions.flatMap((position) => position.clauses)]);
}

function lineRow(line, text) {
  return h("li", { id: `L${line}`, "data-text": text }, h("a", { class: "number", href: `#L${line}`, "aria-label": `第 ${line} 行` }, String(line)), h("span", {}, text));
}

function mark(lines, clauses, hash) {
  const range = /^#L(\d+)(?:-L(\d+))?$/.exec(hash);
  if (!range) return;
  for (const row of lines.values()) unmark(row);
  const first = Number(range[1]);
  const clause = clauses.find(({ lines: [from, to] }) => from <= first && first <= to);
  const [from, to] = clause ? clause.lines : [first, Number(range[2] ?? range[1])];
  for (let line = from; line <= to; line += 1) lines.get(line)?.classList.add("cited");
  if (clause) markClause(lines, clause);
  const target = lines.get(from);
  if (!target) return;
  target.scrollIntoView({ block: "center" });
  target.querySelector("a").focus({ preventScroll: true });
}

function unmark(row) {
  if (!row.classList.contains("cited")) return;
  row.classList.remove("cited");
  row.lastChild.remove();
  row.querySelector("span").textContent = row.dataset.text;
}

/** Mark the clause's own characters in its lines, and say under them whose it is. */
function markClause(lines, clause) {
  const [from, to] = clause.lines;
  const own = clause.source_text.split(/\r\n|\r|\n/);
  for (let line = from; line <= to; line += 1) {
    const row = lines.get(line);
    const words = own[line - from] ?? "";
    const start = row.dataset.text.indexOf(words);
    if (start >= 0 && words) {
      const text = row.dataset.text;
      row.querySelector("span").replaceChildren(text.slice(0, start), h("mark", {}, words), text.slice(start + words.length));
    }
    row.append(
      line < to
        ? h("span", { class: "whose" })
        : h("span", { class: "whose" }, h("a", { href: postUrl(clause) }, postName(clause)), ` 第 ${clause.number} 条，${linesWord(clause.lines)}`),
    );
  }
}
