// Which view an address belongs to. Links inside the page swap the view; the address bar always says where one is.

import { adminView } from "./admin.js";
import { askView } from "./ask.js";
import { h } from "./dom.js";
import { mapView } from "./map.js";
import { overlapsView } from "./overlaps.js";
import { postView } from "./post.js";
import { sourceView } from "./source.js";
import { problem } from "./states.js";

const VIEWS = [
  [/^\/$/, askView],
  [/^\/map$/, mapView],
  [/^\/overlaps$/, overlapsView],
  [/^\/admin$/, adminView],
  [/^\/posts\/([^/]+)(?:\/([^/]+))?$/, postView],
  [/^\/documents\/([^/]+)$/, sourceView],
];

const main = document.getElementById("main");
let leaving = new AbortController();
let shown = null;

async function show(url, { focus = false } = {}) {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  shown = url.pathname + url.search;
  const [view, parts] = find(url.pathname);
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.pathname === url.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const retry = () => show(new URL(location.href));
  try {
    await view({ main, url, parts, signal, go });
  } catch (error) {
    if (signal.aborted) return;
    main.replaceChildren(problem(error, retry));
  }
  if (focus && !signal.aborted && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
}

function find(path) {
  for (const [pattern, view] of VIEWS) {
    const match = pattern.exec(path);
    if (match) return [view, match.slice(1).map((part) => (part === undefined ? null : decodeURIComponent(part)))];
  }
  return [notFound, []];
}

function notFound() {
  main.replaceChildren(h("h1", {}, "没有这个页面"), h("p", {}, h("a", { href: "/" }, "回到提问")));
}

/** Go to an address of this page. */
export function go(address) {
  const url = new URL(address, location.href);
  history.pushState(null, "", url);
  window.scrollTo(0, 0);
  show(url, { focus: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href.baseVal ?? link.href, location.href);
  if (url.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
  if (!VIEWS.some(([pattern]) => pattern.test(url.pathname))) return;
  event.preventDefault();
  go(url);
});

window.addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) show(new URL(location.href)); // else only the place in the view changed
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const box = main.querySelector("input[type=search]");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

show(new URL(location.href));
