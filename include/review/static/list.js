// The list: walking through it, searching it, and deciding on equal findings together.
import { keys, post, root } from "./asking.js";

const list = document.querySelector("ol.findings");
const bar = document.getElementById("bulk");
const search = document.getElementById("search");
const sought = document.getElementById("sought");
const more = document.getElementById("more");
const within = Object.fromEntries(new URLSearchParams(list.dataset.query));
const links = () => [...list.querySelectorAll("a.finding")];
const ticks = () => [...list.querySelectorAll(".pick input")];
const picked = () => ticks().filter((one) => one.checked).map((one) => one.closest("li"));
const text = (id, words) => (document.getElementById(id).textContent = words);
const few = (said) => said.slice(0, 3).join(", ") + (said.length > 3 ? ` and ${said.length - 3} more` : "");
const count = (number) => `${number.toLocaleString("en")} ${number === 1 ? "finding" : "findings"}`;

document.getElementById("filters").addEventListener("change", (event) => location.assign(`${root}/${event.target.value}`));
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());

function step(by) {
  const all = links();
  const here = all.indexOf(document.activeElement.closest("li")?.querySelector("a.finding"));
  all[Math.min(Math.max(here + by, 0), all.length - 1)]?.focus();
}

// What is selected, and whether it may be decided on together.
function tell() {
  const rows = picked();
  const done = document.getElementById("done").textContent;
  bar.hidden = !rows.length && !done;
  document.body.classList.toggle("with-bar", !bar.hidden);
  bar.querySelector(".bulk-tools").hidden = !rows.length;
  const shapes = new Set(rows.map((row) => row.dataset.shape));
  const equal = shapes.size === 1 && !shapes.has("");
  const approvable = equal && rows.every((row) => row.dataset.bulk);
  const why = equal ? (approvable ? "" : " Nothing is recommended for these, or a client must consent: approve each by itself.") : " They differ in what would be done: select equal ones.";
  text("selected", rows.length ? `${count(rows.length)} selected.${why}` : "");
  bar.querySelector("[data-many=approved]").disabled = !approvable;
  bar.querySelector("[data-many=rejected]").disabled = !equal;
  bar.querySelector("[data-many=deferred]").disabled = !equal;
  bar.querySelector("[data-equal]").hidden = !rows[0]?.dataset.shape;
  bar.querySelector("[data-none]").textContent = rows.length ? "Select none" : "Close";
}

// What a decision still lacks; its field is where the keyboard goes.
function lacking(verdict, reason, until) {
  const [name, why] = verdict === "rejected" && !reason ? ["reason", "Say why: the reason is kept with each rejection."]
    : verdict === "deferred" && !until ? ["until", "Choose the day on which they should come back."] : [];
  if (name) bar.querySelector(`[name=${name}]`).focus();
  return why;
}

async function decide(verdict) {
  const rows = picked();
  const [reason, until] = ["reason", "until"].map((name) => bar.querySelector(`[name=${name}]`).value.trim());
  const lacks = lacking(verdict, reason, until);
  if (lacks) return text("done", lacks);
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((one) => (one.disabled = true));
  text("done", "Sending …");
  const findings = rows.map(({ dataset }) => ({
    id: dataset.id,
    version: Number(dataset.version),
    option_hash: verdict === "approved" ? dataset.bulk : null,
  }));
  const asked = { verdict, reason: reason || null, until: verdict === "deferred" ? until : null, findings };
  try {
    const { status, said } = await post("/api/decisions", asked);
    if (status === 200) became(verdict, said);
    else text("done", said.detail ?? "It did not work. Reload the page to see how it stands.");
  } catch {
    text("done", "The server did not answer. Reload the page to see which of them arrived.");
  } finally {
    buttons.forEach((one) => (one.disabled = false));
    tell();
  }
}

// What became of each; those that were not decided are named, with why.
function became(verdict, said) {
  for (const one of said.findings) settle(one);
  const refused = said.findings.filter((one) => one.why);
  const alike = !said.took && new Set(refused.map((one) => one.why)).size === 1;
  const half = said.findings.filter((one) => one.state === "half_approved").length;
  const waits = half ? ` ${half === said.took ? "They wait" : `${half} of them wait`} for a second person.` : "";
  const words = { approved: "Approved", rejected: "Rejected", deferred: "Deferred" };
  text("done", alike ? refused[0].why : `${words[verdict]}: ${count(said.took)}.${waits}${said.not ? ` Not decided: ${said.not}.` : ""}`);
  const undone = document.getElementById("undone");
  undone.replaceChildren(...(alike ? [] : refused).map((one) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `${root}/findings/${one.id}`, textContent: nameOf(one.id) });
    item.append(link, `: ${one.why}`);
    return item;
  }));
  undone.hidden = !undone.children.length;
  if (!said.not) bar.querySelectorAll("input").forEach((one) => (one.value = ""));
}

