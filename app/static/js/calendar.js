// Dragging a deputy to another day of the calendar: what would break is asked first, refused or confirmed.
"use strict";

(() => {
  let dragged = null;
  const grid = () => document.querySelector("[data-calendar]");

  async function findings(target, mandate, leaving) {
    const asked = new URLSearchParams({ mandate, leaving });
    const answer = await fetch(`${target.dataset.roster}/check?${asked}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function move(target, mandate, leaving) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ mandate, leaving, confirmed: "1", csrf_token: lvzhi.token() })) form.append(name, value);
    const answer = await fetch(target.dataset.roster, { method: "POST", body: form });
    if (!answer.ok) throw new Error(String(answer.status));
    const { scrollLeft, scrollTop } = grid();
    await htmx.ajax("GET", window.location.href, { target: "#calendar-grid", select: "#calendar-grid", swap: "outerHTML" });
    grid().scrollTo(scrollLeft, scrollTop);
  }

  async function drop(target) {
    const { mandate, day } = dragged;
    try {
      const { refusals, warnings } = await findings(target, mandate, day);
      if (refusals.length) {
        lvzhi.toast(`${grid().dataset.refusal}：${refusals.join("")}`, "error");
        return;
      }
      const go = () => move(target, mandate, day).catch(() => lvzhi.toast(lvzhi.say("failed"), "error"));
      if (warnings.length) ask({ dataset: { confirm: `${warnings.join("")}${grid().dataset.question}` } }, go);
      else await go();
    } catch {
      lvzhi.toast(lvzhi.say("failed"), "error");
    }
  }

  document.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("[data-calendar] [data-mandate]");
    if (!item) return;
    dragged = { mandate: item.dataset.mandate, day: item.closest("[data-day]").dataset.day };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.textContent);
    item.classList.add("dragging");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    document.querySelectorAll(".dragging, .drop-here").forEach((node) => node.classList.remove("dragging", "drop-here"));
  });
  document.addEventListener("dragover", (event) => {
    const day = dragged && event.target.closest?.("[data-day]");
    document.querySelectorAll(".drop-here").forEach((node) => node !== day && node.classList.remove("drop-here"));
    if (!day || day.dataset.day === dragged.day) return;
    event.preventDefault();
    day.classList.add("drop-here");
  });
  document.addEventListener("drop", (event) => {
    const day = dragged && event.target.closest?.("[data-day]");
    if (!day || day.dataset.day === dragged.day) return;
    event.preventDefault();
    drop(day);
  });
})();
