// Forms: drafts kept in this browser, warning before leaving, focus on what is wrong, dates typed or picked.
"use strict";

(() => {
  const { say, element, toast, user } = lvzhi;
  const KEPT_DAYS = 7;
  const SKIPPED = new Set(["csrf_token", "_once", "version"]);
  const dirty = new Set();
  const prefix = `lvzhi:draft:${user}:`;
  const keyOf = (form) => `${prefix}${location.pathname}#${form.id || form.getAttribute("action") || ""}`;
  const clock = (time) => new Date(time).toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  // A full or forbidden store must never stop anybody from typing.
  function write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  const controls = (form) => [...form.elements].filter((control) => control.name && !SKIPPED.has(control.name)
    && !control.closest("[data-picker]") && !["password", "file", "submit", "button", "hidden"].includes(control.type));

  function state(form) {
    const fields = controls(form).map((control) => [control.name, ["checkbox", "radio"].includes(control.type) ? `${control.value}=${control.checked}`
      : control.multiple ? [...control.selectedOptions].map((option) => option.value) : control.value]);
    const pickers = [...form.querySelectorAll("[data-picker]")].map((picker) => [picker.dataset.name, lvzhi.pickerRead(picker)]);
    return { fields, pickers };
  }

  function restore(form, saved) {
    const waiting = new Map();
    for (const [name, value] of saved.fields) waiting.set(name, [...(waiting.get(name) || []), value]);
    for (const control of controls(form)) {
      const value = waiting.get(control.name)?.shift();
      if (value === undefined) continue;
      if (["checkbox", "radio"].includes(control.type)) {
        const [, choice, on] = /^(.*)=(true|false)$/s.exec(value) || [];
        if (choice === control.value) control.checked = on === "true";
      } else if (control.multiple) {
        for (const option of control.options) option.selected = value.includes(option.value);
      } else {
        control.value = value;
      }
    }
    for (const picker of form.querySelectorAll("[data-picker]")) {
      const tokens = saved.pickers.find(([name]) => name === picker.dataset.name)?.[1];
      if (tokens) lvzhi.pickerWrite(picker, tokens);
    }
    form.querySelectorAll("[data-attendance]").forEach((list) => list.dispatchEvent(new Event("change", { bubbles: true })));
  }

  function save(form) {
    const at = Date.now();
    if (write(keyOf(form), { at, ...state(form) })) {
      const note = form.querySelector("[data-draft-state]");
      if (note) note.textContent = say("draftKept", { when: clock(at) });
    }
  }

  function offer(form, key, saved) {
    const yes = element("button", { class: "btn btn-primary btn-sm", type: "button" }, say("restore"));
    const no = element("button", { class: "btn btn-light btn-sm", type: "button" }, say("discard"));
    const notice = element("div", { class: "notice is-info", role: "status" }, element("p", {}, say("draftFound", { when: clock(saved.at) })), yes, no);
    yes.onclick = () => {
      restore(form, saved);
      dirty.add(form);
      notice.replaceChildren(element("p", {}, say("draftRestored")));
    };
    no.onclick = () => {
      localStorage.removeItem(key);
      notice.remove();
    };
    form.prepend(notice);
  }

  // What was sent counts as saved once another page, or this one without errors, has come back.
  function settle() {
    const sent = sessionStorage.getItem("lvzhi:sent");
    if (!sent) return;
    const [navigation] = performance.getEntriesByType("navigation");
    const failed = document.body.matches("[data-error-page]") || document.querySelector("form[data-draft][data-failed]");
    sessionStorage.removeItem("lvzhi:sent");
    if (!failed && navigation?.type !== "back_forward") localStorage.removeItem(sent);
  }

  function tidy() {
    const oldest = Date.now() - KEPT_DAYS * 86400000;
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("lvzhi:draft:") && (read(key)?.at ?? 0) < oldest) localStorage.removeItem(key);
    }
  }

  function start(form) {
    if (form.dataset.started) return;
    form.dataset.started = "1";
    if (form.matches("[data-failed]")) dirty.add(form);
    if (!form.matches("[data-draft]")) return;
    const key = keyOf(form);
    const saved = read(key);
    if (!saved) return;
    const { fields, pickers } = state(form);
    if (JSON.stringify([saved.fields, saved.pickers]) === JSON.stringify([fields, pickers])) return;
    if (form.matches("[data-failed]")) localStorage.removeItem(key);
    else offer(form, key, saved);
  }

  const timers = new WeakMap();
  function changed(event) {
    if (!event.target.matches?.("[name], .picker-input")) return;
    const form = event.target.closest("form[data-guard]");
    if (!form) return;
    dirty.add(form);
    if (!form.matches("[data-draft]")) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), 600));
  }
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if (form.matches("[data-sign-out]")) {
      for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
    }
    if (!form.matches("[data-guard]")) return;
    dirty.delete(form);
    if (form.matches("[data-draft]")) {
      clearTimeout(timers.get(form));
      save(form);
      sessionStorage.setItem("lvzhi:sent", keyOf(form));
    }
  });

  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".submit-bar a");
    if (!link) return;
    const form = link.closest("form[data-draft]");
    if (!form || !dirty.has(form)) return;
    event.preventDefault();
    // Cancelling is a decision: asked once, then the draft goes too.
    if (!window.confirm(say("leave"))) return;
    dirty.clear();
    localStorage.removeItem(keyOf(form));
    location.href = link.href;
  });

  // --- dates -------------------------------------------------------------------------------------------

  function day(text) {
    const found = /^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$/.exec(text.trim());
    return found ? `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}` : "";
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-date-open]");
    if (!button) return;
    const field = button.closest("[data-date]");
    const native = field.querySelector("[data-date-native]");
    native.value = day(field.querySelector("input").value);
    try {
      native.showPicker();
    } catch {
      field.querySelector("input").focus();
    }
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-date-native]")) return;
    const input = event.target.closest("[data-date]").querySelector("input");
    input.value = event.target.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });

  // --- start -------------------------------------------------------------------------------------------

  function startAll(root) {
    root.querySelectorAll("form[data-guard]").forEach(start);
    root.querySelector("[data-error-summary]")?.focus();
  }

  settle();
  tidy();
  document.addEventListener("DOMContentLoaded", () => startAll(document));
  document.body.addEventListener("htmx:load", (event) => startAll(event.target.parentElement || event.target));
  window.addEventListener("offline", () => toast(say("offline"), "warning"));
})();
