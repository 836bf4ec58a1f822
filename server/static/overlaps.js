// Overlaps and gaps as one picture: a ring with a stretch for each department and a place for each clause, a thread between
// clauses that say the same, and a flag where something is missing. Under it the same in words.

import { departments, get } from "./api.js";
import { pair } from "./diff.js";
import { h, show, svg } from "./dom.js";
import { hueOf } from "./map.js";
import { clausesOf } from "./source.js";
import { whileWaiting } from "./states.js";
import { gapWord, postName, sourceUrl } from "./words.js";

const RADIUS = 210;
const BAND = 14;
const PAUSE = 0.02; // of the ring, between departments

export async function overlapsView({ main, signal }) {
  document.title = "重叠与空白 · 归谁管";
  const place = h("div", {});
  main.replaceChildren(
    h("h1", {}, "重叠与空白"),
    h("p", { class: "soft" }, "不同岗位写着同样或相近的职责，和文档里缺的东西。由 duty corpus check 的同一套检查得出。"),
    place,
  );
  const work = Promise.all([get("/v1/findings", signal), departments()]);
  const [findings, tree] = await whileWaiting(place, work, () => h("div", { class: "card bones tallest", "aria-hidden": "true" }));
  const groups = grouped(findings.overlaps ?? []);
  const texts = await linesOf(findings.gaps, signal);
  show(
    place,
    picture(tree, groups, findings.gaps),
    h("h2", {}, `重叠 ${findings.overlaps?.length ?? ""}`),
    findings.overlaps === null ? h("p", { class: "notice" }, "条款太多，请在命令行运行 duty corpus check。") : groups.map(groupBox),
    h("h2", {}, `空白与疑问 ${findings.gaps.length}`),
    gapList(findings.gaps, texts),
  );
}

/** Overlaps by the two posts that they are between, most first: [{posts, overlaps}]. */
function grouped(overlaps) {
  const groups = new Map();
  for (const overlap of overlaps) {
    const posts = [postName(overlap.first), postName(overlap.second)];
    const key = posts.join("\n");
    if (!groups.has(key)) groups.set(key, { posts, overlaps: [] });
    groups.get(key).overlaps.push(overlap);
  }
  return [...groups.values()].sort((one, other) => other.overlaps.length - one.overlaps.length);
}

function picture(tree, groups, gaps) {
  const { spans, places } = around(tree);
  const at = (turn, radius) => [Math.sin(turn * 2 * Math.PI) * radius, -Math.cos(turn * 2 * Math.PI) * radius].map((value) => value.toFixed(1));
  const bands = spans.map(({ from, to, hue, name }) => [coloured(svg("path", { class: "band", d: arc(from, to, at) }), hue), label(name, (from + to) / 2, at)]);
  const threads = groups.flatMap(({ overlaps }, i) =>
    overlaps.map(({ first, second, share }) => {
      const [start, end] = [places.get(first.clause_id), places.get(second.clause_id)];
      const path = `M${at(start, RADIUS)} Q0,0 ${at(end, RADIUS)}`;
      return svg("path", { class: share === 1 ? "thread" : "thread near", d: path, "data-group": String(i) });
    }),
  );
  const flags = gaps.map((gap) => placeOf(gap, tree, spans, places)).filter((turn) => turn !== null).map((turn) => {
    const [x, y] = at(turn, RADIUS + BAND + 9);
    return svg("circle", { class: "flag", cx: x, cy: y, r: "5" });
  });
  const total = groups.reduce((sum, { overlaps }) => sum + overlaps.length, 0);
  const drawing = svg(
    "svg",
    { viewBox: matchMedia("(max-width: 40rem)").matches ? "-250 -250 500 500" : "-340 -270 680 540", role: "img", "aria-label": `${spans.length} 个部门之间有 ${total} 处重叠，文档里有 ${gaps.length} 处空白或疑问；下面逐条列出` },
    bands, threads, flags,
  );
  return h(
    "figure",
    { class: "card ring" },
    drawing,
    h(
      "figcaption",
      { class: "soft" },
      spans.map(({ name, hue }) => coloured(h("span", { class: "key unit-name" }, name), hue)),
      h("span", { class: "key same" }, "一字不差"),
      h("span", { class: "key near" }, "相近"),
      h("span", { class: "key flag" }, "空白或疑问"),
    ),
  );
}

