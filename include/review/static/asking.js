// How the page asks the server, and how its keys are heard. Everything it shows goes through textContent.
export const root = document.body.dataset.root;

export async function ask(path, body, headers = {}) {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(root + path, {
    ...how,
    headers: { "Content-Type": "application/json", ...headers },
    credentials: "same-origin",
  });
  const said = await answer.json().catch(() => ({}));
  return { status: answer.status, said };
}

// Sends something with the token of this moment; what is refused on the way is told in `said.detail`.
export async function post(path, body) {
  const session = await ask("/api/session");
  if (session.status === 401) {
    return { status: 401, said: { detail: "Your login has ended. Log in again in another tab, then press again." } };
  }
  if (session.status !== 200) {
    return { status: session.status, said: { detail: session.said.detail ?? "The server refused. Nothing was decided." } };
  }
  return ask(path, body, { "X-Rollcall-CSRF": session.said.csrf });
}

export function tell(said, words, bad = false) {
  said.textContent = words;
  said.classList.toggle("bad", bad);
}

// Sends one thing to be written, with the token of this moment. `said` is where its outcome is told.
export async function send(path, body, said) {
  tell(said, "Sending …");
  try {
    const answer = await post(path, body);
    if (answer.status === 200) return answer.said;
    tell(said, answer.said.detail ?? "It did not work. Reload the page to see how it stands.", true);
    return { refused: answer.said };
  } catch {
    tell(said, "The server did not answer. Reload the page to see whether it arrived.", true);
    return null;
  }
}

// Runs something while its buttons sleep, so that no second click sends it twice.
export async function once(area, work) {
  const buttons = [...area.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  const gone = await work();
  if (!gone) buttons.forEach((button) => (button.disabled = false));
}

// Buttons sleep until the script that hears them has come: a click before that would be lost.
export function wake(area) {
  area.querySelectorAll("button").forEach((button) => (button.disabled = false));
}

// Keys that are typed into a field, or meant for the browser, are none of ours.
export function keys(heard) {
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    if (event.target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const act = heard[event.key];
    if (act && act(event) !== false) event.preventDefault();
  });
  const dialog = document.getElementById("keys");
  const button = document.querySelector("[data-keys]");
  if (!dialog || !button) return;
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  heard["?"] = () => dialog.showModal();
}
