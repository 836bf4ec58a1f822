// An answer: the sentence, the posts with the clauses that say so, the question back, and what one can do with it.

import { feedback } from "./feedback.js";
import { announce, h, marked } from "./dom.js";
import { ROLES, confidenceWord, linesWord, postName, postUrl, sourceUrl } from "./words.js";

const LIKELY = 0.5; // share of the first post's score from which another one is likely too

/** `again(option)` asks the same question within a department, position or document. */
export function answerView(answer, { again }) {
  const parts = answer.parts?.length > 1 ? answer.parts : null;
  return h(
    "article",
    { class: `answer${answer.abstained ? " abstained" : ""}` },
    lead(answer),
    answer.clarify ? clarify(answer.clarify, again) : null,
    parts ? parts.map(part) : posts(answer),
    actions(answer),
    feedback(answer),
  );
}

function lead(answer) {
  const text = answer.clarify ? answer.answer.replace(answer.clarify.question, "") : answer.answer; // the question back stands below
  const words = text.split(/(\[\d+\])/).map((piece) => {
    const ref = /^\[(\d+)\]$/.exec(piece);
    return ref ? h("a", { class: "ref", href: `#c${ref[1]}`, "aria-label": `依据 ${ref[1]}` }, ref[1]) : piece;
  });
  return h("p", { class: "said" }, words);
}

function clarify({ question, options }, again) {
  const several = new Set(options.map((option) => option.document)).size > 1;
  return h(
    "div",
    { class: "clarify" },
    h("p", {}, question),
    h(
      "div",
      { class: "row", role: "group", "aria-label": question },
      options.map((option) => h("button", { type: "button", onclick: () => again(option) }, several ? `${postName(option)}（${option.title}）` : postName(option))),
    ),
  );
}

/** One question of several in one sentence. */
function part(given, index) {
  return h(
    "section",
    { class: "part" },
    h("h2", {}, h("span", { class: "count" }, String(index + 1)), given.question),
    given.abstained ? h("p", { class: "none" }, "职责文档里没有写这件事归谁管。") : posts(given),
  );
}

function posts({ posts: found, nearest = [], abstained, confidence }) {
  if (abstained) {
    return [nearest.length ? h("h2", { class: "over" }, "最接近的岗位，可以先问问") : null, nearest.map((post) => card(post, "也许相关"))];
  }
  const [first, ...others] = found;
  const word = (post) => (post.score >= LIKELY * first.score ? "也有可能" : "可能性较小");
  return [
    card(first, confidenceWord(confidence), { confidence, best: true }),
    others.length ? h("h2", { class: "over" }, "其他可能") : null,
    others.map((post) => card(post, word(post))),
  ];
}

function card(post, word, { confidence = null, best = false } = {}) {
  const number = confidence === null ? null : `估计有 ${Math.round(confidence * 100)}% 的把握第一个岗位是对的`;
  return h(
    "section",
    { class: `card post${best ? " best" : ""}` },
    h(
      "header",
      {},
      h("h2", {}, h("a", { href: postUrl(post) }, h("span", { class: "department" }, post.department), post.position ?? "部门职责")),
      h("span", { class: `role ${post.role}` }, ROLES[post.role]),
      h("span", { class: "sure", title: number }, word),
    ),
    h("ol", { class: "citations" }, post.citations.map(citation)),
  );
}

function citation(cited) {
  return h(
    "li",
    { id: `c${cited.ref}` },
    h("span", { class: "ref", "aria-hidden": "true" }, String(cited.ref)),
    h(
      "div",
      {},
      h("blockquote", {}, marked(cited.text, cited.highlights)),
      h(
        "p",
        { class: "where" },
        `第 ${cited.number} 条，`,
        h("a", { href: sourceUrl(cited.source, cited.lines) }, `${cited.title} ${linesWord(cited.lines)}`),
        cited.ocr ? "（由图片识别，请核对原件）" : "",
      ),
    ),
  );
}

function actions(answer) {
  const copied = h("button", { type: "button", onclick: () => copy(asText(answer), copied, "已复制") }, "复制答案和依据");
  const linked = h("button", { type: "button", onclick: () => copy(location.href, linked, "链接已复制") }, "复制链接");
  return h("div", { class: "row actions" }, copied, linked);
}

/** The answer for a chat window or a mail, each mark with its clause and where it is written. */
export function asText(answer) {
  const from = answer.parts?.length > 1 ? answer.parts.flatMap((given) => given.posts) : answer.posts.concat(answer.nearest);
  const cited = from.flatMap((post) =>
    post.citations.map((one) => `[${one.ref}] ${postName(post)}，第 ${one.number} 条：${one.text}（${one.title} ${linesWord(one.lines)}）`),
  );
  return [`问：${answer.question}`, `答：${answer.answer}`, "", ...new Set(cited), location.href].join("\n");
}

async function copy(text, button, done) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyByHand(text); // an intranet page without TLS has no clipboard API
  }
  button.textContent = done;
  announce(done);
  setTimeout(() => (button.textContent = before), 2000);
}

function copyByHand(text) {
  const area = h("textarea", { class: "hidden", readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
