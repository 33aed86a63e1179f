// The search for people: its words are sent as a body, and what is found goes through textContent.
import { keys, post, root, wake } from "./asking.js";

const form = document.getElementById("people");
const field = document.getElementById("sought");
const told = document.getElementById("told");
const list = document.getElementById("found");
const made = (tag, words, more = {}) => Object.assign(document.createElement(tag), { textContent: words }, more);
const many = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

function line(one) {
  const item = document.createElement("li");
  const who = one.called || one.addresses[0] || "Nobody's name is known";
  const open = one.open ? `, ${one.open} open` : "";
  const about = `${many(one.records, "record")}, ${many(one.findings, "finding")}${open}`;
  item.append(made("a", who, { href: `${root}/people/${one.id}` }), made("small", [...one.addresses, about].join(", ")));
  return item;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const sought = field.value.trim();
  if (sought.length < 2) return (told.textContent = "Write two letters at least.");
  told.textContent = "Searching …";
  list.hidden = true;
  try {
    const { status, said } = await post("/api/people", { sought });
    if (status !== 200) return (told.textContent = said.detail ?? "It did not work. Reload the page.");
    list.replaceChildren(...said.people.map(line));
    list.hidden = !said.people.length;
    const number = said.people.length;
    told.textContent = !number ? "Nobody is found by that." : `${number === 1 ? "1 person" : `${number} people`}${said.more ? ", and more: say more of whom you mean" : ""}.`;
  } catch {
    told.textContent = "The server did not answer.";
  }
});
wake(form);
keys({ "/": () => field.focus() });
field.focus();
