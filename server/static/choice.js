// In which document to look, where there are several.

import { documents } from "./api.js";
import { h } from "./dom.js";

/** A choice that shows itself once it is known that there is one; `urlOf` gives the address with a document's slug, or null for all. */
export function documentChoice(chosen, urlOf) {
  const summary = h("summary", {});
  const list = h("ul", {});
  const choice = h("details", { class: "choice soft", hidden: true }, summary, list);
  fillIn(choice, summary, list, chosen, urlOf);
  return choice;
}

async function fillIn(choice, summary, list, chosen, urlOf) {
  let all;
  try {
    all = await documents();
  } catch {
    return; // without the choice all documents are asked
  }
  const link = (slug, title) => h("li", {}, h("a", { href: urlOf(slug), "aria-current": slug === chosen ? "true" : null }, title));
  const { title = "所有文件" } = all.find(({ document }) => document === chosen) ?? {};
  summary.replaceChildren(`在哪份文件里找：${title}`);
  list.replaceChildren(link(null, "所有文件"), ...all.map((one) => link(one.document, one.title)));
  choice.hidden = all.length < 2;
}
