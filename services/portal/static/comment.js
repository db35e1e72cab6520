// The group's comment while the line comes and goes: what is typed is kept on this device until the comment is issued.
"use strict";
{
  const form = document.querySelector("form[data-comment]");
  const key = form && `comment:${form.dataset.comment}`;
  const read = () => JSON.parse(localStorage.getItem(key) || "null");
  const typed = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && value);
  let away = "";
  let sending = false;

  const tell = () => {
    const draft = read();
    const chip = form.querySelector("[data-state]");
    chip.hidden = !draft;
    chip.className = `chip ${draft?.waits ? "warn" : ""}`;
    chip.textContent = draft?.waits ? form.dataset.waiting : form.dataset.kept;
    form.querySelector("[data-why]").textContent = draft?.waits && away ? form.dataset[away] : "";
  };
  const keep = (waits) => {
    const fields = typed();
    if (fields.length) localStorage.setItem(key, JSON.stringify({ to: form.getAttribute("action"), fields, waits }));
    else localStorage.removeItem(key);
    tell();
  };
  // Where another comment was issued meanwhile, the form is that of an addition: the words stay, for its writer to decide.
  const fill = ({ to, fields }) => {
    fields.forEach(([name, value]) => {
      const field = form.elements[name] || (name === "overall" && form.elements.note);
      if (!field) return;
      field.value = value;
      field.closest(".spare")?.classList.remove("spare");
    });
    form.closest("details")?.setAttribute("open", "");
    form.querySelector("[data-other]")?.toggleAttribute("hidden", to === form.getAttribute("action"));
  };
  // Refused, it is sent once more as without script: that page has the reason, and the words.
  const refused = (draft) => {
    localStorage.setItem(key, JSON.stringify({ ...draft, waits: false }));
    if (draft.to === form.getAttribute("action")) HTMLFormElement.prototype.submit.call(form);
    else fill(draft);
  };
  const send = async () => {
    const draft = read();
    if (sending || !draft?.waits) return;
    sending = true;
    try {
      const body = new URLSearchParams([["csrf_token", form.elements.csrf_token.value], ...draft.fields]);
      const answer = await fetch(draft.to, { method: "POST", headers: { Accept: "application/json" }, body, signal: AbortSignal.timeout(15000) });
      if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) {
        const { to } = await answer.json();
        localStorage.removeItem(key);
        location.assign(to);
        return;
      }
      away = answer.redirected || answer.status === 400 ? "ended" : answer.status === 429 || answer.status >= 500 ? "away" : "";
      if (!away) refused(draft);
    } catch {
      away = "away";
    }
    sending = false;
    tell();
  };

  if (form) {
    ["input", "change", "click"].forEach((kind) => form.addEventListener(kind, () => {
      try { keep(read()?.waits); } catch { /* no room in this browser: no draft */ }
    }));
    form.addEventListener("submit", (event) => {
      try { keep(true); } catch { return; /* sent at once, as without script */ }
      event.preventDefault();
      send();
    });
    const draft = read();
    if (draft && !typed().length) fill(draft);
    addEventListener("online", send);
    setInterval(send, 4000);
    tell();
    send();
  }
}
