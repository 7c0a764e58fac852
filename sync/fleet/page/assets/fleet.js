// Keeps a page of the fleet true, and lets the map and the list be gone through without asking headquarters again.
//
// Headquarters speaks at least every two seconds. After five without a word the page says since when it is not live. What
// it sends are whole elements by id, and only those that changed after the version this page has.

const silenceMS = 4500;        // with the check below, the mark is up within five seconds
const checkMS = 250;
const backoffMS = [250, 5000]; // floor and ceiling, with jitter

const body = document.body;
const epochShown = body.dataset.epoch;
const byId = (id) => document.getElementById(id);
const pulse = byId("pulse"), words = pulse?.querySelector("span").dataset;
let epoch = epochShown, version = body.dataset.version, heard = performance.now(), heardAt = new Date();
let ahead = body.dataset.now - Date.now(), wait = backoffMS[0], trouble = false;

// ---- the socket ------------------------------------------------------------------------------------------------

function connect() {
  const url = location.origin.replace(/^http/, "ws") + body.dataset.live + `&epoch=${epoch}&after=${version}`;
  const socket = new WebSocket(url);
  socket.onmessage = (m) => {
    heard = performance.now();
    heardAt = new Date();
    wait = backoffMS[0];
    hear(JSON.parse(m.data));
  };
  socket.onclose = () => {
    setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, backoffMS[1]);
  };
}

function hear(said) {
  if (said.build !== body.dataset.build) return location.reload();
  epoch = said.epoch;
  version = said.version;
  ahead = said.now - Date.now();
  trouble = !!said.trouble;
  check();
  const parts = said.parts || {};
  if (Object.keys(parts).length === 0) return;
  for (const [id, html] of Object.entries(parts)) exchange(id, html);
  if (parts.order !== undefined) sort(parts.order);
  tell(document);
  if (byId("map")) apply();
}

function check() {
  const lost = performance.now() - heard > silenceMS;
  body.classList.toggle("stale", lost || trouble);
  pulse.hidden = false;
  let say = words.wordLive;
  if (lost) say = words.wordLost.replace("{0}", heardAt.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }));
  else if (trouble) say = words.wordTrouble;
  const shown = pulse.querySelector("span");
  if (shown.textContent !== say) shown.textContent = say;
}

// A part that somebody stands on with the keyboard stays where it was, under the same focus.
function exchange(id, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const next = fresh.content.firstElementChild, old = byId(id);
  if (!next || id === "order") return;
  if (!old) {
    if (id.startsWith("row-")) byId("rows")?.append(next);
    return;
  }
  const place = old.contains(document.activeElement) ? focusable(old).indexOf(document.activeElement) : -1;
  if (old === roving) roving = next;
  old.replaceWith(next);
  if (place >= 0) focusable(next)[place]?.focus({ preventScroll: true });
}

function focusable(e) { return [e, ...e.querySelectorAll("a, [tabindex]")].filter((x) => x.matches("a, [tabindex]")); }

// Rows stand in headquarters' order; one that it no longer names has gone.
function sort(order) {
  const table = byId("rows"), want = order.split(" ").filter(Boolean);
  const kept = new Set(want.map((code) => "row-" + code));
  for (const row of table.querySelectorAll("tbody")) if (!kept.has(row.id)) row.remove();
  let before = table.tHead;
  const active = document.activeElement;
  for (const code of want) {
    const row = byId("row-" + code);
    if (!row) continue;
    if (before.nextElementSibling !== row) before.after(row);
    before = row;
  }
  if (active !== document.activeElement && active?.isConnected) active.focus({ preventScroll: true });
}

// ---- times in words --------------------------------------------------------------------------------------------

const lang = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "always", style: lang === "en" ? "short" : "long" });
const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

function tell(root) {
  for (const t of root.querySelectorAll("time[data-as]")) {
    if (!t.title) t.title = t.textContent;
    const s = Math.max(0, (Date.now() + ahead - new Date(t.dateTime)) / 1000);
    const [unit, size] = units.find(([, size]) => s >= (size === 86400 ? 2 * size : size)) || units[3];
    const n = Math.floor(s / size);
    let say = "";
    if (t.dataset.as === "ago") say = relative.format(-n, unit);
    if (t.dataset.as === "age") say = new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: lang === "en" ? "short" : "long" }).format(n);
    if (!say || t.textContent === say) continue;
    t.textContent = say;
    t.removeAttribute("dir");
  }
}

// ---- the filter ------------------------------------------------------------------------------------------------

// The address holds the filter, so that a page can be passed on as it is seen. The rules are those of filter.go.
const fold = (s) => s.toLowerCase().split(/\s+/).filter(Boolean);
const read = () => new URLSearchParams(location.search);

function matches(row, q) {
  const states = q.getAll("state"), marks = q.getAll("mark"), district = q.get("district");
  const has = row.dataset.marks.split(" ");
  return fold(q.get("q") || "").every((word) => row.dataset.text.includes(word)) &&
    (!states.length || states.includes(row.dataset.state)) &&
    (!marks.length || marks.some((m) => has.includes(m))) &&
    (!district || district === row.dataset.district);
}

function isEmpty(q) { return !["q", "state", "mark", "district"].some((k) => q.get(k)); }

