// What may not be made public is told while an article is being written, a moment after the last key.
"use strict";
each("form[data-check]", (form) => {
  const told = form.querySelector("[data-unfit]");
  let waiting = 0;
  let asked = 0;
  const check = async () => {
    const number = ++asked;
    const { csrf_token, title, text, hash } = form.elements;
    if (!title.value.trim() || !text.value.trim()) return;
    const body = new URLSearchParams({ csrf_token: csrf_token.value, title: title.value, text: text.value, hash: hash.value });
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body });
      if (!answer.ok || number !== asked) return;
      told.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    } catch { /* it is told when it is saved */ }
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(check, 500); });
});
