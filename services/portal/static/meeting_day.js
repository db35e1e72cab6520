// The day of a meeting while the line comes and goes: what is pressed is kept here until the registry has answered for it.
"use strict";
{
  const place = document.querySelector("[data-queue]");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const key = place && `day:${place.dataset.login}:${place.dataset.queue}`;
  const kept = (name) => JSON.parse(localStorage.getItem(name) || "[]");
  const keep = (name, rows) => (rows.length ? localStorage.setItem(name, JSON.stringify(rows)) : localStorage.removeItem(name));
  let away = "";
  let sending = false;

  // What it is about: of two entries on one subject the later stands.
  const subject = (one) => [one.what, one.post || one.step || one.pair?.split("/").slice(0, 2).join("/") || ""].join(":");
  const formOf = (one) => all("form[data-entry]").find((form) => subject(fields(form)) === subject(one));
  const fields = (form, button) => {
    const found = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrf_token"));
    const pressed = button || form.querySelector("button[name=pair]");
    return pressed?.name ? { ...found, [pressed.name]: pressed.value } : found;
  };

  const fitSteps = () => {
    const rows = all("[data-step]");
    const next = rows.find((row) => !("began" in row.dataset));
    const last = rows.filter((row) => "began" in row.dataset).pop();
    rows.forEach((row) => {
      row.querySelector("[name=on]").hidden = row !== next;
      row.querySelector("[name=back]").hidden = row !== last;
    });
  };
  // The page as it will be when the entry has arrived.
  const show = (one) => {
    const form = formOf(one);
    if (!form) return;
    form.elements.saw.value = one.id;
    form.dataset.waits = one.id;
    if (one.what === "attendance") {
      all("[name=present]", form).forEach((button) => button.setAttribute("aria-pressed", button.value === one.present));
      form.elements.reason.value = one.present === "no" ? one.reason : "";
      form.elements.written.checked = one.present === "no" && "written" in one;
    } else if (one.what === "step") {
      const row = form.closest("[data-step]");
      if (one.back) delete row.dataset.began; else row.dataset.began = "";
      row.querySelector("time").textContent = one.back ? "" : new Date(one.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
      fitSteps();
    } else if (one.what === "criticism") {
      const button = form.querySelector("[name=pair]");
      const done = one.pair.endsWith("/yes");
      const was = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", done);
      button.value = one.pair.replace(/(yes|no)$/, done ? "no" : "yes");
      const count = document.querySelector("[data-covered]");
      count.dataset.covered = Number(count.dataset.covered) + done - was;
      count.textContent = place.dataset.coverage.replace("{done}", count.dataset.covered).replace("{owed}", count.dataset.owed);
    } else {
      Object.entries(one).forEach(([name, value]) => { if (name !== "saw" && form.elements[name]?.type?.startsWith("text")) form.elements[name].value = value; });
    }
  };
  const tell = () => {
    const waiting = kept(key).length;
    const chip = place.querySelector("[data-state]");
    chip.className = `chip ${away && away !== "busy" ? "bad" : waiting ? "warn" : "ok"}`;
    chip.textContent = waiting ? place.dataset.waiting.replace("{n}", waiting) : place.dataset.saved;
    place.querySelector("[data-why]").textContent = away && waiting ? place.dataset[away] : "";
    const refused = kept(`${key}:refused`);
    const notice = place.querySelector("[data-refused]");
    notice.hidden = !refused.length;
    notice.querySelector("[data-look]").hidden = refused.every((one) => one.seen);
    notice.querySelector("ul").replaceChildren(...refused.map(line));
    place.hidden = !all("form[data-entry]").length && !waiting && !refused.length;
  };
  // What was refused, in its own words; it can be written again once this page shows what stands.
  const line = (one) => {
    const found = document.createElement("li");
    const add = (name, kind, text) => found.append(Object.assign(document.createElement(name), { className: kind, textContent: text }));
    add("span", "", `${one.label}: ${one.why ?? one.text}`);
    const typed = [place.dataset[one.present], one.reason, one.place, one.host, one.recorder, "why" in one && one.text].filter(Boolean);
    if (typed.length) add("p", "as-written", typed.join(" · "));
    add("p", "buttons", "");
    const buttons = found.lastChild;
    const press = (text, then) => {
      const button = Object.assign(document.createElement("button"), { className: "quiet", type: "button", textContent: text });
      buttons.append(button);
      button.addEventListener("click", () => {
        keep(`${key}:refused`, kept(`${key}:refused`).filter((other) => other.id !== one.id || other.label !== one.label));
        then();
        tell();
      });
    };
    const form = one.what && formOf(one);
    const { why, seen, ...entry } = one;
    if (seen && form) press(place.dataset.again, () => { put({ ...entry, id: fresh(), saw: form.elements.saw.value }); send(); });
    press(place.dataset.drop, () => {});
    return found;
  };
  const send = async () => {
    const batch = kept(key).slice(0, 100);
    if (sending || !batch.length) return;
    sending = true;
    try {
      const answer = await fetch(place.dataset.send, {
        method: "POST",
        body: JSON.stringify(batch),
        headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrf_token]").value },
        signal: AbortSignal.timeout(15000),
      });
      const json = answer.headers.get("Content-Type")?.startsWith("application/json");
      away = json ? "" : answer.redirected || answer.status === 400 ? "ended" : "away";
      if (json) {
        const rows = (await answer.json()).rows;
        away = rows.length ? "" : "busy";
        const fate = Object.fromEntries(rows.map((row) => [row.id, row]));
        const refused = batch.filter((one) => fate[one.id]?.state === "refused").map((one) => ({ ...one, why: fate[one.id].text }));
        keep(`${key}:refused`, [...kept(`${key}:refused`), ...refused]);
        keep(key, kept(key).filter((one) => !fate[one.id]));
        rows.forEach((row) => all(`form[data-waits="${CSS.escape(row.id)}"]`).forEach((form) => delete form.dataset.waits));
      }
    } catch {
      away = "away";
    }
    sending = false;
    tell();
    if (!away && kept(key).length) send();
  };
  const fresh = () => crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const put = (one) => {
    keep(key, [...kept(key), one]);
    show(one);
    tell();
  };
  const press = (form, button) => put({ ...fields(form, button), id: fresh(), at: new Date().toISOString(), label: form.dataset.label });

  if (place) {
    all("form[data-entry]").forEach((form) => form.addEventListener("submit", (event) => {
      const reason = form.elements.reason;
      if (event.submitter?.value === "no" && reason && !reason.value.trim()) { event.preventDefault(); reason.focus(); return; }
      try { press(form, event.submitter); } catch { return; /* no room in this browser: sent at once, as without script */ }
      event.preventDefault();
      send();
    }));
    document.querySelector("[data-all]")?.addEventListener("click", () => {
      all("form[data-entry]").filter((form) => form.elements.post && !form.querySelector("[aria-pressed=true]"))
        .forEach((form) => press(form, form.querySelector("[value=yes]")));
      send();
    });
    place.querySelector("[data-look]").addEventListener("click", () => location.reload());
    keep(`${key}:refused`, kept(`${key}:refused`).map((one) => ({ ...one, seen: true })));
    addEventListener("online", send);
    setInterval(send, 4000);
    kept(key).forEach(show);
    tell();
    send();
  }
}
