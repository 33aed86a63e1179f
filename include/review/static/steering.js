// What a person says with a reason and one button: stop, resume, undo, or what became of a change.
import { once, root, send, tell, wake } from "./asking.js";

for (const form of document.querySelectorAll("form.steer")) {
  const said = form.querySelector(".said");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const { says } = event.target.dataset;
    if (says === undefined) return;
    const why = form.elements.why.value.trim();
    if (!why) return tell(said, "Say why: it is kept with it.", true);
    once(form, async () => {
      const answer = await send(form.dataset.path, { ...JSON.parse(says), why }, said);
      if (!answer || answer.refused) return false;
      if (answer.finding) location.href = `${root}/findings/${answer.finding}`;
      else location.reload();
      return true;
    });
  });
  wake(form);
}
