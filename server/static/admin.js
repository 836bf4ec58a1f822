// For admins: index versions, documents, feedback to review, and the quality report. Each tab has its own address.

import { change, get, getText, upload } from "./api.js";
import { pair } from "./diff.js";
import { announce, freshId, h, show } from "./dom.js";
import { reportView } from "./report.js";
import { signIn } from "./signin.js";
import { problem, whileWaiting } from "./states.js";
import { errorWord, gapWord, linesWord, postName } from "./words.js";

const TABS = { versions: ["版本", versions], documents: ["文档", documents], feedback: ["反馈", feedback], report: ["质量", report] };

// What corpus/readers reads; a test compares the two.
const ACCEPTED = ".txt,.md,.html,.htm,.mht,.mhtml,.docx,.xlsx,.xls,.csv,.pptx,.pdf,.png,.jpg,.jpeg,.bmp,.tif,.tiff,.webp,.doc,.wps,.rtf,.odt,.et,.ods,.ppt,.dps,.odp";

export async function adminView({ main, url, signal, go }) {
  const name = Object.hasOwn(TABS, url.searchParams.get("tab")) ? url.searchParams.get("tab") : "versions";
  const [title, fill] = TABS[name];
  document.title = `${title} · 管理 · 归谁管`;
  const place = h("div", { class: "admin" });
  const tab = ([key, [word]]) => h("a", { href: `/admin?tab=${key}`, "aria-current": key === name ? "page" : null }, word);
  show(main, h("h1", {}, "管理"), h("nav", { class: "tabs", "aria-label": "管理" }, Object.entries(TABS).map(tab)), place);
  const again = () => adminView({ main, url, signal, go });
  try {
    await fill(place, signal, again);
  } catch (error) {
    if (signal.aborted) return;
    if (error.status === 401 || error.status === 403) show(main, signIn(again, { title: "管理员登录", hint: "这里需要一把有 admin 权限的密钥：duty key create --scope admin" }));
    else if (error.status === 404) show(place, missing(error));
    else show(place, problem(error, again));
  }
}

function missing(error) {
  if (error.message.includes("report.json")) return h("p", { class: "notice" }, "还没有质量报告。在服务器的数据目录里运行：duty eval --json report.json");
  return h("p", { class: "notice" }, "这台服务器没有这项功能，请升级 dutyfinder。");
}

// Versions

async function versions(place, signal, again) {
  const { versions: found } = await whileWaiting(place, get("/v1/admin/versions", signal));
  const difference = h("section", { "aria-label": "版本差异", "aria-live": "polite" });
  const rows = found.map((version, i) => versionRow(version, found[i + 1], difference, again));
  show(
    place,
    h("p", { class: "soft" }, "新的在上。回退只换指针，立刻生效，也可以再换回来。"),
    h("ul", { class: "card duties" }, rows),
    difference,
  );
}

function versionRow(version, before, difference, again) {
  const compare = h("button", { type: "button", onclick: () => showDifference(difference, before.version, version.version) }, "和上一版比较");
  const back = h("button", { type: "button", onclick: () => rollback(version.version, difference, again) }, "换到这一版");
  return h(
    "li",
    {},
    h("div", { class: "grow" }, h("p", {}, h("b", {}, moment(version.created)), version.current ? h("span", { class: "role lead" }, "正在使用") : null), h("p", { class: "where" }, `${version.version} · ${version.documents.join("、")} · ${version.clauses} 条职责`)),
    before ? compare : null,
    version.current ? null : back,
  );
}

function moment(iso) {
  return new Date(iso).toLocaleString("zh-CN", { dateStyle: "medium", timeStyle: "short" });
}

async function showDifference(place, from, to) {
  try {
    const found = await whileWaiting(place, get(`/v1/admin/versions/diff?${new URLSearchParams({ from, to })}`));
    show(place, h("h2", {}, "这一版改了什么"), changes(found));
  } catch (error) {
    show(place, problem(error, () => showDifference(place, from, to)));
  }
}

