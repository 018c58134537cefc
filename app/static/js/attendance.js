// Attendance: everybody is present; exceptions by keyboard (arrows, one letter per status) or finger; counts follow.
"use strict";

(() => {
  const rows = (list) => [...list.querySelectorAll("[data-row]")];
  const checked = (row) => row.querySelector("input[type=radio]:checked");

  function count(list) {
    const totals = {};
    list.querySelectorAll("[data-count]").forEach((place) => { totals[place.dataset.count] = 0; });
    let spoke = 0;
    for (const row of rows(list)) {
      const status = checked(row)?.value;
      totals[status] = (totals[status] ?? 0) + 1;
      row.dataset.status = status;
      if (row.querySelector(".spoke input").checked) spoke += 1;
    }
    list.querySelectorAll("[data-count]").forEach((place) => { place.textContent = totals[place.dataset.count]; });
    list.querySelector("[data-count-spoke]").textContent = spoke;
  }

  // Where a reason is asked for, the next thing typed is the reason.
  function toReason(row) {
    const reason = row.querySelector(".reason");
    const style = getComputedStyle(reason);
    if (style.display !== "none" && style.visibility !== "hidden") reason.focus();
  }

  function set(row, radio) {
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    toReason(row);
  }

  function move(list, row, step) {
    const shown = rows(list).filter((other) => !other.hidden);
    const next = shown[shown.indexOf(row) + step];
    if (next) checked(next).focus();
  }

  document.addEventListener("change", (event) => {
    const list = event.target.closest?.("[data-attendance]");
    if (list) count(list);
  });

  // Not by touch, where the screen keyboard would cover the list; not by arrow keys, which pass through a status.
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("[data-attendance] [data-row]");
    if (row && event.target.type === "radio" && event.detail > 0 && !window.matchMedia("(pointer: coarse)").matches) toReason(row);
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("[data-attendance] [data-row]");
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = row.closest("[data-attendance]");
    const typing = event.target.matches("[type=text]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Enter") {
      event.preventDefault();
      move(list, row, event.key === "ArrowUp" ? -1 : 1);
      return;
    }
    if (typing || event.isComposing) return;
    const key = event.key.toUpperCase();
    const radio = row.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (radio) {
      event.preventDefault();
      set(row, radio);
    } else if (key === "S") {
      event.preventDefault();
      row.querySelector(".spoke input").click();
    }
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-attendance-filter]")) return;
    const list = event.target.closest("[data-attendance]");
    const wanted = event.target.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows(list)) {
      row.hidden = !row.dataset.words.toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    list.querySelector("[data-attendance-none]").hidden = shown > 0;
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("[data-attendance-filter]") || !["Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const first = rows(event.target.closest("[data-attendance]")).find((row) => !row.hidden);
    if (first) checked(first).focus();
  });

  // The browser may bring back ticks after "back"; a draft may too.
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-attendance]").forEach(count));
  document.body.addEventListener("htmx:load", (event) => event.target.querySelectorAll("[data-attendance]").forEach(count));
})();
