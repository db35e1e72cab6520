// What makes pages better and nothing that makes them work: each part does nothing where its mark is not on the page.
"use strict";
document.documentElement.classList.add("js");

const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

// A refused form: the reader, and a screen reader, starts at the reason.
each("[data-focus]", (notice) => notice.focus());

// A form is sent once, however often its button is pressed. Coming back to the page frees it again.
each("form[data-once]", (form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    setTimeout(() => each("button", (one) => one.setAttribute("aria-disabled", "true"), form));
    if (button && form.dataset.sending) { button.dataset.word = button.textContent; button.textContent = form.dataset.sending; }
  });
});
const free = (form) => {
  delete form.dataset.sent;
  each("button", (one) => {
    one.removeAttribute("aria-disabled");
    if (one.dataset.word) one.textContent = one.dataset.word;
  }, form);
};
addEventListener("pageshow", () => each("form[data-sent]", free));

// A file is sent with its progress in sight. A refusal or a broken connection leaves what was chosen and written.
each("form[data-upload]", (form) => {
  const bar = document.createElement("progress");
  const line = document.createElement("p");
  line.className = "small muted";
  line.setAttribute("role", "status");
  const say = (notice) => {
    bar.remove();
    line.remove();
    each("[role=alert]", (old) => old.remove(), form.parentElement);
    notice.setAttribute("tabindex", "-1");
    form.before(notice);
    free(form);
    notice.focus();
  };
  const broken = () => {
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.setAttribute("role", "alert");
    notice.textContent = form.dataset.broken;
    say(notice);
  };
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.hasAttribute("formaction") || !form.elements.file.files.length) return;
    event.preventDefault();
    const sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", (now) => {
      if (!now.lengthComputable) return;
      bar.max = now.total;
      bar.value = now.loaded;
      const percent = Math.floor((100 * now.loaded) / now.total);
      line.textContent = percent < 100 ? form.dataset.upload.replace("{percent}", percent) : form.dataset.checking;
    });
    sending.addEventListener("error", broken);
    sending.addEventListener("timeout", broken);
    sending.addEventListener("load", () => {
      if (sending.getResponseHeader("Content-Type")?.startsWith("application/json")) {
        location.assign(JSON.parse(sending.responseText).to);
        return;
      }
      if (sending.status < 400) { location.assign(sending.responseURL); return; }
      const answer = new DOMParser().parseFromString(sending.responseText, "text/html");
      const notice = answer.querySelector("main [role=alert]");
      if (sending.status === 409 || !notice) document.querySelector("main").replaceWith(answer.querySelector("main"));
      else say(document.importNode(notice, true));
    });
    sending.open("POST", form.action);
    sending.setRequestHeader("Accept", "application/json");
    form.append(bar, line);
    sending.send(new FormData(form));
  });
});

// A file that is too large is said to be so before it is sent.
each("input[data-limit]", (input) => input.addEventListener("change", () => {
  const large = [...input.files].some((file) => file.size > Number(input.dataset.limit));
  input.setCustomValidity(large ? input.dataset.tooLarge : "");
  if (large) input.reportValidity();
}));

// Spare rows wait until they are asked for.
each("[data-more]", (button) => {
  const spare = () => button.parentElement.querySelector(".spare");
  each("[data-spare]", (row) => row.classList.add("spare"), button.parentElement);
  button.hidden = !spare();
  button.addEventListener("click", () => {
    const row = spare();
    if (row) { row.classList.remove("spare"); row.querySelector("input, textarea").focus(); }
    button.hidden = !spare();
  });
});

// A row taken out is emptied: what is empty does not count.
each("[data-less]", (button) => button.addEventListener("click", () => {
  const row = button.parentElement;
  each("input, textarea, select", (field) => { field.value = ""; }, row);
  if (row.previousElementSibling?.matches(".measure")) row.classList.add("spare");
}));

// A page that waits looks every two seconds, slower after a minute, and shows the result when it is there.
each("[data-wait]", (notice) => {
  let looked = 0;
  const look = async () => {
    looked += 1;
    try {
      const answer = await fetch(notice.dataset.wait, { headers: { Accept: "application/json" } });
      const found = answer.ok && (await answer.json());
      if (found && found.state !== notice.dataset.now) { location.reload(); return; }
      each("progress", (bar) => { bar.value = found.worked ?? bar.value; }, notice);
      each("[data-worked]", (place) => { place.textContent = found.worked ?? place.textContent; }, notice);
    } catch { /* away for a moment: look again */ }
    setTimeout(look, looked < 30 ? 2000 : 10000);
  };
  setTimeout(look, 1500);
});

