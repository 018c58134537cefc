// Drafting a suggestion: what is missing and what is alike beside it, kept on the server now and then, sent once.
"use strict";

(() => {
  const form = document.querySelector("[data-drafting]");
  if (!form) return;
  const { token } = lvzhi;
  const words = JSON.parse(form.dataset.said);
  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const note = form.querySelector("[data-server-state]");
  const link = document.querySelector("[data-link-state]");
  const TEXTS = ["title", "body", "proposals"];
  const PAUSE = 700;
  const KEEP_EVERY = 20000;
  let asked = 0;
  let checkTimer = 0;
  let changed = false;
  let keeping = null;
  let waiting = null;

  // --- beside it ----------------------------------------------------------------------------------------

  function show(text) {
    const told = document.createElement("template");
    told.innerHTML = text;
    for (const part of told.content.querySelectorAll("[data-hints]")) {
      form.querySelector(`[data-hints="${part.dataset.hints}"]`).replaceChildren(...part.childNodes);
    }
  }

  async function check() {
    const turn = ++asked;
    const body = new URLSearchParams(TEXTS.map((name) => [name, form.elements[name].value]));
    body.append("suggestion_id", form.dataset.id);
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", headers: { "HX-Request": "true", "X-CSRFToken": token() }, body });
      // Only the answer to what was typed last is shown.
      if (answer.ok && turn === asked) show(await answer.text());
    } catch {
      // Without a network the hints wait.
    }
  }

  // --- on the server ------------------------------------------------------------------------------------

  async function keep() {
    if (!changed || keeping || waiting || !form.elements.title.value.trim() || !navigator.onLine) return;
    changed = false;
    const body = new FormData(form);
    // Files and invitations go when the deputy says so, and the form's once-token is for that.
    ["files", "cosigner_ids", "_once", "then"].forEach((name) => body.delete(name));
    body.append("suggestion_id", form.dataset.id);
    try {
      keeping = fetch(form.dataset.keep, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token() }, body, redirect: "manual" });
      const answer = await keeping;
      if (answer.ok) {
        const told = await answer.json();
        form.dataset.id = told.id;
        form.elements.version.value = told.again ? "" : told.version;
        note.textContent = told.again ? say("again") : say("kept", { when: new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }) });
      } else if (answer.status === 422) {
        note.textContent = say("refused", { reason: (await answer.json()).errors.join(" ") });
      } else {
        changed = true;
      }
    } catch {
      changed = true;
    } finally {
      keeping = null;
    }
  }

  function online() {
    link.classList.toggle("is-off", !navigator.onLine);
    link.textContent = navigator.onLine ? link.dataset.on : link.dataset.off;
    if (!navigator.onLine) return;
    if (waiting) {
      const button = waiting;
      waiting = null;
      form.requestSubmit(button);
    } else {
      keep();
    }
  }

  form.addEventListener("input", (event) => {
    changed = true;
    if (!TEXTS.includes(event.target.name)) return;
    clearTimeout(checkTimer);
    checkTimer = setTimeout(check, PAUSE);
  });
  form.addEventListener("change", () => { changed = true; });

  form.addEventListener("submit", async (event) => {
    if (!navigator.onLine) {
      // forms.js has it on this device; it goes by itself once there is a network.
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = event.submitter;
      note.textContent = say("waiting");
    } else if (keeping) {
      // What is being kept this moment changes the version this form must name.
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      await keeping.catch(() => null);
      setTimeout(() => form.requestSubmit(button), 50);
    } else {
      changed = false;
    }
  }, true);

  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  window.addEventListener("online", online);
  window.addEventListener("offline", online);
  setInterval(keep, KEEP_EVERY);
  online();
})();
