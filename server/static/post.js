// One post: who is above and below it, its duties, the same duties elsewhere, and who supports, joins in or supervises them.

import { get } from "./api.js";
import { h, show } from "./dom.js";
import { pair } from "./diff.js";
import { whileWaiting } from "./states.js";
import { FACTS, ROLES, linesWord, postName, postUrl, sourceUrl } from "./words.js";

export async function postView({ main, parts: [department, position], signal }) {
  const post = { department, position };
  document.title = `${postName(post)} · 归谁管`;
  const place = h("div", {});
  main.replaceChildren(
    h("p", { class: "crumbs" }, h("a", { href: "/map" }, "组织图"), position ? [" › ", h("a", { href: postUrl({ department }) }, department)] : null),
    h("h1", {}, position ?? department),
    place,
  );
  const query = new URLSearchParams(position ? { department, position } : { department });
  const found = await whileWaiting(place, get(`/v1/posts?${query}`, signal));
  show(place, facts(found), duties(found), twins(found), partners(found));
}

function facts({ facts: found }) {
  if (!found.length) return null;
  return h(
    "p",
    { class: "soft about" },
    found.map(({ kind, value, source, line }) =>
      h("span", {}, `${FACTS[kind]}：`, h("a", { href: sourceUrl(source, [line, line]) }, value)),
    ),
  );
}

function duties({ clauses, position }) {
  if (!clauses.length) return h("p", { class: "notice" }, `文档里有这个${position ? "岗位" : "部门"}，但没有写它自己的职责。`);
  return [
    h("p", { class: "soft" }, `${position ? "岗位" : "部门"}职责 ${clauses.length} 条`),
    h("ol", { class: "card duties numbered" }, clauses.map(duty)),
  ];
}

function duty(clause) {
  return h(
    "li",
    {},
    h("span", { class: "number" }, clause.number),
    h("p", {}, clause.text, " ", h("a", { class: "where", href: sourceUrl(clause.source, clause.lines) }, linesWord(clause.lines))),
    clause.role === "lead" ? h("span") : h("span", { class: `role ${clause.role}` }, ROLES[clause.role]),
  );
}

function twins({ twins: found, clauses }) {
  if (!found?.length) return null;
  const own = new Map(clauses.map((clause) => [clause.clause_id, clause]));
  return [h("h2", {}, "别处也有的职责"), found.map((twin) => pair(own.get(twin.own), twin.clause, twin.share))];
}

function partners({ partners: found, clauses }) {
  if (!found.length) return null;
  const own = new Map(clauses.map((clause) => [clause.clause_id, clause]));
  return [
    h("h2", {}, "谁来配合、参与或监督"),
    h("p", { class: "soft" }, "从别的岗位的职责里找到：有的点了名，有的内容相近，请以原文为准。"),
    h("ul", { class: "card duties" }, found.map((partner) => partnerRow(partner, own.get(partner.own)))),
  ];
}

function partnerRow({ role, clause }, own) {
  return h(
    "li",
    {},
    h("span", { class: `role ${role}` }, ROLES[role]),
    h(
      "div",
      {},
      h("p", {}, clause.text),
      h(
        "p",
        { class: "where" },
        h("a", { href: postUrl(clause) }, postName(clause)),
        ` 第 ${clause.number} 条，`,
        own ? `与本岗第 ${own.number} 条相近` : "点名",
      ),
    ),
  );
}