/** A duty diff: clauses that came, went, moved or were reworded, and questions that another post answers now. */
function changes({ added, removed, moved, reworded, owners = [] }) {
  const section = (title, items) => (items.length ? h("section", {}, h("h3", {}, `${title} ${items.length}`), items) : null);
  const whose = (post) => (post ? postName(post) : "没有写");
  const parts = [
    section("回答换了岗位的问题", owners.map(({ question, from, to }) => h("p", { class: "card change" }, `${question}：`, h("del", {}, whose(from)), " → ", h("ins", {}, whose(to))))),
    section("新增", added.map((clause) => clauseRow(clause, "ins"))),
    section("删除", removed.map((clause) => clauseRow(clause, "del"))),
    section("换了岗位", moved.map(({ from, to }) => pair(from, to))),
    section("改了措辞", reworded.map(({ from, to }) => pair(from, to))),
  ].filter(Boolean);
  return parts.length ? parts : [h("p", { class: "notice" }, "职责没有变化。")];
}

function clauseRow(clause, tag) {
  return h("p", { class: "card change" }, h("span", { class: "where" }, `${postName(clause)} 第 ${clause.number} 条 `), h(tag, {}, clause.text));
}

async function rollback(version, place, again) {
  if (!(await confirmed(`换到版本 ${version}？员工马上会得到这一版的答案。`, "换到这一版"))) return;
  try {
    await change("POST", "/v1/admin/rollback", { version });
    await again();
    announce("已换到这一版");
  } catch (error) {
    show(place, problem(error, () => rollback(version, place, again)));
  }
}

