// What every page needs: CSRF for htmx, menus, shortcuts, toasts, confirmation, copying, sending once.
"use strict";

const lvzhi = (() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  const user = document.body.dataset.user || "";

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
  }

  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function toast(text, kind = "success") {
    const close = element("button", { class: "toast-close", type: "button", "data-toast-close": "", "aria-label": say("close") }, icon("close"));
    const note = element("div", { class: `toast-note is-${kind}`, "data-toast": "" }, element("span", { class: "toast-text" }, text), close);
    document.getElementById("toasts").append(note);
    expire(note);
  }

  // Errors stay until closed; a note that is pointed at or holds the focus waits.
  function expire(note) {
    if (note.matches(".is-error, .is-danger")) return;
    const wait = note.querySelector("form") ? 12000 : 7000;
    const leave = () => (note.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : note.remove());
    setTimeout(leave, wait);
  }

  return { words, say, token, user, icon, element, toast, expire };
})();

// --- htmx ---------------------------------------------------------------------------------------------

document.body.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = lvzhi.token();
});
document.body.addEventListener("htmx:sendError", () => lvzhi.toast(lvzhi.say("offline"), "error"));
document.body.addEventListener("htmx:responseError", () => lvzhi.toast(lvzhi.say("failed"), "error"));
document.body.addEventListener("toast", (event) => lvzhi.toast(event.detail.text || event.detail.value, event.detail.kind));

// --- toasts, copying ----------------------------------------------------------------------------------

document.querySelectorAll("[data-toast]").forEach(lvzhi.expire);

// Offices often run without HTTPS, where the clipboard API does not exist.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = lvzhi.element("textarea", { class: "visually-hidden" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) close.closest("[data-toast]").remove();
  const source = event.target.closest("[data-copy]");
  if (source) copy(source.dataset.copy).then(() => lvzhi.toast(lvzhi.say("copied")), () => lvzhi.toast(lvzhi.say("copyFailed"), "error"));
  if (event.target.closest("[data-print]")) window.print();
});

// --- menus and navigation -----------------------------------------------------------------------------

function closeMenus(except) {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!except || !menu.contains(except)) menu.open = false;
  });
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const toggle = event.target.closest("[data-nav-toggle]");
  const open = toggle ? !document.body.classList.contains("nav-open") : false;
  if (toggle || !event.target.closest(".sidenav")) {
    document.body.classList.toggle("nav-open", open);
    document.querySelector("[data-nav-toggle]")?.setAttribute("aria-expanded", String(open));
  }
});

// A table wider than its place is scrolled with the arrow keys, so it takes the focus then.
const wide = new ResizeObserver((places) => {
  for (const { target } of places) {
    const heading = target.closest(".panel")?.querySelector("h2")?.textContent;
    const scrolls = target.scrollWidth > target.clientWidth;
    for (const [name, value] of Object.entries({ tabindex: "0", role: "region", "aria-label": heading || document.title })) {
      if (scrolls) target.setAttribute(name, value);
      else target.removeAttribute(name);
    }
  }
});
document.querySelectorAll(".table-wrap:not([tabindex])").forEach((place) => wide.observe(place));

// Where columns go on beyond the right edge the table fades out there; at its end it does not.
const showEdge = (place) => place.classList.toggle("more-right", place.scrollLeft + place.clientWidth < place.scrollWidth - 2);
const edges = new ResizeObserver((places) => places.forEach(({ target }) => showEdge(target)));
document.querySelectorAll(".table-wrap").forEach((place) => {
  edges.observe(place);
  place.addEventListener("scroll", () => showEdge(place), { passive: true });
});

// On a phone tabs that do not fit are swiped; the chosen one is in sight from the start.
document.querySelectorAll(".tabs .active").forEach((tab) => {
  const tabs = tab.parentElement;
  const { left, right } = tab.getBoundingClientRect();
  const frame = tabs.getBoundingClientRect();
  if (right > frame.right || left < frame.left) tabs.scrollLeft += left - frame.left - (frame.width - tab.offsetWidth) / 2;
});

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("details.menu[open]")) return;
  const panel = menu.querySelector(".menu-panel");
  panel.classList.remove("shift-left");
  if (panel.getBoundingClientRect().right > document.documentElement.clientWidth - 4) panel.classList.add("shift-left");
  menu.querySelector("[data-narrow]")?.focus();
}, true);

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-narrow]");
  if (!box) return;
  const wanted = box.value.trim().toLowerCase();
  for (const item of document.getElementById(box.dataset.narrow).children) {
    item.hidden = !item.textContent.toLowerCase().includes(wanted);
  }
});

// --- keyboard -----------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    const menu = event.target.closest("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    document.body.classList.remove("nav-open");
  }
  if (event.key === "Enter" && typing?.matches("[data-narrow]")) event.preventDefault();
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-search]");
    if (search?.offsetParent) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    const form = event.target.closest("form[data-guard]") || document.querySelector("form[data-guard]");
    if (form) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-primary]"));
    }
  }
});

// --- confirmation -------------------------------------------------------------------------------------

const confirmation = document.getElementById("confirm");
const confirmed = new WeakSet();

function ask(source, go) {
  const name = source.dataset.confirmName || "";
  const input = confirmation.querySelector("#confirm-name");
  const ok = confirmation.querySelector("[data-confirm-ok]");
  confirmation.querySelector("[data-confirm-text]").textContent = source.dataset.confirm;
  confirmation.querySelector("[data-confirm-name]").textContent = name;
  confirmation.querySelector("[data-confirm-typed]").hidden = !name;
  input.value = "";
  const check = () => { ok.disabled = Boolean(name) && input.value.trim() !== name; };
  input.oninput = check;
  check();
  confirmation.returnValue = "";
  confirmation.onclose = () => { if (confirmation.returnValue === "ok") go(); };
  confirmation.showModal();
  (name ? input : ok).focus();
}

// Enter in the typed name must mean "ok", not the dialog's first button, which is "cancel".
confirmation.querySelector("#confirm-name").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const ok = confirmation.querySelector("[data-confirm-ok]");
  if (!ok.disabled) confirmation.close("ok");
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || confirmed.has(form)) {
    confirmed.delete(form);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  ask(source, () => {
    confirmed.add(form);
    form.requestSubmit(submitter);
  });
}, true);

// --- a form is sent once ------------------------------------------------------------------------------

const held = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const method = event.submitter?.getAttribute("formmethod") || form.method;
  if (event.defaultPrevented || method !== "post" || form.matches("[data-download]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // A disabled button would not be sent, so wait until the browser has read the form.
  setTimeout(() => {
    form.querySelectorAll("button:not([type=button]):not(:disabled)").forEach((button) => {
      button.disabled = true;
      held.add(button);
    });
    event.submitter?.classList.add("sending");
  });
});

window.addEventListener("pageshow", () => {
  held.forEach((button) => {
    button.disabled = false;
    button.classList.remove("sending");
    delete button.form?.dataset.sent;
  });
  held.clear();
});
