// What `duty eval --json` measured: each metric with its interval drawn, by kind of question, and the questions that went wrong.

import { h } from "./dom.js";

const METRICS = {
  "hit@1": "第一个岗位就对", "hit@3": "前三个岗位里有对的", "clause recall@5": "前五条依据里有对的", "answered when answerable": "该答的都答了", "refused when unanswerable": "不该答的没答",
  "mrr@10": "排名倒数均值", "ndcg@10": "排序质量",
};
const KINDS = { official: "公文说法", everyday: "日常说法", short: "短问题", department: "点名部门", compound: "一句多问", noisy: "有错字", role: "问分工", followup: "追问", none: "没有写的" };

export function reportView({ metrics, slices = {}, questions = [] }) {
  const missed = questions.filter((one) => Object.keys(one.expected).length && !one.expected[one.posts[0]]);
  return [
    h("p", { class: "soft" }, `${questions.length} 道评测题；横线是 95% 区间。`),
    h("table", { class: "card measures" }, h("tbody", {}, Object.entries(metrics).map(([name, measured]) => measure(METRICS[name] ?? name, measured)))),
    h("h2", {}, "按问法：第一个岗位就对"),
    h("table", { class: "card measures" }, h("tbody", {}, Object.entries(slices).filter(([, part]) => part["hit@1"]).map(([name, part]) => measure(KINDS[name] ?? name, part["hit@1"])))),
    h("h2", {}, `第一个岗位不对的题 ${missed.length}`),
    h("ul", { class: "card duties" }, missed.map((one) => h("li", {}, h("div", {}, h("p", {}, one.question), h("p", { class: "where" }, `应该是 ${Object.keys(one.expected).join("、")}；回答 ${one.posts[0] ?? "没有写"}`))))),
  ];
}

function measure(name, { value, interval: [low, high], questions }) {
  const bar = h("span", { class: "interval" }, h("i"), h("b"));
  const [range, point] = bar.children;
  Object.assign(range.style, { left: `${low * 100}%`, width: `${Math.max(0.5, (high - low) * 100)}%` });
  point.style.left = `${value * 100}%`;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    h("td", {}, value.toFixed(3)),
    h("td", { class: "wide", "aria-hidden": "true" }, bar),
    h("td", { class: "soft" }, `${low.toFixed(3)}–${high.toFixed(3)}`),
    h("td", { class: "soft" }, questions ? `${questions} 题` : ""),
  );
}