// A box for a unit offers those whose name or code has what was typed.
each("input[data-units]", (box) => {
  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const words = box.value.trim();
      if (!words) return;
      try {
        const answer = await fetch(`${box.dataset.units}&q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
        const found = answer.ok ? (await answer.json()).rows : [];
        box.list.replaceChildren(...found.map((row) => new Option(`${row.name} · ${row.region}`, row.code)));
      } catch { /* away for a moment: the name alone is understood as well */ }
    }, 200);
  });
});

// How many came, counted while the boxes are ticked.
each("[data-attendance]", (group) => {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.className = "tally";
  group.append(line);
  const boxes = [...group.querySelectorAll("input[name=present]")];
  const count = () => {
    line.textContent = group.dataset.attendance
      .replace("{present}", boxes.filter((box) => box.checked).length).replace("{expected}", boxes.length);
  };
  boxes.forEach((box) => box.addEventListener("change", count));
  count();
});

// Reading: j and k go through the findings, each with its passage; pointing at one lights the other.
const findings = [...document.querySelectorAll("[data-finding]")];
const passages = (id) => document.querySelectorAll(`a.quoted[href="#f-${CSS.escape(id)}"]`);
const light = (finding, on) => {
  finding.classList.toggle("lit", on);
  passages(finding.dataset.finding).forEach((passage) => passage.classList.toggle("lit", on));
};
let current = -1;
const go = (step) => {
  if (findings.length === 0) return;
  if (current >= 0) light(findings[current], false);
  current = Math.min(findings.length - 1, Math.max(0, current + step));
  const finding = findings[current];
  light(finding, true);
  const place = passages(finding.dataset.finding)[0] || document.querySelector(finding.querySelector('a[href^="#p"]')?.getAttribute("href") ?? "#none");
  place?.scrollIntoView({ block: "center" });
  finding.focus({ preventScroll: true });
  finding.scrollIntoView({ block: "nearest" });
};
findings.forEach((finding) => {
  finding.addEventListener("mouseenter", () => light(finding, true));
  finding.addEventListener("mouseleave", () => light(finding, findings[current] === finding));
});

// A note at the words that are selected, else at the finding one has gone to.
const selected = () => {
  const chosen = getSelection();
  const words = chosen.rangeCount ? chosen.getRangeAt(0).toString().trim() : "";
  const place = (node) => (node instanceof Element ? node : node?.parentElement)?.closest("[data-n]");
  const start = words ? place(chosen.getRangeAt(0).startContainer) : null;
  return start && start === place(chosen.getRangeAt(0).endContainer) ? { paragraph: start.dataset.n, quotation: words } : null;
};
const writeNote = () => {
  const form = document.querySelector("form[data-note]");
  if (!form) return;
  const at = selected() || findings[current]?.dataset;
  if (at?.paragraph) { form.elements.paragraph.value = at.paragraph; form.elements.quotation.value = at.quotation; }
  form.closest("details").open = true;
  form.elements.text.focus();
  form.scrollIntoView({ block: "nearest" });
};
each("[data-notable]", (text) => {
  const button = document.createElement("button");
  button.type = "button";
  button.hidden = true;
  button.className = "select-note";
  button.textContent = text.dataset.notable;
  document.body.append(button);
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => { writeNote(); button.hidden = true; });
  document.addEventListener("selectionchange", () => {
    const at = selected();
    button.hidden = !at;
    if (!at) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    button.style.left = `${Math.max(8, Math.min(innerWidth - 160, box.left + scrollX))}px`;
    button.style.top = `${box.bottom + scrollY + 6}px`;
  });
});

// From a finding to the form: its standard fails, with the finding as its ground. Or all that is open passes.
const groundBy = (id) => document.querySelector(`[data-finding="${CSS.escape(id)}"], [data-said="${CSS.escape(id)}"]`);
const failBy = (finding) => {
  const group = finding && document.querySelector(`fieldset[data-code="${CSS.escape(finding.dataset.standard)}"]`);
  if (!group) return;
  group.querySelector("input[value=no]").checked = true;
  const id = finding.dataset.finding ?? finding.dataset.said;
  const ground = group.querySelector("[data-ground]");
  if (ground && [...ground.options].some((one) => one.value === id)) ground.value = id;
  (ground || group).dispatchEvent(new Event("change", { bubbles: true }));
  group.scrollIntoView({ block: "center" });
  group.querySelector("textarea").focus({ preventScroll: true });
};
each("[data-use]", (button) => button.addEventListener("click", () => failBy(groundBy(button.dataset.use))));
const passOpen = () => {
  const groups = [...document.querySelectorAll("fieldset.standard")].filter((group) => !group.querySelector("input:checked"));
  groups.forEach((group) => { group.querySelector("input[value=yes]").checked = true; });
  groups[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  document.querySelector(".send button")?.focus();
};

// Keys: never where one writes, never with a modifier, never a key that the page has not offered.
const keys = { j: () => go(1), k: () => go(-1), n: writeNote, r: () => failBy(findings[current]), p: passOpen };
addEventListener("keydown", (event) => {
  const writing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog");
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat && !"jk".includes(event.key) || writing) return;
  const offered = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (offered) offered.click();
  else if (event.key in keys && document.querySelector(".reading")) keys[event.key]();
  else return;
  event.preventDefault();
});
each("[data-shows]", (button) => button.addEventListener("click", () => document.getElementById(button.dataset.shows).showModal()));
each("[data-print]", (button) => button.addEventListener("click", () => print()));
addEventListener("beforeprint", () => each(".block details:not([open])", (table) => {
  table.open = true;
  addEventListener("afterprint", () => { table.open = false; }, { once: true });
}));

// The column beside the text scrolls by itself and ends where the window ends, however far the page has been scrolled.
each("[data-beside]", (column) => {
  const fit = () => column.style.setProperty("--above", `${Math.max(12, column.getBoundingClientRect().top)}px`);
  addEventListener("scroll", fit, { passive: true });
  addEventListener("resize", fit);
  fit();
});

// A role decides what kind of scope it has, and the kind how its code is written.
each("[data-grant]", (group) => {
  const field = (name) => group.querySelector(`[name=${name}]`);
  const fit = () => {
    const kind = field("kind").selectedOptions[0];
    const code = field("of");
    code.disabled = !kind.dataset.example;
    code.required = !code.disabled;
    code.pattern = kind.dataset.pattern || ".*";
    code.placeholder = kind.dataset.example || "";
    code.title = kind.dataset.example ? `${kind.textContent} ${kind.dataset.example}` : "";
    code.setAttribute("list", `codes-${kind.value}`);
    field("campaign").required = kind.value !== "system" && !field("campaign_other").value;
  };
  field("role").addEventListener("change", () => { field("kind").value = field("role").selectedOptions[0].dataset.kind; fit(); });
  field("kind").addEventListener("change", fit);
  field("campaign_other").addEventListener("input", fit);
  if (!group.dataset.entered) field("kind").value = field("role").selectedOptions[0].dataset.kind;
  fit();
});

// What was given is no draft any more, what else was begun stays; and who leaves leaves none behind.
const given = sessionStorage.getItem("given");
sessionStorage.removeItem("given");
if (given && document.querySelector(".notice.ok")) sessionStorage.removeItem(given);
each("form[data-leave]", (form) => form.addEventListener("submit", (event) => {
  const unsent = Object.keys(localStorage).some((name) => /^(day|comment):/.test(name) && !name.endsWith(":refused"));
  if (unsent && !confirm(form.dataset.leave)) { event.preventDefault(); return; }
  sessionStorage.clear();
  localStorage.clear();
}));

// The verdict: a finding chosen as ground fills what is still empty; the tally counts; a draft outlives an ended session.
each("form[data-tally]", (form) => {
  const tally = form.querySelector(".tally");
  const store = `draft:${form.dataset.draft}`;
  const fields = [...form.querySelectorAll("input[type=radio], textarea, select")];
  const count = () => {
    const judged = [...form.querySelectorAll("fieldset.standard input[type=radio]:checked")];
    const no = judged.filter((radio) => radio.value === "no").length;
    tally.textContent = form.dataset.tally.replace("{yes}", judged.length - no).replace("{no}", no)
      .replace("{open}", form.querySelectorAll("fieldset.standard").length - judged.length);
    each("fieldset.standard", (group) => {
      const chosen = group.querySelector("input[type=radio]:checked");
      const ground = group.querySelector("select");
      group.querySelector("textarea").required = chosen?.value === "no" && !ground?.value;
    }, form);
  };
  each("[data-ground]", (choice) => {
    let filled = {};
    choice.addEventListener("change", () => {
      const finding = choice.value && groundBy(choice.value);
      const code = choice.dataset.ground;
      const parts = { reason: "reason", quotation: "quotation", would_pass: "would" };
      for (const [name, part] of Object.entries(parts)) {
        const field = form.elements[`${code}:${name}`];
        if (field.value === "" || field.value === filled[name]) {
          field.value = finding ? finding.dataset[part] : "";
          filled = { ...filled, [name]: field.value };
        }
      }
      count();
    });
  }, form);
  const keep = () => {
    const draft = fields.filter((field) => field.type !== "radio" || field.checked).map((field) => [field.name, field.value]);
    try { sessionStorage.setItem(store, JSON.stringify(draft)); } catch { /* no room: no draft */ }
  };
  form.addEventListener("change", () => { count(); keep(); });
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => sessionStorage.setItem("given", store));
  const untouched = !fields.some((field) => (field.type === "radio" ? field.checked : field.value));
  if (untouched) {
    for (const [name, value] of JSON.parse(sessionStorage.getItem(store) || "[]")) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
  }
  count();
});

// A form of a material. A row more or less exchanges only the entries; what was typed stays in this browser until it is
// handed in or its writer signs out.
each("[data-paper]", (form) => {
  const store = `form:${form.dataset.paper}`;
  const written = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "csrf_token" && name !== "follows")).toString();
  const keep = () => {
    try { localStorage.setItem(store, JSON.stringify({ at: Date.now(), written: written() })); } catch { /* no room: no draft */ }
  };
  const fit = () => each("[data-when]", (section) => {
    const box = form.elements[section.dataset.when];
    const filled = [...section.querySelectorAll("input, textarea, select")].some((field) => field.value);
    if (box) section.hidden = !(box.checked || filled);
    form.querySelector(`[data-part="${section.id}"]`).hidden = section.hidden;
  }, form);
  const offer = document.querySelector("[data-offer]");
  const draft = JSON.parse(localStorage.getItem(store) || "null");
  const answered = !("fresh" in form.dataset) && draft?.written === sessionStorage.getItem(`sent ${store}`);
  if (draft && !answered && draft.written !== written()) {
    const line = offer.querySelector("p");
    line.textContent = line.textContent.replace("{when}", new Date(draft.at).toLocaleString(document.documentElement.lang));
    offer.hidden = false;
    offer.querySelector("[data-take]").addEventListener("click", () => exchange(`${draft.written}&do=again`, "entries").catch(() => location.reload()));
    offer.querySelector("[data-drop]").addEventListener("click", () => { localStorage.removeItem(store); offer.hidden = true; });
  }
  const exchange = async (sent, focus) => {
    const shut = [...form.querySelectorAll("details[id]:not([open])")].map((part) => part.id);
    const own = [...new FormData(form)].filter(([name]) => name === "csrf_token" || name === "follows");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(`${sent}&${new URLSearchParams(own)}`) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("entries");
    if (!fresh) throw new Error("signed out");
    document.getElementById("entries").replaceWith(fresh);
    shut.forEach((id) => document.getElementById(id)?.removeAttribute("open"));
    offer.hidden = true;
    fit();
    keep();
    const place = document.getElementById(focus);
    if (place) place.open = true;
    (place?.querySelector("input:not([type=hidden]), textarea, select") || place)?.focus();
  };
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-again]");
    if (!button || form.dataset.plain) return;
    event.preventDefault();
    try {
      await exchange(`${written()}&do=${encodeURIComponent(button.value)}`, button.dataset.again);
    } catch {
      form.dataset.plain = "1";
      button.click();
    }
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", () => { fit(); keep(); });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    keep();
    sessionStorage.setItem(`sent ${store}`, written());
    if (event.submitter?.value !== "hand_in") return;
    sessionStorage.setItem("handed", store);
    event.submitter.dataset.word = event.submitter.textContent;
    event.submitter.textContent = form.dataset.sending;
  });
  fit();
});
const handed = sessionStorage.getItem("handed");
sessionStorage.removeItem("handed");
if (handed && !document.querySelector("[data-paper]") && document.querySelector(".notice.ok, .notice.info")) localStorage.removeItem(handed);

// A link to an entry opens what holds it.
addEventListener("hashchange", () => {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place?.closest("[data-paper]")) return;
  for (let part = place; part; part = part.parentElement) if (part.matches("details")) part.open = true;
  place.focus();
  place.scrollIntoView({ block: "center" });
});

// A slip's QR code brings its code behind the #: it is put into the field, and taken out of the address and the history.
each("input[data-code]", (field) => {
  const code = decodeURIComponent(location.hash.slice(1));
  if (!/^[2-9A-HJ-NP-Z]{16}$/.test(code)) return;
  if (!field.value) field.value = code.replace(/(.{4})(?=.)/g, "$1-");
  history.replaceState(null, "", location.pathname + location.search);
});
