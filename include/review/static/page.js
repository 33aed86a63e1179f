// One finding: sends a decision, and says in words what became of it. Everything it shows goes through textContent.
import { keys, post, root } from "./asking.js";

const form = document.getElementById("decision");
const DONE = {
  approved: "Approved. It will be applied with the next run.",
  half_approved: "Approved by you. A second person must agree.",
  rejected: "Rejected. It stays so until its evidence changes.",
  deferred: "Deferred.",
};

function say(words, bad = false) {
  const said = document.getElementById("said");
  said.textContent = words;
  said.classList.toggle("bad", bad);
}

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

// The client's consent to the ticked records of the chosen option, with its evidence.
function consents(chosen) {
  const box = chosen?.closest(".option").querySelector(".consent");
  if (!box) return [];
  const field = (name) => box.querySelector(`[name=${name}]`).value.trim();
  return [...box.querySelectorAll("[name=consent]:checked")].map((tick) => ({
    target: tick.value,
    kind: field("kind"),
    reference: field("reference"),
    taken_by: field("taken_by"),
    given_on: field("given_on"),
  }));
}

function missing(verdict, chosen, given, reason, until) {
  if (verdict === "approved" && !chosen) return "Choose an option first.";
  if (verdict === "rejected" && !reason) return "Say why: the reason is kept with the rejection.";
  if (verdict === "deferred" && !until) return "Choose the day on which it should come back.";
  if (verdict === "approved" && chosen.closest(".option").querySelector(".consent") && !given.length) {
    return "Tick each domain that the client agreed to, and say where that is written down.";
  }
  const empty = given.some((one) => !one.reference || !one.taken_by || !one.given_on);
  return empty ? "A consent needs its reference, who took it and on which day." : null;
}

async function decide(verdict, apart = "") {
  const chosen = form.querySelector("input[name=option]:checked");
  const written = form.elements.reason.value.trim();
  const reason = apart ? [apart, written].filter(Boolean).join(": ") : written;
  const until = form.elements.until.value;
  const given = verdict === "approved" ? consents(chosen) : [];
  const lacks = missing(verdict, chosen, given, reason, until);
  if (lacks) {
    if (verdict === "rejected") form.elements.reason.focus();
    if (verdict === "deferred") form.elements.until.focus();
    return say(lacks, true);
  }
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  say("Sending …");
  try {
    const { status, said } = await post(`/api/findings/${form.dataset.finding}/decision`, {
      verdict,
      version: Number(form.dataset.version),
      option_hash: verdict === "approved" ? chosen.value : null,
      reason: reason || null,
      until: verdict === "deferred" ? until : null,
      withdraw: "withdraw" in form.dataset,
      consents: given,
    });
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

const follow = (selector) => () => document.querySelector(selector)?.click();
const press = (selector) => () => {
  const button = form.querySelector(selector);
  button?.focus();
  return Boolean(button);
};

if (form) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelectorAll("button").forEach((button) => (button.disabled = false)); // a click before now would be lost
  form.addEventListener("click", (event) => {
    const { verdict, apart } = event.target.dataset ?? {};
    if (verdict) decide(verdict, apart);
  });
  const heard = {
    j: follow("[rel=next]"),
    k: follow("[rel=prev]"),
    u: follow(".back a"),
    a: press("[data-verdict=approved]"),
    r: () => form.elements.reason.focus(),
    d: () => form.elements.until.focus(),
  };
  for (let number = 1; number <= 9; number += 1) {
    heard[number] = () => form.querySelectorAll("input[name=option]")[number - 1]?.click();
  }
  keys(heard);
}
