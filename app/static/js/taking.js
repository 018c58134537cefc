// Opinions taken on a phone: the draft is kept on this phone, finished ones wait here and are sent once each.
"use strict";

(() => {
  const form = document.querySelector("[data-taking]");
  if (!form) return;
  const { element } = lvzhi;
  const panel = document.querySelector("[data-queue]");
  const list = panel.querySelector("[data-sending]");
  const words = JSON.parse(panel.dataset.said);
  const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const link = document.querySelector("[data-link-state]");
  const thumbs = form.querySelector("[data-thumbs]");
  const note = form.querySelector("[data-kept]");
  const store = `lvzhi:taking:${lvzhi.user ?? document.body.dataset.user}:${form.dataset.reception}`;
  const MOST = 3;
  const SIDE = 1600;
  let photos = [];
  let sending = false;

  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  function load() {
    try {
      return { queue: [], ...JSON.parse(localStorage.getItem(store)) };
    } catch {
      return { queue: [] };
    }
  }

  function keep(state) {
    try {
      localStorage.setItem(store, JSON.stringify(state));
      return true;
    } catch {
      return false;
    }
  }

  const names = ["content", "topic", "citizen_name", "citizen_phone", "mandate_id"];
  const field = (name) => form.elements[name];

  function read() {
    const values = Object.fromEntries(names.filter((name) => field(name)).map((name) => [name, field(name).value]));
    return { ...values, anonymous: field("anonymous").checked, key: field("draft_key").value, photos };
  }

  function fill(draft) {
    for (const name of names) if (field(name)) field(name).value = draft?.[name] ?? "";
    field("anonymous").checked = Boolean(draft?.anonymous);
    field("draft_key").value = draft?.key || fresh();
    photos = draft?.photos ?? [];
    show();
  }

  // Nothing of whoever wishes not to be known is kept or sent.
  function show() {
    const hidden = field("anonymous").checked;
    for (const name of ["citizen_name", "citizen_phone"]) {
      field(name).closest(".field").hidden = hidden;
      if (hidden) field(name).value = "";
    }
    form.querySelectorAll("[data-topic]").forEach((chip) => chip.setAttribute("aria-pressed", String(chip.dataset.topic === field("topic").value)));
    thumbs.replaceChildren(...photos.map((data, place) => {
      const remove = element("button", { type: "button", "aria-label": thumbs.dataset.remove }, "×");
      remove.onclick = () => { photos.splice(place, 1); show(); saveDraft(); };
      return element("li", {}, element("img", { src: data, alt: "" }), remove);
    }));
  }

  function saveDraft() {
    const draft = read();
    const state = load();
    state.draft = draft.content || draft.photos.length ? draft : null;
    if (keep(state)) note.textContent = state.draft ? say("kept") : "";
    else note.textContent = say("full");
  }

  async function smaller(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/jpeg", .75);
  }

  function blob(data) {
    const bytes = atob(data.slice(data.indexOf(",") + 1));
    return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))], { type: "image/jpeg" });
  }

  function online() {
    link.classList.toggle("is-off", !navigator.onLine);
    link.textContent = navigator.onLine ? link.dataset.on : link.dataset.off;
  }

  function draw() {
    const { queue } = load();
    panel.hidden = !queue.length;
    list.replaceChildren(...queue.map((item) => {
      const line = element("li", {}, element("strong", {}, item.text), element("div", { "data-state": item.state }, say(item.state, item)));
      if (item.state === "refused") {
        const edit = element("button", { class: "btn btn-light btn-sm", type: "button" }, say("edit"));
        edit.onclick = () => takeBack(item.key);
        line.append(element("div", { class: "cluster" }, edit));
      } else if (item.state === "waiting") {
        const retry = element("button", { class: "btn btn-light btn-sm", type: "button" }, say("retry"));
        retry.onclick = send;
        line.append(element("div", { class: "cluster" }, retry));
      }
      return line;
    }));
  }

  function change(key, values) {
    const state = load();
    state.queue = state.queue.map((item) => (item.key === key ? { ...item, ...values } : item));
    keep(state);
    draw();
  }

  function takeBack(key) {
    const state = load();
    const item = state.queue.find((each) => each.key === key);
    if (!item?.draft || read().content) return;
    state.queue = state.queue.filter((each) => each.key !== key);
    keep(state);
    fill(item.draft);
    saveDraft();
    draw();
    field("content").focus();
  }

  async function post(item) {
    const body = new FormData();
    for (const name of names) if (item.draft[name]) body.append(name, item.draft[name]);
    if (item.draft.anonymous) body.append("anonymous", "y");
    body.append("draft_key", item.key);
    item.draft.photos.forEach((data, place) => body.append("photos", blob(data), `photo-${place + 1}.jpg`));
    const headers = { Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
    const answer = await fetch(location.pathname, { method: "POST", body, headers, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 401) return { state: "login" };
    if (answer.ok) {
      const told = await answer.json();
      return { state: told.again ? "again" : "sent", number: told.number, code: told.code, draft: null };
    }
    if (answer.status === 422) return { state: "refused", reason: (await answer.json()).errors.join(" ") };
    if (answer.status >= 500) return { state: "waiting" };
    return { state: "refused", reason: String(answer.status) };
  }

  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (const item of load().queue.filter((each) => ["waiting", "sending", "login"].includes(each.state))) {
        change(item.key, { state: "sending" });
        try {
          change(item.key, await post(item));
        } catch {
          change(item.key, { state: "waiting" });
          break;
        }
      }
    } finally {
      sending = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const draft = read();
    if (!draft.content.trim()) {
      field("content").focus();
      field("content").setAttribute("aria-invalid", "true");
      return;
    }
    field("content").removeAttribute("aria-invalid");
    const state = load();
    // What was sent long ago need not fill the phone.
    const open = state.queue.filter((item) => item.draft);
    const done = state.queue.filter((item) => !item.draft).slice(-5);
    state.queue = [...done, ...open, { key: draft.key, text: draft.content.slice(0, 40), state: "waiting", draft }];
    state.draft = null;
    if (!keep(state)) {
      note.textContent = say("full");
      return;
    }
    note.textContent = "";
    fill(null);
    draw();
    send();
  }, true);

  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-topic]");
    if (!chip) return;
    field("topic").value = field("topic").value === chip.dataset.topic ? "" : chip.dataset.topic;
    show();
    saveDraft();
  });

  form.addEventListener("change", async (event) => {
    if (event.target.name === "photos") {
      const chosen = [...event.target.files].slice(0, MOST - photos.length);
      if (chosen.length < event.target.files.length) note.textContent = say("photos");
      for (const file of chosen) {
        try {
          photos.push(await smaller(file));
        } catch {
          // Not a picture this phone can open: the choice stays as it was.
        }
      }
      event.target.value = "";
    }
    show();
    saveDraft();
  });
  form.addEventListener("input", saveDraft);
  window.addEventListener("online", () => { online(); send(); });
  window.addEventListener("offline", online);

  const kept = load().draft;
  if (kept) {
    fill(kept);
    note.textContent = say("kept");
  } else if (!field("content").value) {
    fill(null);
  } else {
    show();
  }
  online();
  draw();
  send();
  setInterval(send, 20000);
})();
