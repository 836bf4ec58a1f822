// The organisation drawn: a field a department, a tile a post, a dot a duty. Searching lights up what it finds.

import { departments } from "./api.js";
import { announce, freshId, h, marked, spansOf } from "./dom.js";
import { whileWaiting } from "./states.js";
import { treemap } from "./treemap.js";
import { postName, postUrl, sourceUrl } from "./words.js";

const ROOM = 10500; // px² of the map for a post, on average
const LEAST = 2; // duties that a post counts more than it has, so that small ones keep a legible tile
const HEAD = 12; // duties that a department counts more, for its name
const LABEL = 34; // px of a department's name
const GAP = 5; // px
const SHOWN = 30; // duties listed under the map
const TURN = 137.5; // degrees of hue from one department to the next

export async function mapView({ main, signal }) {
  document.title = "组织图 · 归谁管";
  const place = h("div", { class: "map" });
  const found = h("section", { class: "found", "aria-label": "找到的职责" });
  const id = freshId("filter");
  const filter = h("input", { type: "search", id, placeholder: "岗位、部门，或职责里的词", autocomplete: "off" });
  const count = h("p", { class: "soft", role: "status" });
  main.replaceChildren(
    h("h1", {}, "组织图"),
    h("p", { class: "soft" }, "每一块是一个部门，每一格是一个岗位，每个点是一条职责。"),
    h("form", { class: "filter", role: "search", onsubmit: (event) => event.preventDefault() }, h("label", { for: id }, "在图里找"), filter, count),
    place,
    found,
  );
  const tree = await whileWaiting(place, departments(), () => h("div", { class: "card bones tallest", "aria-hidden": "true" }));
  if (signal.aborted) return;
  const fields = tree.map(field);
  place.replaceChildren(...fields.map(({ element }) => element));
  const draw = () => lay(place, fields);
  const resize = new ResizeObserver(draw);
  resize.observe(place);
  signal.addEventListener("abort", () => resize.disconnect());
  draw();
  const search = () => light(filter.value.trim(), fields, count, found);
  filter.addEventListener("input", search);
  if (filter.value) search(); // typed while the map was on its way
}

export function hueOf(index) {
  return (170 + index * TURN) % 360;
}

/** A department with its tiles, biggest first. */
function field(unit, index) {
  const posts = [
    ...(unit.clauses.length || !unit.positions.length ? [{ department: unit.department, position: null, clauses: unit.clauses }] : []),
    ...unit.positions.map((position) => ({ department: unit.department, ...position })),
  ];
  const tiles = posts.sort((one, other) => other.clauses.length - one.clauses.length).map(tile);
  const name = h("h2", {}, h("a", { href: postUrl(unit) }, unit.department));
  const element = h("section", { class: "unit", "aria-label": unit.department }, name, tiles.map(({ element }) => element));
  element.style.setProperty("--hue", hueOf(index));
  return { element, tiles, size: tiles.reduce((sum, { size }) => sum + size, HEAD) };
}

function tile(post) {
  const dots = post.clauses.map((clause) => h("i", { title: `${clause.number}. ${clause.text}` }));
  const label = `${post.position ?? "部门职责"}，${post.clauses.length} 条职责`;
  const element = h(
    "a",
    { class: `tile${dots.length ? "" : " empty"}`, href: postUrl(post), "aria-label": label },
    h("span", { class: "name" }, post.position ?? "部门职责"),
    h("span", { class: "dots", "aria-hidden": "true" }, dots),
  );
  return { element, dots, post, size: post.clauses.length + LEAST };
}

function lay(place, fields) {
  const width = place.clientWidth;
  const posts = fields.reduce((sum, { tiles }) => sum + tiles.length, 0);
  const height = Math.max(320, (posts * ROOM) / width + fields.length * (width < 600 ? LABEL : 0));
  place.style.height = `${height}px`;
  const order = [...fields].sort((one, other) => other.size - one.size);
  const rectangles = treemap(order.map(({ size }) => size), { x: 0, y: 0, w: width, h: height });
  order.forEach(({ element, tiles }, i) => {
    const { w, h: tall } = put(element, rectangles[i], GAP);
    const inner = treemap(tiles.map(({ size }) => size), { x: GAP, y: LABEL, w: w - 2 * GAP, h: Math.max(1, tall - LABEL - GAP) });
    tiles.forEach((one, j) => put(one.element, inner[j], 3));
  });
}

/** Place an element in a rectangle, with a gap to its neighbours; gives the size that is left. */
function put(element, { x, y, w, h: tall }, gap) {
  const size = { w: Math.max(0, w - gap), h: Math.max(0, tall - gap) };
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${size.w}px`, height: `${size.h}px` });
  return size;
}

function light(word, fields, count, found) {
  const lower = word.toLowerCase();
  const hits = [];
  let posts = 0;
  for (const { tiles } of fields) {
    for (const { element, dots, post } of tiles) {
      const named = postName(post).toLowerCase().includes(lower);
      const clauses = word ? post.clauses.map((clause) => clause.text.toLowerCase().includes(lower)) : [];
      dots.forEach((dot, i) => dot.classList.toggle("lit", clauses[i] ?? false));
      hits.push(...post.clauses.filter((_, i) => clauses[i]));
      const shown = named || clauses.includes(true);
      posts += shown ? 1 : 0;
      element.classList.toggle("dim", !shown);
      element.classList.toggle("lit", Boolean(word) && shown);
    }
  }
  count.textContent = word ? `${posts} 个岗位，${hits.length} 条职责` : "";
  found.replaceChildren(...(hits.length ? [h("h2", {}, `写到“${word}”的职责`), h("ul", { class: "duties" }, hits.slice(0, SHOWN).map((clause) => hit(clause, word)))] : []));
  announce(count.textContent);
}

function hit(clause, word) {
  return h(
    "li",
    {},
    h("p", {}, marked(clause.text, spansOf(clause.text, word))),
    h("p", { class: "where" }, h("a", { href: postUrl(clause) }, postName(clause)), " ", h("a", { href: sourceUrl(clause.source, clause.lines) }, `第 ${clause.number} 条`)),
  );
}