/** Where on the ring (0 to 1) each department and each clause is, in document order. */
function around(tree) {
  const units = tree.map((unit) => clausesOf([unit]));
  const total = units.reduce((sum, clauses) => sum + Math.max(1, clauses.length), 0);
  const room = 1 - PAUSE * tree.length;
  const places = new Map();
  const spans = [];
  let turn = 0;
  tree.forEach(({ department }, i) => {
    const width = (Math.max(1, units[i].length) / total) * room;
    units[i].forEach((clause, j) => places.set(clause.clause_id, turn + (width * (j + 0.5)) / units[i].length));
    spans.push({ from: turn, to: turn + width, hue: hueOf(i), name: department });
    turn += width + PAUSE;
  });
  return { spans, places };
}

function arc(from, to, at) {
  const large = to - from > 0.5 ? 1 : 0;
  const outer = RADIUS + BAND;
  return `M${at(from, outer)} A${outer},${outer} 0 ${large} 1 ${at(to, outer)} L${at(to, RADIUS + 2)} A${RADIUS},${RADIUS} 0 ${large} 0 ${at(from, RADIUS + 2)} Z`;
}

function label(name, turn, at) {
  const [x, y] = at(turn, RADIUS + BAND + 20);
  const anchor = Math.abs(x) < 40 ? "middle" : x > 0 ? "start" : "end";
  return svg("text", { x, y, "text-anchor": anchor, "dominant-baseline": "middle" }, name);
}

function coloured(element, hue) {
  element.style.setProperty("--hue", hue);
  return element;
}

/** Where a gap is: at the first clause that stands on or after its line. */
function placeOf(gap, tree, spans, places) {
  const named = spans.find(({ name }) => gap.kind === "department_without_positions" && gap.message.startsWith(`${name}:`));
  if (named) return named.to;
  const next = clausesOf(tree).find((clause) => clause.source === gap.document && clause.lines[0] >= gap.line);
  return next ? places.get(next.clause_id) : null;
}

function groupBox({ posts, overlaps }, index) {
  const same = overlaps.filter(({ share }) => share === 1).length;
  const counts = [same ? `${same} 条一字不差` : "", overlaps.length - same ? `${overlaps.length - same} 条相近` : ""].filter(Boolean);
  const light = (on) => () => {
    for (const thread of document.querySelectorAll(`.ring [data-group="${index}"]`)) thread.classList.toggle("lit", on);
  };
  return h(
    "details",
    { class: "card group", onpointerenter: light(true), onpointerleave: light(false), onfocusin: light(true), onfocusout: light(false) },
    h("summary", {}, h("span", {}, posts[1], h("b", { "aria-label": "与" }, " ⇄ "), posts[0]), h("span", { class: "soft" }, counts.join("，"))),
    overlaps.map(({ first, second, share }) => pair(first, second, share)),
  );
}

/** The source lines that the gaps speak of: {document: Map of line to text}. */
async function linesOf(gaps, signal) {
  const slugs = [...new Set(gaps.map(({ document: slug }) => slug).filter(Boolean))];
  const sources = await Promise.all(slugs.map((slug) => get(`/v1/documents/${encodeURIComponent(slug)}`, signal)));
  return new Map(sources.map((source) => [source.document, new Map(source.lines.map(({ line, text }) => [line, text]))]));
}

function gapList(gaps, texts) {
  if (!gaps.length) return h("p", { class: "notice" }, "没有发现空白。");
  return h(
    "ul",
    { class: "card duties" },
    gaps.map((gap) =>
      h(
        "li",
        {},
        h("span", { class: "role supervise" }, gapWord(gap.kind)),
        h(
          "div",
          {},
          h("p", {}, texts.get(gap.document)?.get(gap.line) ?? gap.message),
          gap.document ? h("p", { class: "where" }, h("a", { href: sourceUrl(gap.document, [gap.line, gap.line]) }, `${gap.document} 第 ${gap.line} 行`)) : null,
        ),
      ),
    ),
  );
}
