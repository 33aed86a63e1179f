// Takes requests down, and says in words what became of them. Everything it shows goes through textContent.
import { once, root, send, tell, wake } from "./asking.js";

const BIGGEST = 60000; // characters of a table; the server takes no more either

function show(form, problems) {
  form.querySelectorAll(".problem").forEach((one) => {
    const says = problems.filter(({ field }) => field === one.dataset.for).map((each) => each.says);
    one.textContent = says.join(" ");
    one.hidden = !says.length;
    const input = form.elements[one.dataset.for];
    if (input?.setAttribute) input.setAttribute("aria-invalid", String(says.length > 0));
  });
  const first = form.querySelector("[aria-invalid=true], .problem:not([hidden])");
  if (first?.focus) first.focus();
}

const form = document.getElementById("ask");
if (form) {
  const names = document.getElementById("new-person");
  const person = () => form.querySelector("input[name=person]:checked").value;
  const follow = () => (names.hidden = person() !== "new");
  form.addEventListener("change", follow);
  follow(); // a browser may have kept what was chosen before a reload
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form, async () => {
      const body = { person: person() };
      for (const input of form.querySelectorAll("input[name], select[name], textarea[name]")) {
        if (input.type === "checkbox") body[input.name] = input.checked;
        else if (input.type !== "radio") body[input.name] = input.value;
      }
      if (body.person === "same") body.first_name = body.last_name = "";
      const answer = await send("/api/requests", body, form.querySelector(".said"));
      if (answer?.number) {
        location.href = `${root}/requests/${answer.number}`;
        return true;
      }
      show(form, answer?.refused?.problems ?? []);
      return false;
    });
  });
}

const table = document.getElementById("table");
if (table) {
  const said = table.querySelector(".said");
  const list = table.querySelector("tbody");
  table.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = document.getElementById("f-table").files[0];
    list.replaceChildren();
    table.querySelector(".scrolled").hidden = true;
    if (!file) return tell(said, "Choose a table first.", true);
    once(table, async () => {
      const csv = await file.text();
      if (csv.length > BIGGEST) return tell(said, "This table is too large: send it in parts. Nothing was taken.", true);
      if (csv.includes("\uFFFD")) return tell(said, "This table is not written in UTF-8: save it as such. Nothing was taken.", true);
      const answer = await send("/api/requests/table", { csv }, said);
      if (answer?.numbers) {
        location.href = `${root}/requests`;
        return true;
      }
      const problems = answer?.refused?.problems ?? [];
      list.replaceChildren(
        ...problems.map((one) => {
          const row = document.createElement("tr");
          for (const text of [one.line, one.field, one.says]) {
            row.append(Object.assign(document.createElement("td"), { textContent: text }));
          }
          return row;
        }),
      );
      table.querySelector(".scrolled").hidden = !problems.length;
      return false;
    });
  });
}

const request = document.getElementById("request");
request?.addEventListener("click", (event) => {
  const act = event.target.dataset?.act;
  if (!act) return;
  const said = request.querySelector(".said");
  const chosen = request.querySelector("input[name=client]:checked");
  if (act === "choose" && !chosen) return tell(said, "Choose a client first.", true);
  once(request, async () => {
    const body = act === "choose" ? { client: chosen.value } : {};
    const answer = await send(`/api/requests/${request.dataset.number}/${act}`, body, said);
    if (!answer?.state) return false;
    location.reload();
    return true;
  });
});

for (const area of [form, table, request]) if (area) wake(area);
