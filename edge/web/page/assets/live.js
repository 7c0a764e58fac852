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
  const flashes = flashKey(e), chosen = choices(e);
  e.replaceChildren(fresh.content);
  for (const [id, what, value] of chosen) {
    const same = document.getElementById(id);
    if (same) same[what] = value;
  }
  if (focused) document.getElementById(focused)?.focus();
  if (flashKey(e) && flashKey(e) !== flashes) flash(e.querySelector("[data-flash]"));
  arrange();
}

// What a person has opened, ticked or typed in a part is hers, and outlives the exchange.
function choices(e) {
  const out = [];
  for (const d of e.querySelectorAll("details[id]")) out.push([d.id, "open", d.open]);
  for (const i of e.querySelectorAll("input[id]")) {
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
  for (const e of document.querySelectorAll("[data-since]")) {
    tick(e);
  }
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
function tick(e) {
  if (!boxNow) return;
  const s = Math.max(0, Math.floor((boxNow + performance.now() - heard - e.dataset.since) / 1000));
  e.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
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
  } catch {
    say("", "unreached");
  } finally {
    body.classList.remove("busy");
  }
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

addEventListener("keydown", (ev) => {
  if (ev.repeat || ev.ctrlKey || ev.altKey || ev.metaKey || ev.target.matches("input, textarea, select")) return;
  document.querySelector(`[data-key="${CSS.escape(ev.key.toLowerCase())}"]`)?.click();
});

addEventListener("pageshow", () => { body.classList.remove("busy"); cleared = null; });
arrange();
if (document.querySelector("[data-keypad]")) import("./keypad.js");
if (live) {
  connect();
  setInterval(check, checkMS);
  setInterval(() => document.querySelectorAll("[data-since]").forEach(tick), 500);
}
