// What the kiosk does beyond a form: it speaks, walks the focus for one switch, hears the reader of slips, and returns to
// its start when nobody is there. Without this module every picture still gives its number.

const main = document.querySelector("main"), still = document.getElementById("still");
const idleMS = 45000;       // without a touch until the page asks whether anybody is there
const answerMS = 15000;     // and then until it begins anew
const stepMS = 2500;        // of the focus, when it walks by itself
const betweenKeysMS = 1000; // a reader types a whole slip faster than this from key to key
const replyMS = 8000;

// ---- voice ----

// A clip is asked for only when it is there; without one the button does not show. The pages' policy lets no media
// element load, so a clip is fetched and decoded.
const lang = document.documentElement.lang;
let audio = null, heard = null;
for (const b of document.querySelectorAll("[data-say]")) {
  const address = `/voice/${lang}/${b.dataset.say}.wav`;
  fetch(address, { method: "HEAD" }).then((answer) => { b.hidden = !answer.ok; }, () => {});
  b.addEventListener("click", () => speak(address).catch(() => { b.hidden = true; }));
}

async function speak(address) {
  heard?.stop();
  heard = null;
  audio ??= new AudioContext();
  await audio.resume();
  const answer = await fetch(address);
  const clip = await audio.decodeAudioData(await answer.arrayBuffer());
  heard?.stop(); // of a button that was pressed meanwhile
  heard = audio.createBufferSource();
  heard.buffer = clip;
  heard.connect(audio.destination);
  heard.start();
}

// ---- nobody there ----

let idle = 0, leaving = 0;
const atStart = () => location.pathname + location.search === main.dataset.start && !document.querySelector("form :checked");
const bare = () => location.pathname + location.search === "/kiosk" && !document.querySelector("form :checked");

function touched() {
  clearTimeout(idle);
  if (main.querySelector("[data-home]")) return; // goes home by itself
  idle = setTimeout(ask, idleMS);
}

function ask() {
  if (atStart() || bare()) return touched();
  still.showModal();
  leaving = setTimeout(leave, answerMS);
}

// Only when the box answers: a browser's own error page has nobody who presses "reload".
async function leave() {
  try {
    await fetch(main.dataset.start, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(replyMS) });
    location.assign(main.dataset.start);
  } catch {
    leaving = setTimeout(leave, answerMS);
  }
}

still.addEventListener("close", () => { clearTimeout(leaving); touched(); });
for (const what of ["pointerdown", "keydown", "input"]) addEventListener(what, touched);
touched();

// ---- the reader of slips types an address, or eight digits, and Enter ----

let typed = "", last = 0;
addEventListener("keydown", (ev) => {
  if (ev.timeStamp - last > betweenKeysMS) typed = "";
  last = ev.timeStamp;
  if (ev.key.length === 1) typed += ev.key;
  if (ev.key !== "Enter" || !/(\/T\/[A-Z0-9]+\/?|^[1-9][0-9]{7})$/i.test(typed)) return; // a number's slip, or an appointment's
  ev.preventDefault();
  whereIs(typed);
  typed = "";
}, true);

function whereIs(slip) {
  const form = document.createElement("form"), to = new URL(main.dataset.where, location.href);
  form.method = "post";
  form.action = to.pathname;
  for (const [name, value] of [...to.searchParams, ["slip", slip]]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// ---- a number typed on the screen ----

const slip = document.getElementById("slip");
addEventListener("click", (ev) => {
  const key = ev.target.closest("[data-type], [data-clear]");
  if (key && slip) slip.value = "clear" in key.dataset ? "" : slip.value + key.dataset.type;
});

// ---- one switch: the focus walks, any key presses ----

if ("scan" in main.dataset) {
  const stops = () => [...document.querySelectorAll(still.open ? "#still button" : "main a, main button, main input, .kiosk-langs a")]
    .filter((e) => e.type !== "hidden" && e.getClientRects().length > 0);
  setInterval(() => {
    const all = stops();
    all[(all.indexOf(document.activeElement) + 1) % all.length]?.focus();
  }, stepMS);
  addEventListener("keydown", (ev) => {
    if (ev.key === "Tab" || ev.repeat) return;
    ev.preventDefault();
    document.activeElement?.click();
  });
}
