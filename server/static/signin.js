// Signing in with a key. The browser keeps a cookie that no script can read; the key itself is forgotten at once.

import { post, useKey } from "./api.js";
import { freshId, h } from "./dom.js";
import { errorWord } from "./words.js";

/** A form for a key; `done` is called once it was accepted. */
export function signIn(done, { title = "请先登录", hint = "输入管理员发给您的密钥，12 小时内不用再登录。" } = {}) {
  const id = freshId("key");
  const input = h("input", { id, type: "password", autocomplete: "current-password", required: true, maxlength: "200" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      await accept(input.value.trim());
    } catch (error) {
      wrong.textContent = errorWord(error);
      input.focus();
      return;
    }
    done();
  };
  return h(
    "form",
    { class: "card signin", onsubmit: submit },
    h("h1", {}, title),
    h("p", { class: "soft" }, hint),
    h("label", { for: id }, "密钥"),
    h("div", { class: "row" }, input, h("button", { class: "primary" }, "登录")),
    wrong,
  );
}

async function accept(key) {
  try {
    await post("/v1/session", { key });
  } catch (error) {
    if (error.status !== 403) throw error;
    useKey(key); // nobody signs in where the page is open or behind a proxy: the key goes with each request instead
  }
}
