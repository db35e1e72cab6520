// The ledger as a grid: a cell is opened with a click or Enter, saved with Enter, left with Escape; what was saved last
// is undone with Ctrl+Z, emptiness too. A save names the value it saw; what somebody else changed meanwhile is told, and
// only Enter, pressed again, puts one's own words over it. What cannot be undone says why.
"use strict";
each("form[data-grid]", (form) => {
  const said = form.querySelector(".grid-said");
  if (!said) return;
  const done = [];
  const undo = document.createElement("button");
  undo.type = "button";
  undo.className = "quiet small";
  undo.textContent = form.dataset.undo;
  const tell = (text, bad) => {
    said.hidden = false;
    said.className = `grid-said notice ${bad ? "bad" : "ok"}`;
    said.textContent = text;
    if (done.length) said.append(" ", undo);
  };
  const send = async (cell, value, was) => {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, item_id: cell.closest("[data-item]").dataset.item,
      field: cell.dataset.field, at: cell.dataset.at || "", value, was });
    cell.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.grid, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(answer.status);
      return { ok: answer.ok, ...(await answer.json()) };
    } catch {
      return { ok: false, away: true, said: form.dataset.failed };
    } finally { cell.removeAttribute("aria-busy"); }
  };
  const back = async () => {
    const last = done.pop();
    if (!last) return;
    const answer = await send(last.cell, last.was, last.value);
    if (answer.ok) { last.cell.textContent = last.was; last.cell.focus(); }
    if (answer.away) done.push(last);
    tell(answer.ok || answer.away ? answer.said : `${form.dataset.kept} ${answer.said}`, !answer.ok);
  };
  undo.addEventListener("click", back);
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !event.target.matches("input, textarea")) { event.preventDefault(); back(); }
  });
  const open = (cell) => {
    if (cell.querySelector("input, textarea")) return;
    const adds = cell.dataset.field === "progress";
    let was = adds ? "" : cell.textContent;
    const field = document.createElement(cell.dataset.day ? "input" : "textarea");
    if (cell.dataset.day) field.type = "date";
    field.value = was;
    field.setAttribute("aria-label", cell.dataset.name);
    cell.replaceChildren(field);
    field.focus();
    let over = false, met = false;
    const close = (text) => { over = true; cell.textContent = text; };
    const rest = () => adds ? form.dataset.add : was;
    const save = async () => {
      if (over) return;
      const value = field.value.trim();
      if (value === was) { close(rest()); return; }
      over = true;
      field.readOnly = true;
      const answer = await send(cell, value, was);
      if ("now" in answer) { met = true; was = answer.now; }
      if (!answer.ok) { over = false; field.readOnly = false; tell(answer.said, true); field.focus(); return; }
      if (adds) { cell.parentElement.querySelector(".told").textContent = value; cell.textContent = rest(); }
      else { cell.textContent = value; done.push({ cell, was, value }); }
      tell(answer.said, false);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { close(rest()); cell.focus(); }
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); event.stopPropagation(); save().then(() => over && cell.focus()); }
    });
    field.addEventListener("blur", () => met || save());
  };
  each(".cell", (cell) => {
    cell.tabIndex = 0;
    cell.setAttribute("role", "button");
    if (cell.dataset.field === "progress") cell.textContent = form.dataset.add;
    cell.setAttribute("aria-description", cell.dataset.name);
    cell.addEventListener("click", () => open(cell));
    cell.addEventListener("keydown", (event) => {
      if (event.target === cell && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); open(cell); }
    });
  }, form);
  const { field, value } = form.elements;
  if (field) {
    const dated = () => { value.type = field.value.endsWith("due_on") ? "date" : "text"; };
    field.addEventListener("change", dated);
    addEventListener("pageshow", dated);
    value.nextElementSibling.hidden = true;
  }
  each(".grid-hint", (hint) => { hint.hidden = false; }, form);
});