/** Ask before something that others will notice. */
function confirmed(question, action) {
  return new Promise((resolve) => {
    const dialog = h(
      "dialog",
      { "aria-label": question, onclose: () => (dialog.remove(), resolve(dialog.returnValue === "yes")) },
      h("form", { method: "dialog" }, h("p", {}, question), h("div", { class: "row" }, h("button", { value: "no" }, "取消"), h("button", { value: "yes", class: "primary" }, action))),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Documents

async function documents(place, signal, again) {
  const { documents: found } = await whileWaiting(place, get("/v1/admin/documents", signal));
  const said = h("div", { role: "status" });
  const preview = h("section", { "aria-label": "预览", "aria-live": "polite" });
  const row = (document) =>
    h(
      "li",
      {},
      h(
        "div",
        { class: "grow" },
        h("p", {}, h("a", { href: `/documents/${encodeURIComponent(document.slug)}` }, document.slug)),
        h("p", { class: "where" }, `${document.departments} 个部门 · ${document.positions} 个岗位 · ${document.clauses} 条职责 · ${document.findings} 处疑问`),
      ),
      h("button", { type: "button", onclick: () => removeDocument(document.slug, said, again) }, "移除"),
    );
  show(place, h("ul", { class: "card duties" }, found.map(row)), uploadForm(preview, said, again), said, preview);
}

async function removeDocument(slug, said, again) {
  if (!(await confirmed(`移除文档 ${slug}？它的职责将不再出现在答案里。`, "移除"))) return;
  await published(said, change("DELETE", `/v1/admin/documents/${encodeURIComponent(slug)}`), again);
}

function uploadForm(preview, said, again) {
  const fileId = freshId("file");
  const nameId = freshId("name");
  const file = h("input", { id: fileId, type: "file", required: true, accept: ACCEPTED });
  const name = h("input", { id: nameId, placeholder: "不填就用文件名", autocomplete: "off" });
  const submit = async (event) => {
    event.preventDefault();
    show(said);
    const [chosen] = file.files;
    const query = new URLSearchParams({ filename: chosen.name, ...(name.value.trim() ? { name: name.value.trim() } : {}) });
    try {
      const read = await whileWaiting(preview, upload(`/v1/admin/documents?${query}`, chosen));
      show(preview, previewOf(read, said, preview, again));
    } catch (error) {
      show(preview, h("div", { class: "notice problem", role: "alert" }, h("p", {}, `这份文件没有读懂。${errorWord(error)}`), error.message ? h("p", { class: "soft", lang: "en" }, error.message) : null));
    }
  };
  return h(
    "form",
    { class: "card upload", onsubmit: submit },
    h("h2", {}, "上传文档"),
    h("p", { class: "soft" }, "先预览读出的条款，确认后才发布。支持 Word、Excel、PDF、网页和文本。"),
    h("div", { class: "fields" }, h("label", { for: fileId }, "文件"), file, h("label", { for: nameId }, "名称"), name),
    h("button", { class: "primary" }, "预览"),
  );
}

function previewOf({ preview: id, document: slug, clauses, findings, diff }, said, place, again) {
  const publish = h("button", { type: "button", class: "primary", onclick: () => published(said, change("POST", `/v1/admin/documents/${encodeURIComponent(id)}/publish`), again) }, "发布");
  const drop = h("button", { type: "button", onclick: () => show(place) }, "放弃");
  return [
    h("h2", {}, `预览：${slug}`),
    h("p", { class: "soft" }, `读出 ${clauses.length} 条职责，${findings.length} 处疑问。还没有发布。`),
    h("div", { class: "row" }, publish, drop),
    findings.length
      ? h("ul", { class: "card duties" }, findings.map((found) => h("li", {}, h("span", { class: "role supervise" }, gapWord(found.kind)), h("p", { class: "where" }, `第 ${found.line} 行 · `, h("span", { lang: "en" }, found.message)))))
      : null,
    diff ? [h("h3", {}, "和现在的版本相比"), changes(diff)] : null,
    h("h3", {}, "读出的条款"),
    h("ul", { class: "card duties" }, clauses.map((clause) => h("li", {}, h("span", { class: "number" }, clause.number), h("div", {}, h("p", {}, clause.text), h("p", { class: "where" }, `${postName(clause)} · ${linesWord(clause.lines)}`))))),
  ];
}

/** Wait for a new version, say so, and show the list again. */
async function published(said, work, again) {
  show(said, h("p", { class: "notice" }, "正在重建索引，旧版本继续服务…"));
  try {
    const { version } = await work;
    await again();
    announce(`已发布 ${version}`);
  } catch (error) {
    show(said, h("div", { class: "notice problem", role: "alert" }, h("p", {}, errorWord(error)), error.message ? h("p", { class: "soft", lang: "en" }, error.message) : null));
  }
}

// Feedback

async function feedback(place, signal) {
  const lines = (await whileWaiting(place, getText("/v1/feedback/export", signal))).split("\n").filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line)).reverse();
  const wrong = rows.filter(({ verdict }) => verdict === "wrong").length;
  show(
    place,
    h("p", { class: "soft" }, `${rows.length} 条反馈，其中 ${wrong} 条说不对。`, rows.length ? [" ", h("a", { href: "/v1/feedback/export", download: "feedback.jsonl" }, "下载"), " 后用 duty eval candidates 变成评测题。"] : null),
    rows.length ? h("ul", { class: "card duties" }, rows.map(verdictRow)) : h("p", { class: "notice" }, "还没有人反馈。"),
  );
}

function verdictRow(row) {
  const given = row.posts.length ? postName(row.posts[0]) : "没有写";
  const right = row.department ? h("p", {}, "应该是 ", h("b", {}, postName(row))) : null;
  return h(
    "li",
    {},
    row.verdict === "right" ? h("span", { class: "role lead" }, "对") : h("span", { class: "role supervise" }, "不对"),
    h(
      "div",
      { class: "grow" },
      h("p", {}, row.question ?? "（没有附上问题）"),
      h("p", { class: "where" }, `回答：${given}${row.given_at ? ` · ${moment(row.given_at)}` : ""}`),
      right,
      row.comment ? h("blockquote", {}, row.comment) : null,
    ),
  );
}

// Quality

async function report(place, signal) {
  const found = await whileWaiting(place, get("/v1/admin/report", signal));
  show(place, reportView(found));
}
