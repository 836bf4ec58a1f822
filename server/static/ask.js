// Asking: the box, the examples, and the answer to what the address holds.
//
// The address is the state: /?q=first&q=follow-up&department=…&position=…&document=… can be shared, and back and
// forward work.
// The last q is the question; the ones before it are the conversation that it goes on from.

import { answerView } from "./answer.js";
import { ask, departments, get } from "./api.js";
import { documentChoice } from "./choice.js";
import { announce, freshId, h } from "./dom.js";
import { searchBox } from "./search.js";
import { problem, skeleton, whileWaiting } from "./states.js";
import { postName, postUrl } from "./words.js";

const TURNS = 10; // questions that an address holds at most

let box = null;
let chosen = null; // the document that the next question is asked of

/** The address that asks these questions, within a post or a document if one is given. */
export function askUrl(questions, scope = {}) {
  const query = new URLSearchParams(questions.slice(-TURNS).map((question) => ["q", question]));
  if (scope.department) query.set("department", scope.department);
  if (scope.position) query.set("position", scope.position);
  if (scope.document) query.set("document", scope.document);
  return `/?${query}`;
}

export async function askView({ main, url, signal, go }) {
  const questions = url.searchParams.getAll("q").map((question) => question.trim()).filter(Boolean);
  const scope = Object.fromEntries(["department", "position", "document"].map((name) => [name, url.searchParams.get(name)]));
  box ??= searchBox({ onAsk: (question) => go(askUrl([question], { document: chosen })), go });
  chosen = scope.document;
  const question = questions.at(-1);
  box.input.value = questions.length > 1 ? "" : (question ?? "");
  const choice = documentChoice(chosen, (slug) => askUrl(questions, { document: slug }));
  if (question === undefined) return home(main, choice, signal);
  document.title = `${question} · 归谁管`;
  const result = h("section", { class: "result", "aria-label": "答案" });
  const visible = document.activeElement === box.input;
  main.replaceChildren(h("div", { class: "ask" }, box.form, choice, trail(questions, scope, go), result));
  if (visible) box.input.focus();
  await answerInto(result, questions, scope, signal, go);
}

function home(main, choice, signal) {
  document.title = "归谁管 · 一句话问出职责";
  const examples = h("div", { class: "examples", "aria-label": "可以这样问", role: "group" });
  const facts = h("p", { class: "facts soft" });
  main.replaceChildren(
    h(
      "div",
      { class: "ask home" },
      h("h1", {}, "这事归谁管？"),
      h("p", { class: "lede" }, "用平常的话问一件事，找到负责的部门和岗位，每个答案都附职责原文。"),
      box.form,
      choice,
      examples,
      facts,
    ),
  );
  box.input.focus({ preventScroll: true });
  return whenReady(examples, facts, signal);
}

async function whenReady(examples, facts, signal) {
  const [{ suggestions }, tree] = await Promise.all([get("/v1/suggest", signal), departments()]);
  examples.replaceChildren(
    h("span", { class: "soft" }, "试试"),
    ...suggestions.map((one) => h("a", { class: "chip", href: one.kind === "question" ? askUrl([one.text]) : postUrl(one) }, one.text)),
  );
  const positions = tree.reduce((sum, { positions }) => sum + positions.length, 0);
  const duties = (unit) => unit.clauses.length;
  const clauses = tree.reduce((sum, unit) => sum + duties(unit) + unit.positions.reduce((own, position) => own + duties(position), 0), 0);
  facts.replaceChildren(
    `收录 ${tree.length} 个部门、${positions} 个岗位、${clauses} 条职责，`,
    h("a", { href: "/map" }, "看组织图"),
  );
}

/** What the conversation went through, and the scope that the question was narrowed to. */
function trail(questions, scope, go) {
  const earlier = questions.slice(0, -1).map((question, i) => h("li", {}, h("a", { href: askUrl(questions.slice(0, i + 1)) }, question)));
  const now = h("h1", { class: earlier.length ? null : "hidden" }, questions.at(-1)); // a first question stands in the box above
  const narrowed = scope.department
    ? h(
        "p",
        { class: "scope" },
        `只在 ${postName(scope)} 里找`,
        h("button", { type: "button", class: "plain", onclick: () => go(askUrl(questions, { document: scope.document })) }, "不限部门"),
      )
    : null;
  return h("div", { class: "trail" }, earlier.length ? h("ol", { "aria-label": "之前的问题" }, earlier) : null, now, narrowed);
}

async function answerInto(result, questions, scope, signal, go) {
  const narrowed = Object.entries(scope).filter(([, name]) => name);
  const asked = { question: questions.at(-1), ...Object.fromEntries(narrowed) };
  const history = questions.slice(0, -1).map((content) => ({ role: "user", content }));
  if (history.length) asked.history = history;
  let lead = null;
  const onDelta = (sentence) => {
    if (lead === null) {
      lead = h("p", { class: "said" });
      const waiting = result.querySelector(".skeleton > i");
      if (waiting) waiting.replaceWith(lead);
      else result.prepend(lead);
    }
    lead.append(sentence);
  };
  const bones = () => {
    const waiting = skeleton();
    if (lead) waiting.querySelector("i").replaceWith(lead);
    return waiting;
  };
  let answer;
  try {
    answer = await whileWaiting(result, ask(asked, onDelta, signal), bones);
  } catch (error) {
    if (signal.aborted) return;
    result.replaceChildren(problem(error, () => answerInto(result, questions, scope, signal, go)));
    announce("没有得到答案");
    return;
  }
  if (signal.aborted) return;
  const again = (option) => go(askUrl(questions, option));
  result.replaceChildren(answerView(answer, { again }), followUp(questions, scope, go));
  announce(answer.answer);
  document.getElementById("version").textContent = `索引 ${answer.index_version}`;
}

function followUp(questions, scope, go) {
  const id = freshId("follow");
  const input = h("input", { id, maxlength: "500", autocomplete: "off", enterkeyhint: "send", placeholder: "例如：那公众客户呢？" });
  const submit = (event) => {
    event.preventDefault();
    const question = input.value.trim();
    if (question) go(askUrl([...questions, question], { document: scope.document }));
  };
  return h(
    "form",
    { class: "follow", onsubmit: submit },
    h("label", { for: id }, "接着问"),
    h("div", { class: "field" }, input, h("button", {}, "追问")),
  );
}
