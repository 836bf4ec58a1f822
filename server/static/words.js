// What the page says, where it is not just a label in its place.

export const ROLES = { lead: "负责", approve: "审批", support: "配合", participate: "参与", supervise: "监督" };
export const FACTS = { superior: "上级", subordinates: "下级", headcount: "人数" };

/** A calibrated probability in words; the number itself is in the tooltip. */
export function confidenceWord(confidence) {
  if (confidence >= 0.85) return "很有把握";
  if (confidence >= 0.6) return "较有把握";
  if (confidence >= 0.35) return "把握一般，请核对原文";
  return "把握不大，请核对原文";
}

export const GAPS = {
  numbering_gap: "编号不连续，可能漏了内容",
  position_without_duties: "岗位没有写职责",
  department_without_positions: "部门下没有写岗位",
  unnumbered_duty: "职责没有编号",
  unparsed_line: "不属于任何岗位的一行",
  empty_item: "条款没有内容",
  undecided_heading: "标题不确定是不是岗位",
  table_not_understood: "表格没有读懂",
  orphan_questions: "预期问题对不上条款",
};

export function gapWord(kind) {
  return GAPS[kind] ?? "需要看一看";
}

const ERRORS = {
  offline: "连不上服务器。请检查网络，或稍后再试。",
  slow: "服务器一直没有回答。请稍后再试。",
  too_many: "问得太快了，请稍等一会儿再试。",
  busy: "现在提问的人很多，请过几秒再试。",
  timeout: "服务器这次没来得及回答，请再试一次。",
  index_missing: "服务器还没有准备好职责文档，请联系管理员。",
  index_unavailable: "职责索引暂时用不了，请联系管理员。",
  storage_unavailable: "服务器的数据库暂时用不了，请稍后再试。",
  bad_question: "这个问题没法查：请输入 1 到 500 个字。",
  unknown_name: "职责文档里没有这个部门或岗位。",
  too_large: "内容太大，服务器没有接收。",
  forbidden: "这需要管理员的密钥。",
  bad_key: "密钥不对，或者已经停用。",
  no_key: "请先用密钥登录。",
};

/** What to tell a person about a failed request. */
export function errorWord(error) {
  if (ERRORS[error.code]) return ERRORS[error.code];
  if (error.status === 404) return "没有找到。";
  return "服务器出了点问题，请稍后再试。";
}

export function postName(post) {
  return post.position ? `${post.department}·${post.position}` : post.department;
}

export function postUrl(post) {
  const position = post.position ? `/${encodeURIComponent(post.position)}` : "";
  return `/posts/${encodeURIComponent(post.department)}${position}`;
}

export function sourceUrl(source, [first, last]) {
  return `/documents/${encodeURIComponent(source)}#L${first}${last > first ? `-L${last}` : ""}`;
}

export function linesWord([first, last]) {
  return last > first ? `第 ${first}–${last} 行` : `第 ${first} 行`;
}
