// 对 / 不对: a verdict on an answer. Who is right is picked from the list of posts; a note and the question go along if one wants.

import { departments, post } from "./api.js";
import { announce, freshId, h } from "./dom.js";
import { errorWord } from "./words.js";

export function feedback(answer) {
  const place = h("div", { class: "feedback" });
  const keepId = freshId("keep");
  const keep = h("input", { type: "checkbox", id: keepId, checked: true });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const send = async (verdict, more = {}) => {
    wrong.textContent = "";
    const question = keep.checked ? { question: answer.question } : {};
    try {
      await post("/v1/feedback", { answer_id: answer.id, verdict, ...question, ...more });
    } catch (error) {
      wrong.textContent = errorWord(error);
      return;
    }
    place.replaceChildren(h("p", { class: "thanks" }, "已收到，谢谢。"));
    announce("已收到，谢谢。");
  };
  const no = h("button", { type: "button", "aria-expanded": "false", onclick: () => ask() }, "不对");
  const more = h("div");
  const ask = async () => {
    const open = no.getAttribute("aria-expanded") === "true";
    no.setAttribute("aria-expanded", String(!open));
    if (open) return more.replaceChildren();
    const form = correction(await departments().catch(() => []), (given) => send("wrong", given));
    more.replaceChildren(form);
    form.querySelector("select").focus();
  };
  place.append(
    h(
      "div",
      { class: "row" },
      h("span", { class: "soft" }, "答得对吗？"),
      h("button", { type: "button", onclick: () => send("right") }, "对"),
      no,
      h("label", { class: "soft", for: keepId }, keep, "附上我的问题"),
    ),
    more,
    wrong,
  );
  return place;
}

function correction(tree, send) {
  const selectId = freshId("right");
  const noteId = freshId("note");
  const select = h("select", { id: selectId }, h("option", { value: "" }, "不清楚，或者不在名单里"), tree.map(group));
  const note = h("textarea", { id: noteId, rows: "2", maxlength: "2000" });
  const submit = (event) => {
    event.preventDefault();
    const right = select.value ? JSON.parse(select.value) : {};
    const comment = note.value.trim();
    send({ ...right, ...(comment ? { comment } : {}) });
  };
  return h(
    "form",
    { class: "correction", onsubmit: submit },
    h("label", { for: selectId }, "应该归谁管？"),
    select,
    h("label", { for: noteId }, "备注（可不填）"),
    note,
    h("div", {}, h("button", { class: "primary" }, "提交")),
  );
}

function group({ department, positions }) {
  const own = h("option", { value: JSON.stringify({ department }) }, `${department}（部门）`);
  const others = positions.map(({ position }) => h("option", { value: JSON.stringify({ department, position }) }, position));
  return h("optgroup", { label: department }, own, others);
}
