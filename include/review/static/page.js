// Sends a decision, and says in words what became of it. Everything it shows goes through textContent.
const form = document.getElementById("decision");
const root = document.body.dataset.root;

function say(words, bad = false) {
  const said = document.getElementById("said");
  said.textContent = words;
  said.classList.toggle("bad", bad);
}

async function ask(path, body, headers = {}) {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(root + path, {
    ...how,
    headers: { "Content-Type": "application/json", ...headers },
    credentials: "same-origin",
  });
  const said = await answer.json().catch(() => ({}));
  return { status: answer.status, said };
}

const DONE = {
  approved: "Approved. It will be applied with the next run.",
  half_approved: "Approved by you. A second person must agree.",
  rejected: "Rejected. It stays so until its evidence changes.",
  deferred: "Deferred.",
};

// Shows the one link that goes on from here, and takes the keyboard to it.
function onward(words, href) {
  const link = document.querySelector("#onward a");
  if (words) [link.textContent, link.href] = [words, href];
  document.getElementById("onward").hidden = false;
  link.focus();
}

// What is no longer as this page shows it: the options, as the server tells, and the evidence.
function differences({ changed = [], now }) {
  const shown = [...document.querySelectorAll(".says")].map((one) => one.textContent);
  const current = (now?.because ?? []).map((one) => one.says);
  const lines = [
    ...current.filter((one) => !shown.includes(one)).map((one) => `New evidence: ${one}`),
    ...shown.filter((one) => !current.includes(one)).map((one) => `No longer so: ${one}`),
    ...changed,
  ];
  const list = document.getElementById("changed");
  list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  list.hidden = !lines.length;
}

async function decide(verdict) {
  const chosen = form.querySelector("input[name=option]:checked");
  const reason = form.elements.reason.value.trim();
  const until = form.elements.until.value;
  if (verdict === "approved" && !chosen) return say("Choose an option first.", true);
  if (verdict === "rejected" && !reason) return say("Say why: the reason is kept with the rejection.", true);
  if (verdict === "deferred" && !until) return say("Choose the day on which it should come back.", true);
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  say("Sending …");
  try {
    const session = await ask("/api/session");
    if (session.status === 401) return say("Your login has ended. Log in again in another tab, then press again.", true);
    if (session.status !== 200) return say(session.said.detail ?? "The server refused. Nothing was decided.", true);
    const { status, said } = await ask(
      `/api/findings/${form.dataset.finding}/decision`,
      {
        verdict,
        version: Number(form.dataset.version),
        option_hash: verdict === "approved" ? chosen.value : null,
        reason: reason || null,
        until: verdict === "deferred" ? until : null,
        withdraw: "withdraw" in form.dataset,
      },
      { "X-Rollcall-CSRF": session.said.csrf },
    );
    if (status === 200) {
      const withdrawn = "withdraw" in form.dataset ? "The approval is withdrawn. " : "";
      say(withdrawn + (DONE[said.state] ?? "Done."));
      form.dataset.decided = said.state;
      form.querySelector(".options").disabled = true;
      return onward();
    }
    if (said.kind === "FindingChanged") differences(said);
    say(said.detail ?? "It did not work. Reload the page to see how it stands.", true);
    if (said.kind === "FindingChanged" || said.kind === "AlreadyDecided") onward("Show it as it is now", location.href);
  } catch {
    say("The server did not answer. Reload the page to see whether your decision arrived.", true);
  } finally {
    if (!form.dataset.decided) buttons.forEach((button) => (button.disabled = false));
  }
}

if (form) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelectorAll("button").forEach((button) => (button.disabled = false)); // a click before now would be lost
  form.addEventListener("click", (event) => {
    const verdict = event.target.dataset?.verdict;
    if (verdict) decide(verdict);
  });
}

// j and k walk through the list, as in a mail program.
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea") || event.metaKey || event.ctrlKey || event.altKey) return;
  const step = { j: 1, k: -1 }[event.key];
  const links = [...document.querySelectorAll("a.finding")];
  if (!step || !links.length) return;
  const here = links.indexOf(document.activeElement);
  links[Math.min(Math.max(here + step, 0), links.length - 1)].focus();
});