const nameOf = (id) => list.querySelector(`[data-id="${id}"] .name`)?.textContent ?? `Finding ${id}`;

// A row that was decided stays where it was, and says so.
function settle({ id, state }) {
  const row = list.querySelector(`[data-id="${id}"]`);
  if (!state || !row) return;
  row.querySelector(".pick").remove();
  row.classList.add("done");
  const words = { half_approved: "waits for a second person" };
  row.querySelector(".age").textContent = words[state] ?? state;
}

function row(one) {
  const made = document.getElementById("row").content.cloneNode(true);
  const put = (kind, words) => (made.querySelector(kind).textContent = words);
  const choose = one.choices === 1 ? "A person must decide whether it is right" : one.choices ? `A person must choose among ${one.choices} options` : "Nothing to do but to know";
  put(".what", one.title);
  put(".proposal", one.recommended ?? choose);
  const told = [one.called, few(one.addresses), few([one.subject, ...one.others])].filter(Boolean);
  const records = told.map((said, at) => Object.assign(document.createElement("bdi"), { textContent: said, className: at === 0 && one.called ? "name" : "" }));
  made.querySelector(".records").append(...records.flatMap((said, at) => (at ? [" · ", said] : [said])));
  put(".strength", one.strength);
  put(".age", one.age);
  made.querySelector(".strength").classList.add(one.strength.replace(" ", "-"));
  made.querySelector("a").href = `${root}/findings/${one.id}${list.dataset.query}`;
  Object.assign(made.querySelector("li").dataset, { id: one.id, version: one.version, shape: one.shape, bulk: one.bulk ?? "" });
  made.querySelector(".pick input").setAttribute("aria-label", `Select ${one.title}: ${one.called || one.subject}`);
  if (one.state !== "open") made.querySelector(".pick").remove();
  return made;
}

// The words are sent in the body, and kept in this tab's history entry for when somebody comes back.
async function find(words, after = null) {
  const { status, said } = await post("/api/search", { sought: words, within, after }).catch(() => ({ said: {} }));
  if (status !== 200) return text("number", said.detail ?? "The search did not work. Try again.");
  if (!after) list.replaceChildren();
  list.append(...said.findings.map(row));
  text("number", `${count(said.number)} found`);
  document.querySelectorAll(".empty, a.button").forEach((one) => one.remove());
  more.parentElement.hidden = !said.next;
  more.onclick = () => find(words, said.next);
  history.replaceState({ sought: words }, "");
  clear();
}

search.hidden = false;
search.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = sought.value.trim();
  if (words) find(words).then(() => links()[0]?.focus());
  else {
    history.replaceState(null, "");
    location.reload();
  }
});
if (history.state?.sought) {
  sought.value = history.state.sought;
  find(history.state.sought);
}

list.addEventListener("change", () => clear());
bar.addEventListener("click", ({ target }) => {
  if (target.dataset.many) return decide(target.dataset.many);
  if ("none" in target.dataset) ticks().forEach((one) => (one.checked = false));
  if ("equal" in target.dataset) {
    const shape = picked()[0]?.dataset.shape;
    ticks().forEach((one) => (one.checked = one.closest("li").dataset.shape === shape));
  }
  if ("none" in target.dataset || "equal" in target.dataset) clear();
});

// A decision of before is nothing that a new selection should stand beside.
function clear() {
  text("done", "");
  document.getElementById("undone").hidden = true;
  tell();
}

const reach = (selector) => () => {
  const there = bar.hidden ? null : bar.querySelector(`${selector}:enabled`);
  there?.focus();
  return Boolean(there);
};
keys({
  a: reach("[data-many=approved]"),
  r: reach("[name=reason]"),
  d: reach("[name=until]"),
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const tick = document.activeElement.closest("li")?.querySelector(".pick input");
    tick?.click();
    return Boolean(tick);
  },
  "/": () => sought.focus(),
  n: () => document.querySelector(".more:not([hidden]) > *")?.click(),
});
