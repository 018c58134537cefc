// Lists: selecting with Shift, all on the page or all results, filters that apply when their menu closes, column order.
"use strict";

(() => {
  const { say } = lvzhi;
  const boxes = (listing) => [...listing.querySelectorAll('tbody input[name="ids"]')];
  let last = null;

  function refresh(listing, all = "") {
    const bar = listing.querySelector("[data-batch]");
    if (!bar) return;
    const rows = boxes(listing);
    const on = rows.filter((box) => box.checked);
    rows.forEach((box) => box.closest("tr").classList.toggle("selected", box.checked));
    const page = listing.querySelector("[data-select-page]");
    page.checked = on.length === rows.length;
    page.indeterminate = on.length > 0 && on.length < rows.length;
    bar.hidden = on.length === 0;
    bar.querySelector("[data-batch-all]").disabled = !all;
    bar.querySelector("[data-batch-count]").textContent = all ? say("selectedAll", { n: all }) : say("selected", { n: on.length });
    const everything = bar.querySelector("[data-select-all]");
    if (everything) everything.hidden = Boolean(all) || on.length < rows.length;
    listing.classList.toggle("has-selection", on.length > 0);
  }

  document.addEventListener("click", (event) => {
    const listing = event.target.closest("[data-listing]");
    if (!listing) return;
    if (event.target.matches('tbody input[name="ids"]')) {
      const rows = boxes(listing);
      if (event.shiftKey && last && rows.includes(last)) {
        const [from, to] = [rows.indexOf(last), rows.indexOf(event.target)].sort((a, b) => a - b);
        rows.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
      }
      last = event.target;
      refresh(listing);
    } else if (event.target.matches("[data-select-page]")) {
      boxes(listing).forEach((box) => { box.checked = event.target.checked; });
      refresh(listing);
    } else if (event.target.closest("[data-select-all]")) {
      refresh(listing, event.target.closest("[data-select-all]").dataset.selectAll);
    } else if (event.target.closest("[data-select-none]")) {
      boxes(listing).forEach((box) => { box.checked = false; });
      refresh(listing);
      listing.querySelector("[data-select-page]").focus();
    }
  });

  // "All results" means all under the filters: the ticked rows of this page must not narrow it.
  document.addEventListener("formdata", (event) => {
    if (event.target.matches(".listing-table") && event.formData.has("all")) event.formData.delete("ids");
  });

  // Back from a detail the browser may have kept the ticks.
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-listing]").forEach((listing) => refresh(listing)));

  // Only what is chosen: further choices may arrive while the menu is open.
  const snapshot = (menu) => [...menu.querySelectorAll("input[name]")].filter((input) => input.type !== "checkbox" || input.checked).map((input) => input.value).join();
  const before = new WeakMap();
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-filter]")) return;
    if (menu.open) before.set(menu, snapshot(menu));
    else if (before.has(menu) && before.get(menu) !== snapshot(menu)) menu.closest("form").requestSubmit();
  }, true);

  // Empty parameters would only clutter the address.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".listing-form")) return;
    const blank = [...event.target.querySelectorAll("input[name]")].filter((input) => !input.value);
    blank.forEach((input) => { input.disabled = true; });
    setTimeout(() => blank.forEach((input) => { input.disabled = false; }));
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    if (button.dataset.move === "-1") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
  });
})();
