// The search box, and what it suggests while one types. A combobox as in the ARIA authoring practices: the box keeps the focus.

import { get } from "./api.js";
import { freshId, h, marked, spansOf } from "./dom.js";
import { postUrl } from "./words.js";

const PAUSE = 120; // ms without a key before suggestions are asked for
const KINDS = { department: "部门", position: "岗位", question: "问法" };

/** The form; `onAsk` gets a question, `go` the address of a chosen post. `value` can be set. */
export function searchBox({ onAsk, go }) {
  const listId = freshId("suggestions");
  const input = h("input", {
    type: "search", name: "q", id: freshId("q"), maxlength: "500", autocomplete: "off", enterkeyhint: "search",
    placeholder: "例如：佣金怎么结算，找谁", "aria-label": "这件事归谁管",
    role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
  });
  const list = h("ul", { id: listId, class: "suggestions", role: "listbox", "aria-label": "建议", hidden: true });
  const form = h(
    "form",
    { role: "search", class: "search", action: "/", method: "get" },
    h("div", { class: "field" }, input, h("button", { class: "primary" }, "提问")),
    list,
  );
  let options = [];
  let active = -1;
  let timer = 0;
  let asked = new AbortController();

  const close = () => {
    clearTimeout(timer);
    asked.abort();
    options = [];
    activate(-1);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };

  const activate = (index) => {
    active = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    if (index < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[index].id);
  };

  const choose = (option) => {
    close();
    if (option.kind === "question") {
      input.value = option.text;
      onAsk(option.text);
    } else {
      go(postUrl(option));
    }
  };

  const open = (suggestions, typed) => {
    options = suggestions;
    list.replaceChildren(
      ...suggestions.map((option) =>
        h(
          "li",
          { role: "option", id: freshId("option"), "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => choose(option) },
          h("span", { class: "kind" }, KINDS[option.kind]),
          h("span", {}, marked(option.text, spansOf(option.text, typed))),
        ),
      ),
    );
    activate(-1);
    list.hidden = !suggestions.length;
    input.setAttribute("aria-expanded", String(suggestions.length > 0));
  };

  const suggest = async () => {
    asked.abort();
    const typed = input.value.trim();
    if (!typed) return close();
    asked = new AbortController();
    try {
      const { suggestions } = await get(`/v1/suggest?q=${encodeURIComponent(typed)}`, asked.signal);
      if (document.activeElement === input) open(suggestions, typed);
    } catch {
      // Suggestions are a help; without them one can still ask.
    }
  };

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(suggest, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !options.length) return;
    const last = options.length - 1;
    if (event.key === "ArrowDown") activate(active === last ? 0 : active + 1);
    else if (event.key === "ArrowUp") activate(active <= 0 ? last : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) choose(options[active]);
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = input.value.trim();
    close();
    if (question) onAsk(question);
    else input.focus();
  });

  return { form, input };
}
