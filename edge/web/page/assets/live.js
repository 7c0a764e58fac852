// Keeps one page true: a socket over which the box pushes parts of the page, already rendered.
//
// The box speaks at least every two seconds. After five without a word the page says that it is not live. A new
// connection always begins with the full state, so nothing that was missed stays wrong.

const silenceMS = 4500;        // with the check below, the mark is up within five seconds
const checkMS = 250;
const backoffMS = [250, 5000]; // floor and ceiling; a hall of screens must not knock all at once, so it is jittered
const replyMS = 8000;          // a press that got no answer by then is said not to have arrived
const againMS = 2000;          // between two looks whether the box is there again

const body = document.body;
const live = body.dataset.live;
const notlive = document.getElementById("notlive");
let heard = performance.now(), boxNow = 0, wait = backoffMS[0], held = false, owed = new Map();

function mark(lost, trouble) {
  notlive.hidden = !lost && !trouble;
  notlive.classList.toggle("trouble", !lost && trouble);
  body.classList.toggle("stale", lost || trouble);
}

let trouble = false;
function check() { mark(performance.now() - heard > silenceMS, trouble); }

function connect() {
  const socket = new WebSocket(live.replace(/^\//, location.origin.replace(/^http/, "ws") + "/"));
  socket.onmessage = (m) => {
    heard = performance.now();
    wait = backoffMS[0];
    hear(JSON.parse(m.data));
  };
  socket.onclose = () => {
    setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, backoffMS[1]);
  };
}

function hear(said) {
  if (said.reload || said.build && said.build !== body.dataset.build) return location.reload();
  trouble = !!said.trouble;
  boxNow = said.now;
  check();
  for (const e of document.querySelectorAll("[data-clock]")) e.textContent = figures(e, said.clock || "");
  for (const [id, html] of Object.entries(said.parts || {})) {
    owed.set(id, html);
  }
  settle();
}

// The centre's Urdu screens may show the figures of Urdu; the box has done so with everything but its clock.
function figures(e, text) {
  return "urduFigures" in e.dataset ? text.replace(/[0-9]/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : text;
}

// A part is not exchanged under a finger: the press would be lost between the old button and the new.
function settle() {
  if (held) return;
  for (const [id, html] of owed) exchange(id, html);
  owed.clear();
}

function exchange(id, html) {
  const e = document.getElementById(id), fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (!e || fresh.innerHTML === e.innerHTML) return; // as it often is after the first connection
  const focused = e.contains(document.activeElement) && document.activeElement.id;
  const flashes = flashKey(e), chosen = sameMatter(e, fresh.content) ? choices(e) : [];
  e.replaceChildren(fresh.content);
  for (const [id, what, value] of chosen) {
    const same = document.getElementById(id);
    if (same) same[what] = value;
  }
  if (focused) document.getElementById(focused)?.focus();
  if (flashKey(e) && flashKey(e) !== flashes) flash(e.querySelector("[data-flash]"));
  arrange();
}

// A part may say of whom it is. What was typed about one visitor is not said of the next.
function sameMatter(before, after) {
  return before.querySelector("[data-of]")?.dataset.of === after.querySelector("[data-of]")?.dataset.of;
}

// What a person has opened, ticked, chosen or typed in a part is hers, and outlives the exchange.
function choices(e) {
  const out = [];
  for (const d of e.querySelectorAll("details[id]")) out.push([d.id, "open", d.open]);
  for (const i of e.querySelectorAll("input[id], select[id], textarea[id]")) {
    if (i.type === "radio" || i.type === "checkbox") out.push([i.id, "checked", i.checked]);
    else out.push([i.id, "value", i.value]);
  }
  return out;
}

function flashKey(e) { return e.querySelector("[data-flash]")?.dataset.flash; }

function flash(e) {
  e.classList.add("flash");
  e.addEventListener("animationend", () => e.classList.remove("flash"), { once: true });
}

addEventListener("pointerdown", () => { held = true; });
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { held = false; settle(); }, 30));

// ---- what a part may ask of the page -------------------------------------------------------------------------

let homeTimer = 0, homeShown = "";
function arrange() {
  const home = document.querySelector("[data-home]");
  const shown = home ? home.className + home.dataset.home : "";
  if (shown !== homeShown) {
    clearTimeout(homeTimer);
    homeShown = shown;
    if (home) homeTimer = setTimeout(goHome, home.dataset.homeAfter * 1000, home.dataset.home);
  }
  tickAll();
}

function tickAll() {
  document.querySelectorAll("[data-since]").forEach(tick);
  document.querySelectorAll("[data-until]").forEach(countDown);
}

// A page is left only when the box answers, whatever it answers: a kiosk on its browser's own error page has nobody who
// presses "reload".
async function answers(url) {
  try {
    await fetch(url, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(replyMS) });
    return true;
  } catch {
    return false;
  }
}

async function goHome(url) {
  if (await answers(url)) location.assign(url);
  else homeTimer = setTimeout(goHome, againMS, url);
}

addEventListener("click", async (ev) => {
  const a = ev.target.closest("a[href]");
  if (!live || !a || ev.ctrlKey || ev.metaKey || ev.shiftKey || a.target || a.hasAttribute("download")) return;
  if (a.origin !== location.origin || a.getAttribute("href").startsWith("#")) return;
  ev.preventDefault();
  hush();
  if (await answers(a.href)) location.assign(a.href);
  else say("", "unreached");
});

// The box's clock counts, not this machine's: a tablet's may be years off.
function boxTime() { return boxNow + performance.now() - heard; }

