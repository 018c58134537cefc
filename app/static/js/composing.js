// Moving people between proposed groups: drag them, or tick and choose a group; figures follow from the server.
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const ticked = () => [...board.querySelectorAll("input[name=member]:checked")];
  const groupOf = (place) => board.querySelector(`[data-place="${CSS.escape(String(place))}"]`);

  function count() {
    const place = board.querySelector("[data-board-count]");
    if (!place) return;
    place.textContent = lvzhi.say("selected", { n: ticked().length });
    place.closest("[data-board-bar]").classList.toggle("idle", !ticked().length);
  }

  // What the figures say, repeated beside the names: whoever moves people sees the effect without scrolling.
  function standing() {
    document.querySelectorAll("[data-figures-of]").forEach((row) => {
      groupOf(row.dataset.figuresOf).querySelector("[data-standing-of]").textContent = row.dataset.standing;
    });
    const unplaced = groupOf("");
    if (unplaced) unplaced.querySelector("[data-standing-of]").textContent = unplaced.querySelectorAll("[data-key]").length;
    board.querySelector("[data-standing-of-all]").textContent = document.querySelector("[data-board-standing]").textContent;
  }

  async function move(keys, place) {
    const body = new URLSearchParams({ place });
    keys.forEach((key) => body.append("member", key));
    board.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(board.action, { method: "POST", headers: { "HX-Request": "true", "X-CSRFToken": lvzhi.token() }, body });
      if (!answer.ok) throw new Error(String(answer.status));
      const figures = document.getElementById("figures");
      const open = figures.querySelector("#before")?.open;
      figures.innerHTML = await answer.text();
      if (open) figures.querySelector("#before").open = true;
      const list = groupOf(place).querySelector("[data-members]");
      keys.forEach((key) => {
        const row = board.querySelector(`[data-key="${CSS.escape(key)}"]`);
        row.querySelector("input").checked = false;
        list.append(row);
      });
      groupOf(place).open = true;
      standing();
      count();
      lvzhi.toast(board.dataset.moved.replace("{n}", keys.length));
    } catch (error) {
      lvzhi.toast(lvzhi.say(error instanceof TypeError ? "offline" : "failed"), "error");
    } finally {
      board.removeAttribute("aria-busy");
    }
  }

  board.addEventListener("submit", (event) => {
    event.preventDefault();
    const keys = ticked().map((input) => input.value);
    if (keys.length) move(keys, board.elements.place.value);
  });
  board.addEventListener("change", count);

  let dragged = [];
  board.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("[data-key]");
    if (!row) return;
    const mine = row.dataset.key;
    const many = ticked().map((input) => input.value);
    dragged = many.includes(mine) ? many : [mine];
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.join(","));
  });
  board.addEventListener("dragover", (event) => {
    const group = event.target.closest("[data-place]");
    if (!dragged.length || !group || group.dataset.place === "") return;
    event.preventDefault();
    board.querySelectorAll(".drop-target").forEach((other) => other.classList.toggle("drop-target", other === group));
    group.classList.add("drop-target");
  });
  board.addEventListener("drop", (event) => {
    const group = event.target.closest("[data-place]");
    if (!dragged.length || !group || group.dataset.place === "") return;
    event.preventDefault();
    const keys = dragged.filter((key) => !group.querySelector(`[data-key="${CSS.escape(key)}"]`));
    if (keys.length) move(keys, group.dataset.place);
  });
  board.addEventListener("dragend", () => {
    dragged = [];
    board.querySelectorAll(".drop-target").forEach((group) => group.classList.remove("drop-target"));
  });

  board.addEventListener("input", (event) => {
    if (!event.target.matches("[data-board-filter]")) return;
    const wanted = event.target.value.trim().toLowerCase();
    board.querySelectorAll("[data-place]").forEach((group) => {
      let shown = 0;
      group.querySelectorAll("[data-key]").forEach((row) => {
        row.hidden = !row.dataset.words.toLowerCase().includes(wanted);
        shown += row.hidden ? 0 : 1;
      });
      if (wanted) group.open = shown > 0;
    });
  });
  board.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-board-filter]")) event.preventDefault();
  });

  count();
  standing();
})();
