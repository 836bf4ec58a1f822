// The same public API that everyone else calls (docs/service.md), and nothing else.

const PATIENCE = 45_000; // ms; the server itself gives up after DUTY_TIMEOUT_SECONDS
const BUILDING = 900_000; // ms, for what reads a document or builds an index
const FRESH = 60_000; // ms that the tree of departments is kept

/** A request that failed; `code` is the server's own word, or `offline` and `slow` where there is no answer. */
export class ApiError extends Error {
  constructor(status, code, message, field) {
    super(message);
    Object.assign(this, { status, code, field });
  }
}

let bearer = null;

/** Send this key with every request from now on: where nobody signs in (DUTY_PAGE_ACCESS open or proxy). Kept in memory only. */
export function useKey(key) {
  bearer = key;
}

async function send(method, path, { body, accept = "application/json", signal, type = "application/json", patience = PATIENCE } = {}) {
  const headers = { Accept: accept };
  if (body !== undefined) headers["Content-Type"] = type;
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  const late = AbortSignal.timeout(patience);
  const either = signal ? AbortSignal.any([signal, late]) : late;
  let response;
  try {
    response = await fetch(path, { method, headers, body, signal: either });
  } catch (error) {
    throw lost(error, late);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

function lost(error, late) {
  if (late.aborted) return new ApiError(0, "slow", "no answer");
  if (error.name === "AbortError") return error;
  return new ApiError(0, "offline", String(error));
}

async function refusal(response) {
  const { error = {} } = await response.json().catch(() => ({}));
  return new ApiError(response.status, error.code ?? "failed", error.message ?? "", error.field);
}

/** What a GET answers, as an object. */
export async function get(path, signal) {
  return (await send("GET", path, { signal })).json();
}

export async function getText(path, signal) {
  return (await send("GET", path, { signal, accept: "*/*" })).text();
}

export async function post(path, content) {
  return (await send("POST", path, { body: JSON.stringify(content) })).json();
}

/** Send a file's bytes as they are. */
export async function upload(path, file) {
  return (await send("POST", path, { body: file, type: "application/octet-stream", patience: BUILDING })).json();
}

/** A change of documents or versions, which may build an index: the server's answer. */
export async function change(method, path, content) {
  forget();
  return (await send(method, path, { body: content && JSON.stringify(content), patience: BUILDING })).json();
}

/** Ask as a stream: `onDelta` gets each sentence as it comes; the whole answer is returned. */
export async function ask(asked, onDelta, signal) {
  const response = await send("POST", "/v1/ask", { body: JSON.stringify(asked), accept: "text/event-stream", signal });
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.json();
  let answer = null;
  try {
    for await (const { name, data } of events(response.body)) {
      if (name === "delta") onDelta(data.text);
      if (name === "answer") answer = data;
    }
  } catch (error) {
    throw error.name === "AbortError" ? error : new ApiError(0, error.name === "TimeoutError" ? "slow" : "offline", String(error));
  }
  if (answer === null) throw new ApiError(0, "offline", "the stream ended early");
  return answer;
}

/** The server-sent events of a body: {name, data}, data parsed. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) yield readEvent(block);
  }
}

function readEvent(block) {
  const lines = block.split("\n");
  const field = (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return { name: field("event")[0] ?? "message", data: JSON.parse(field("data").join("\n")) };
}

const kept = new Map();

/** The departments with their positions and clauses, not older than FRESH. */
export async function departments() {
  return (await fresh("/v1/departments")).departments;
}

/** What documents there are: {document, title}, not older than FRESH. */
export async function documents() {
  return (await fresh("/v1/documents")).documents;
}

function fresh(path) {
  if (!kept.has(path)) {
    const answer = get(path);
    kept.set(path, answer);
    answer.catch(forget);
    setTimeout(forget, FRESH);
  }
  return kept.get(path);
}

function forget() {
  kept.clear();
}