function tick(e) {
  if (!boxNow) return;
  const s = Math.max(0, Math.floor((boxTime() - e.dataset.since) / 1000));
  const minutes = Math.floor(s / 60);
  e.textContent = "minutes" in e.dataset ? minutes : `${minutes}:${String(s % 60).padStart(2, "0")}`;
  if (!e.dataset.target) return;
  const over = s * 1000 >= e.dataset.target;
  e.classList.toggle("is-alarm", over);
  for (const word of e.parentElement.querySelectorAll("[data-over]")) word.hidden = !over;
}

// Seconds that are left. What awaits their end can be pressed all the same, and the box says why not yet; what fades is
// gone then, and may be there only from a moment on.
function countDown(e) {
  if (!boxNow) return;
  const left = Math.ceil((e.dataset.until - boxTime()) / 1000);
  e.textContent = left > 0 ? left : "";
  e.closest("[data-awaits]")?.setAttribute("aria-disabled", left > 0);
  const fades = e.closest("[data-fades]");
  if (fades) fades.hidden = left <= 0 || boxTime() < (fades.dataset.from ?? 0);
}

// ---- presses ---------------------------------------------------------------------------------------------------

// A form marked data-push is sent without leaving the page: its effect comes back over the socket, a refusal is shown,
// and a press that did not arrive says so. Without this module the same form is an ordinary one.
addEventListener("submit", (ev) => {
  const form = ev.target;
  if (body.classList.contains("busy")) return ev.preventDefault();
  if (form.hasAttribute("data-once")) return once(ev, form, ev.submitter);
  if (!form.hasAttribute("data-push")) return;
  ev.preventDefault();
  push(form, new URLSearchParams(new FormData(form, ev.submitter)));
});

// A form marked data-once is sent one time, however often it is pressed, and leads to another page.
let cleared = null; // the form that may go, for the box answers
async function once(ev, form, submitter) {
  if (cleared === form) return body.classList.add("busy");
  ev.preventDefault();
  body.classList.add("busy");
  hush();
  // A form cannot be sent while its sending is being heard: without a socket to ask, in the next turn.
  const there = await (live ? answers(location.href) : new Promise((next) => setTimeout(next, 0, true)));
  body.classList.remove("busy");
  if (!there) return say("", "unreached");
  cleared = form;
  form.requestSubmit(submitter);
}

async function push(form, fields) {
  body.classList.add("busy");
  hush();
  try {
    const headers = { "Markaz-Push": "1" };
    const answer = await fetch(form.action, { method: "POST", body: fields, headers, signal: AbortSignal.timeout(replyMS) });
    const to = answer.headers.get("Markaz-Go"); // somebody else has a say in it, on a page of its own
    if (to) location.assign(to);
    else if (!answer.ok) say(await answer.text(), "unexplained");
    else fold(form);
  } catch {
    say("", "unreached");
  } finally {
    body.classList.remove("busy");
  }
}

// What was asked in a fold is answered: it closes, and is empty the next time.
function fold(form) {
  for (const d of form.querySelectorAll("details.fold[open]")) d.open = false;
  const around = form.closest("details.fold");
  if (around) around.open = false;
  form.reset();
}

// The box sends a refusal as a piece of page. Anything else, a proxy's or a crash's, is not shown raw.
function say(html, otherwise) {
  const said = document.getElementById("said");
  const ours = html.startsWith('<div class="refusal"');
  said.innerHTML = ours ? html : `<div class="refusal">${document.getElementById(otherwise).innerHTML}</div>`;
  said.hidden = false;
  said.scrollIntoView({ block: "nearest" });
  clearTimeout(say.timer);
  say.timer = setTimeout(hush, 12000);
}

function hush() { const said = document.getElementById("said"); if (said) said.hidden = true; }
addEventListener("click", (ev) => { if (ev.target.closest("#said")) hush(); });

// Letters go to what they are typed into; elsewhere they are the keys of acts. With a keyboard of Urdu letters the place of
// the key counts.
export function typing(e) { return e.matches("input:not([type=radio], [type=checkbox]), textarea, select"); }

export function letterOf(ev) {
  if (/^[!-~]$/.test(ev.key)) return ev.key;
  return ev.key.length === 1 && /^(Key|Digit)(.)$/.exec(ev.code)?.[2] || "";
}

// An act inside what is open comes before one beside it.
export function pressKey(key) {
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}" i]`)].filter((e) => e.checkVisibility());
  const e = all.find((e) => e.closest("details[open]")) ?? all[0];
  if (!e) return false;
  if (e.matches("input")) e.focus();
  e.click();
  if (e.matches("summary") && e.parentElement.open) focusFirst(e.parentElement);
  return true;
}

function focusFirst(d) { d.querySelector("input:not([type=hidden]), select, textarea, button")?.focus(); }

function closeFold() {
  const open = document.querySelector("details.fold[open]");
  if (!open) return document.querySelector(".console-lists")?.reset(); // nobody is chosen any more
  open.open = false;
  open.querySelector("summary").focus();
}

addEventListener("keydown", (ev) => {
  if (ev.key === "Escape") return closeFold();
  if (ev.repeat || ev.ctrlKey || ev.altKey || ev.metaKey || typing(ev.target)) return;
  const key = letterOf(ev);
  if (key) pressKey(key);
});

addEventListener("pageshow", () => { body.classList.remove("busy"); cleared = null; });
arrange();
if (document.querySelector("[data-keypad]")) import("./keypad.js");
if (live) {
  connect();
  setInterval(check, checkMS);
  setInterval(tickAll, 500);
}
