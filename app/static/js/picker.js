// People picker: type a name, initials or a card number; choose by arrows and Enter; paste a whole list of names.
"use strict";

(() => {
  const { say, element, icon, token, toast } = lvzhi;
  const parts = (picker) => ({
    tokens: picker.querySelector("[data-tokens]"),
    input: picker.querySelector(".picker-input"),
    list: picker.querySelector(".picker-options"),
    note: picker.parentElement.querySelector("[data-picker-note]"),
  });
  const chosen = (picker) => [...picker.querySelectorAll("[data-tokens] input")].map((input) => input.value);

  function add(picker, id, label) {
    const { tokens, input } = parts(picker);
    if (!("multiple" in picker.dataset)) tokens.replaceChildren();
    if (chosen(picker).includes(id)) return false;
    tokens.append(element("li", { class: "token" }, label,
      element("input", { type: "hidden", name: picker.dataset.name, value: id }),
      element("button", { type: "button", "data-token-remove": "", "aria-label": say("remove", { name: label }) }, icon("close"))));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  function close(picker) {
    const { list, input } = parts(picker);
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(picker, option) {
    const { list, input } = parts(picker);
    list.querySelectorAll("[aria-selected]").forEach((other) => other.removeAttribute("aria-selected"));
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  async function ask(picker, query, names) {
    const separator = picker.dataset.url.includes("?") ? "&" : "?";
    const answer = names === undefined
      ? await fetch(`${picker.dataset.url}${separator}${query}`, { headers: { "HX-Request": "true" } })
      : await fetch(picker.dataset.url, { method: "POST", headers: { "HX-Request": "true", "X-CSRFToken": token() }, body: new URLSearchParams({ names }) });
    if (!answer.ok) throw new Error(String(answer.status));
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    return [...template.content.querySelectorAll("li")];
  }

  function show(picker, options) {
    const { list, input, note } = parts(picker);
    options.forEach((option, index) => { option.id = `${list.id}-${index}`; });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    note.textContent = options.length ? say("matches", { n: options.length }) : say("noMatch");
    activate(picker, options[0]);
  }

  function take(picker, option) {
    const { input, note, list } = parts(picker);
    add(picker, option.dataset.id, option.dataset.label);
    note.textContent = "";
    if (!option.hasAttribute("data-ambiguous")) {
      input.value = "";
      close(picker);
    } else {
      list.querySelectorAll(`[data-match="${CSS.escape(option.dataset.match)}"]`).forEach((other) => other.remove());
      if (list.children.length) activate(picker, list.firstElementChild);
      else close(picker);
    }
    input.focus();
  }

  async function resolve(picker, names) {
    const { input, note } = parts(picker);
    const answers = await ask(picker, "", names);
    const clear = answers.filter((option) => option.dataset.id && !option.hasAttribute("data-ambiguous"));
    const unclear = answers.filter((option) => option.hasAttribute("data-ambiguous"));
    const missing = answers.filter((option) => option.dataset.missing).map((option) => option.dataset.missing);
    clear.forEach((option) => add(picker, option.dataset.id, option.dataset.label));
    if (unclear.length) show(picker, unclear);
    input.value = missing.join("、");
    const sentences = [say("resolved", { n: clear.length })];
    if (unclear.length) sentences.push(say("ambiguous", { names: [...new Set(unclear.map((option) => option.dataset.match))].join("、") }));
    if (missing.length) sentences.push(say("unresolved", { names: missing.join("、") }));
    note.textContent = sentences.join(" ");
  }

  const timers = new WeakMap();
  const fail = () => toast(say("offline"), "error");

  document.addEventListener("input", (event) => {
    if (!event.target.matches(".picker-input")) return;
    const picker = event.target.closest("[data-picker]");
    const text = event.target.value.trim();
    clearTimeout(timers.get(picker));
    if (event.isComposing) return;
    if (!text) {
      close(picker);
      parts(picker).note.textContent = "";
      return;
    }
    timers.set(picker, setTimeout(() => ask(picker, `q=${encodeURIComponent(text)}`).then((options) => {
      if (event.target.value.trim() === text) show(picker, options);
    }, fail), 180));
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches?.(".picker-input")) event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("paste", (event) => {
    if (!event.target.matches?.(".picker-input")) return;
    const picker = event.target.closest("[data-picker]");
    const text = event.clipboardData.getData("text").trim();
    if (!("multiple" in picker.dataset) || !/[、，,;；\n\t]/.test(text)) return;
    event.preventDefault();
    resolve(picker, text).catch(fail);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches(".picker-input")) return;
    const picker = event.target.closest("[data-picker]");
    const { list, tokens } = parts(picker);
    const active = list.querySelector("[aria-selected]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const down = event.key === "ArrowDown";
      activate(picker, (down ? active?.nextElementSibling : active?.previousElementSibling) || (down ? list.firstElementChild : list.lastElementChild));
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (active) take(picker, active);
      else if (/[、，,;；]/.test(event.target.value)) resolve(picker, event.target.value).catch(fail);
    } else if (event.key === "Escape") {
      close(picker);
    } else if (event.key === "Backspace" && !event.target.value && tokens.lastElementChild) {
      tokens.lastElementChild.remove();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".picker-options")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest(".picker-options [data-id]");
    if (option) take(option.closest("[data-picker]"), option);
    const remove = event.target.closest("[data-token-remove]");
    if (remove) {
      const { input } = parts(remove.closest("[data-picker]"));
      remove.closest(".token").remove();
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    }
    if (event.target.matches("[data-picker], [data-tokens]")) parts(event.target.closest("[data-picker]")).input.focus();
    document.querySelectorAll("[data-picker]").forEach((picker) => { if (!picker.contains(event.target)) close(picker); });
  });

  lvzhi.pickerRead = (picker) => [...picker.querySelectorAll(".token")].map((item) => [item.querySelector("input").value, item.firstChild.textContent]);
  lvzhi.pickerWrite = (picker, saved) => {
    parts(picker).tokens.replaceChildren();
    saved.forEach(([id, label]) => add(picker, id, label));
  };

  // After a refused form the server knows the numbers only; ask for the names.
  async function nameTokens(picker) {
    const unnamed = [...picker.querySelectorAll("[data-unnamed]")];
    if (!unnamed.length) return;
    const ids = unnamed.map((item) => item.querySelector("input").value);
    const options = await ask(picker, `ids=${ids.join(",")}`);
    lvzhi.pickerWrite(picker, options.map((option) => [option.dataset.id, option.dataset.label]));
  }
  const start = (root) => root.querySelectorAll("[data-picker]").forEach((picker) => nameTokens(picker).catch(fail));
  document.addEventListener("DOMContentLoaded", () => start(document));
  document.body.addEventListener("htmx:load", (event) => { if (event.target !== document.body) start(event.target); });
})();
