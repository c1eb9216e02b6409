// What a browser adds to pages that work without it: keys, a command menu, counters, news.
// Nothing here decides anything; every act is a form that the server wrote.
(() => {
  "use strict";
  const html = document.documentElement;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const meta = (name) => one(`meta[name="${name}"]`)?.content;
  const typing = (at) => at.closest?.("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

  html.classList.add("js");

  // The server's clock is the one that counts: this is how far ours is off.
  const offset = meta("amend-now") ? Date.parse(meta("amend-now")) - Date.now() : 0;
  const now = () => Date.now() + offset;

  // "4:59"
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const secondsTo = (moment) => Math.max(0, Math.ceil((moment - now()) / 1000));

  // ── Dialogs: the server writes them, data-open opens them, Esc closes them. ──

  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const input = one("[data-command-input]", dialog);
    if (input) {
      input.value = "";
      narrow(dialog, "");
    }
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      opener.closest("details")?.removeAttribute("open");
      open(opener.dataset.open);
    }
    if (event.target.matches("dialog")) event.target.close(); // beside it
    for (const menu of all("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.done = "";
    setTimeout(() => delete button.dataset.done, 1500);
  }

  // ── The command menu: what the server listed, and what this page can do. ──

  const mac = /Mac|iP(hone|ad)/.test(navigator.platform);
  if (mac) all("[data-mod]").forEach((key) => (key.textContent = `⌘ ${key.dataset.mod}`));

  function narrow(dialog, words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    let group = null;
    let found = 0;
    for (const line of all("[data-command] > li", dialog)) {
      if (line.matches(".grp")) {
        group = line;
        group.hidden = true;
        continue;
      }
      const text = line.textContent.toLowerCase();
      line.hidden = !wanted.every((word) => text.includes(word));
      if (!line.hidden) {
        found++;
        if (group) group.hidden = false;
      }
    }
    one(".empty-line", dialog).hidden = found > 0;
    choose(dialog, 0);
  }

  const choices = (dialog) => all("[data-command] a", dialog).filter((a) => !a.closest("[hidden]"));

  function choose(dialog, at) {
    const links = choices(dialog);
    const place = links.length ? (at + links.length) % links.length : -1;
    all("[data-command] a", dialog).forEach((a) => a.removeAttribute("data-chosen"));
    links[place]?.setAttribute("data-chosen", "");
    links[place]?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-command-input]")) narrow(event.target.closest("dialog"), event.target.value);
    if (event.target.matches("[data-filter]")) filter(event.target);
  });

  function inMenu(event) {
    const dialog = event.target.closest("dialog");
    const links = choices(dialog);
    const at = links.findIndex((a) => a.matches("[data-chosen]"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(dialog, at + step);
    else if (event.key === "Enter") links[at]?.click();
    else return;
    event.preventDefault();
  }

  // ── Tables that narrow as one types. ──

  function filter(input) {
    const words = input.value.toLowerCase();
    const tables = all("table[data-filtered]");
    const table = tables.find((t) => input.compareDocumentPosition(t) & Node.DOCUMENT_POSITION_FOLLOWING);
    all("tbody tr", table).forEach((row) => (row.hidden = !row.textContent.toLowerCase().includes(words)));
  }

  // ── Single keys (WCAG 2.1.4: they can be switched off, and never fire while typing). ──

  let first = ""; // of a sequence such as "g i"
  let forget = 0;

  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("[data-command-input]")) return inMenu(event);
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && document.getElementById("command")) {
      event.preventDefault();
      return open("command");
    }
    if (event.key === "Escape") all("details.menu[open]").forEach((menu) => (menu.open = false));
    const idle = !event.metaKey && !event.ctrlKey && !event.altKey && !event.isComposing && !typing(event.target);
    if (!idle || html.dataset.keys === "off" || one("dialog[open]:not(.kit dialog)")) return;
    if (press(event.key)) event.preventDefault();
  });

  function press(key) {
    const sequence = first ? `${first} ${key}` : key;
    first = "";
    clearTimeout(forget);
    const target = keyed(sequence) ?? keyed(key);
    if (target) return target.click(), true;
    if (all("[data-key]").some((el) => el.dataset.key.startsWith(`${key} `))) {
      first = key;
      forget = setTimeout(() => (first = ""), 1500);
      return true;
    }
    return built(key);
  }

  const keyed = (keys) => all("[data-key]").find((el) => el.dataset.key === keys && el.checkVisibility?.() !== false);

  // The keys that every page knows.
  function built(key) {
    switch (key) {
      case "/":
        return focus(one("#q"));
      case "?":
        return open("keys"), true;
      case "j":
        return focus(beside("[data-row]", 1));
      case "k":
        return focus(beside("[data-row]", -1));
      case "f":
        return seen();
      case "x":
        return tick(document.activeElement?.closest("li, tr"));
    }
    return false;
  }

  function focus(el) {
    el?.focus();
    el?.scrollIntoView({ block: "nearest" });
    return Boolean(el);
  }

  // beside is the element of a list that is one step from where the reader is: from the
  // focus, or from the one that is shown, as it is not where a window is too narrow for that.
  function beside(selector, step) {
    const list = all(selector);
    let at = list.indexOf(document.activeElement);
    if (at < 0 && one(".peek")?.checkVisibility()) at = list.findIndex((el) => el.hasAttribute("aria-current"));
    return list[at < 0 ? 0 : at + step];
  }

  // seen ticks the next row of the difference that was not read yet, and goes there.
  function seen() {
    const box = all("[data-diff] .seen input").find((input) => !input.checked);
    if (!box) return false;
    box.click();
    return focus(box);
  }

  function tick(row) {
    const box = row && one("[data-select]", row);
    box?.click();
    return Boolean(box);
  }

  // ── Forms: a button says that it is busy; the form is sent once. ──

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.busy) return;
    if (button.ariaBusy === "true") return event.preventDefault();
    button.ariaBusy = "true";
    (one("span", button) ?? button).textContent = button.dataset.busy;
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted && one("[aria-busy=true][data-busy]")) location.reload();
  });

  // ── Regions: the options of one list follow from what is picked in another. ──

  const asked = new WeakMap(); // what was asked last for a list

  document.addEventListener("change", (event) => below(event.target));

  // below empties the lists below one at once, so that nothing can be picked that lies in
  // another region, and fills the next. Which region it is remains the reader's to pick, and
  // an answer that comes late is no answer any more.
  async function below(list) {
    const next = list.form && one(`[data-region-of="${CSS.escape(list.name)}"]`, list.form);
    if (!next) return;
    next.replaceChildren(next.options[0]);
    below(next);
    const place = new URL(next.dataset.regions, location.href);
    place.searchParams.set("of", list.value);
    place.searchParams.set("field", next.name);
    asked.set(next, place);
    next.toggleAttribute("data-loading", list.value);
    if (!list.value) return;
    const answer = await fetch(place, { headers: { "HX-Request": "true" } }).catch(() => null);
    const options = answer?.ok && (await answer.text().catch(() => ""));
    if (asked.get(next) !== place) return;
    next.removeAttribute("data-loading");
    if (options) fill(next, options);
    else html.classList.remove("js"); // there is a button that does without us
  }

  // fill parses options outside of any list: one that loses them one by one selects each.
  function fill(list, options) {
    list.replaceChildren(...new DOMParser().parseFromString(options, "text/html").body.children);
  }

  // ── Time: countdowns, masks that close again, the end of a session. ──

  const started = now();
  const left = Number(meta("amend-session") ?? 0);
  const ends = left ? started + left * 1000 : 0;
  let warned = false;

  function second() {
    for (const el of all("[data-until]")) el.textContent = until(Date.parse(el.dataset.until));
    for (const toast of all("[data-undo-seconds]")) undo(toast);
    for (const el of all("[data-hide-after]")) {
      if (now() - started > Number(el.dataset.hideAfter) * 1000) location.replace(location.pathname);
    }
    if (ends) session(secondsTo(ends));
  }

  const until = (moment) => (secondsTo(moment) ? clock(secondsTo(moment)) : "");

  function undo(toast) {
    const rest = secondsTo(started + Number(toast.dataset.undoSeconds) * 1000);
    const place = one("[data-undo-left]", toast);
    if (place) place.textContent = rest;
    if (rest === 0) toast.remove(); // it is done now
  }

  function session(rest) {
    if (rest > 120) return;
    const place = one("[data-session-left]");
    if (place) place.textContent = clock(rest);
    if (!warned) open("session");
    warned = true;
    if (rest === 0) location.reload(); // the server says what follows
  }

  second();
  setInterval(second, 1000);

  // ── News: the server says that a list has changed; the reader decides when to see it. ──

  const news = one("[data-events]")?.dataset.events;
  if (news && one("[data-fresh]")) {
    const source = new EventSource(news);
    source.addEventListener("inbox", (event) => {
      for (const bar of all("[data-fresh]")) {
        bar.textContent = event.data; // how many, as the server says it
        bar.hidden = !event.data;
      }
    });
    window.addEventListener("pagehide", () => source.close());
  }
})();