function apply() {
  const q = read(), bright = new Set(), empty = isEmpty(q);
  let shown = 0, total = 0;
  for (const row of byId("rows").querySelectorAll("tbody")) {
    const yes = matches(row, q);
    row.hidden = !yes;
    total++;
    if (!yes) continue;
    shown++;
    bright.add(row.dataset.district);
  }
  for (const tile of byId("map").querySelectorAll(".tile")) {
    const chosen = q.get("district") === tile.dataset.district;
    tile.classList.toggle("chosen", chosen);
    tile.classList.toggle("dim", !empty && !chosen && !bright.has(tile.dataset.district));
    current(tile, chosen);
    tile.tabIndex = tile === stand() ? 0 : -1;
  }
  for (const chip of document.querySelectorAll(".chip")) {
    const on = q.getAll(chip.dataset.kind).includes(chip.dataset.name);
    chip.classList.toggle("on", on);
    current(chip, on);
    chip.href = "/?" + changed(q, chip.dataset.kind, chip.dataset.name);
  }
  count(shown, total, empty);
}

function current(e, on) { if (on) e.setAttribute("aria-current", "true"); else e.removeAttribute("aria-current"); }

function count(shown, total, empty) {
  byId("rows").hidden = shown === 0;
  byId("none").hidden = shown !== 0;
  byId("all").hidden = empty;
  const line = byId("shown"), say = line.dataset.text.replace("{0}", shown).replace("{1}", total);
  const span = line.querySelector("span");
  if (span.textContent !== say) span.textContent = say;
  const other = document.querySelector(".switch"), q = read();
  q.set("lang", other.hreflang);
  other.href = "/?" + q;
}

// changed is the filter with one choice more or fewer; of districts there is one at most.
function changed(q, kind, name) {
  const out = new URLSearchParams(q), had = out.getAll(kind);
  out.delete(kind);
  const next = had.includes(name) ? had.filter((x) => x !== name) : kind === "district" ? [name] : [...had, name];
  for (const x of next) out.append(kind, x);
  out.set("lang", lang);
  return out;
}

function go(q, push) {
  history[push ? "pushState" : "replaceState"](null, "", "/?" + q);
  for (const hidden of document.querySelectorAll(".search input[type=hidden]:not([name=lang])")) hidden.remove();
  if (byId("q") !== document.activeElement) byId("q").value = q.get("q") || "";
  apply();
}

function chosen(ev) {
  if (ev.ctrlKey || ev.metaKey || ev.shiftKey || ev.button) return;
  const tile = ev.target.closest(".tile"), chip = ev.target.closest(".chip, .off h2 a");
  if (!tile && !chip && !ev.target.closest("#all")) return;
  ev.preventDefault();
  if (tile) { rove(tile); go(changed(read(), "district", tile.dataset.district), true); }
  else if (chip) go(changed(read(), chip.dataset.kind, chip.dataset.name), true);
  else go(new URLSearchParams({ lang }), true);
}

function typed() {
  const q = read(), value = byId("q").value.trim();
  if (value) q.set("q", value); else q.delete("q");
  go(q, false);
}

// ---- the map from the keyboard ---------------------------------------------------------------------------------

let roving = null;
const tiles = () => [...byId("map").querySelectorAll(".tile")];
function stand() {
  if (!roving?.isConnected) roving = (roving && byId(roving.id)) || byId("map").querySelector(".tile");
  return roving;
}
const ways = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// The next district in a direction: nearest along it first, then the least aside. Left is west in every language.
function walk(from, [dx, dy]) {
  const x = +from.dataset.col, y = +from.dataset.row;
  let best = null, least = Infinity;
  for (const t of tiles()) {
    const ex = t.dataset.col - x, ey = t.dataset.row - y;
    const along = ex * dx + ey * dy, aside = Math.abs(ex * dy) + Math.abs(ey * dx);
    if (along <= 0 || aside > along * 2) continue;
    if (along + aside * 2 < least) [best, least] = [t, along + aside * 2];
  }
  return best;
}

function steer(ev) {
  const from = ev.target.closest(".tile");
  if (!from || ev.altKey || ev.ctrlKey || ev.metaKey) return;
  const all = tiles();
  const to = ways[ev.key] ? walk(from, ways[ev.key]) : { Home: all[0], End: all.at(-1) }[ev.key];
  if (ev.key === " ") { ev.preventDefault(); from.click(); }
  if (!ways[ev.key] && !to) return;
  ev.preventDefault();
  if (!to) return;
  to.focus();
}

// The Tab key finds the map once, where one stood last.
function rove(to) {
  stand().tabIndex = -1;
  roving = to;
  to.tabIndex = 0;
}

function hover(ev) {
  const tile = ev.target.closest?.(".tile"), tip = byId("tip");
  if (ev.type === "focusin" && tile) rove(tile);
  tip.classList.toggle("says", !!tile);
  tip.textContent = tile ? tile.getAttribute("aria-label") : tip.dataset.hint;
}

function start() {
  if (byId("map")) {
    document.addEventListener("click", chosen);
    byId("q").addEventListener("input", typed);
    document.querySelector(".search").addEventListener("submit", (ev) => { ev.preventDefault(); typed(); });
    byId("map").addEventListener("keydown", steer);
    for (const what of ["mouseover", "mouseout", "focusin", "focusout"]) {
      byId("map").addEventListener(what, (ev) => hover(what.endsWith("out") ? { target: document.body } : ev));
    }
    addEventListener("popstate", () => { byId("q").value = read().get("q") || ""; apply(); });
    apply();
  }
  tell(document);
  setInterval(() => tell(document), 1000);
  if (!body.dataset.live) return;
  connect();
  setInterval(check, checkMS);
}
start();
