// Shows the stage: asks for its state a few times a second, draws new papers, does what is pressed.

const every = 350; // milliseconds between two questions
const papersShown = 12; // the newest
// The size in pixels that a screen is made for, on a sheet with room and on a phone.
const wide = { kiosk: [1024, 720], hall: [1760, 990], hq: [1080, 700] };
const slim = { kiosk: [420, 620], hall: [960, 540], hq: [420, 420] };
const slimBelow = 430;
const byId = (id) => document.getElementById(id);
const all = (selector) => document.querySelectorAll(selector);
const drawn = {}; // papers, by printer
let addresses = {};

// A screen is scaled until it fits its frame whole, and gets what room is left over.
function fit() {
  for (const frame of all("iframe[data-frame]")) {
    const box = frame.parentElement;
    const [width, height] = (box.clientWidth < slimBelow ? slim : wide)[frame.dataset.frame];
    const scale = Math.min(1, box.clientWidth / width, box.clientHeight / height);
    frame.style.width = `${box.clientWidth / scale}px`;
    frame.style.height = `${box.clientHeight / scale}px`;
    frame.style.transform = `scale(${scale})`;
  }
}

// openAll puts the screens into their frames, and every address behind its link.
function openAll() {
  for (const frame of all("iframe[data-frame]")) if (!frame.src) frame.src = addresses[frame.dataset.frame];
  for (const a of all("a[data-open]")) a.href = addresses[a.dataset.open];
}

function drawPapers(machines) {
  const papers = byId("papers");
  for (const [name, seen] of Object.entries(machines)) {
    for (let n = drawn[name] ?? 0; n < (seen.pages ?? 0); n++) {
      papers.querySelector("p")?.remove();
      const img = new Image();
      img.src = `/paper/${name}/${n + 1}.png`;
      img.alt = `slip ${n + 1} of ${name}, as printed`;
      img.title = img.alt;
      img.className = "new";
      papers.prepend(img);
      papers.parentElement.scrollLeft = 0;
      while (papers.children.length > papersShown) papers.lastChild.remove();
    }
    drawn[name] = seen.pages ?? 0;
  }
  if (!papers.children.length) papers.innerHTML = "<p>No paper yet. Press a service at the kiosk.</p>";
}

function badge(element, text, bad) {
  element.textContent = text;
  element.classList.toggle("bad", bad);
}

// label shows of each button whether its act holds: a switch says what pressing it does next.
function label(machines) {
  for (const button of all("button[data-do]")) {
    const [name, act] = button.dataset.do.split("/");
    const holds = machines[name]?.holds.includes(act) ?? false;
    button.dataset.on ??= button.textContent;
    button.textContent = holds ? (button.dataset.off ?? button.dataset.on) : button.dataset.on;
    button.classList.toggle(button.dataset.off ? "off" : "held", holds);
  }
}

// alarm marks the tabs behind which something is wrong.
function alarm() {
  for (const tab of all("button[data-panel]")) {
    tab.classList.toggle("bad", byId(`panel-${tab.dataset.panel}`).querySelector("[data-state].bad") !== null);
  }
}

function show(s) {
  label(s.machines);
  for (const state of all("[data-state]")) {
    const seen = s.machines[state.dataset.state];
    if (seen) badge(state, seen.says, seen.bad);
  }
  alarm();
  byId("lid").classList.toggle("open", s.machines["hall-1"].holds.includes("cover"));
  byId("cable").classList.toggle("cut", !s.cable);
  byId("switch-cable").textContent = s.cable ? "Cut" : "Mend";
  byId("switch-cable").classList.toggle("off", !s.cable);
  badge(byId("cable-state"), s.cable ? "whole" : "cut", !s.cable);
  const befallen = Object.keys(s.machines).filter((name) => s.machines[name].script).sort();
  badge(byId("script-state"), befallen.length ? `at work on ${befallen.join(", ")}` : "", true);
  drawPapers(s.machines);
}

async function ask() {
  try {
    const answer = await fetch("/state");
    const state = await answer.json();
    addresses = state.addresses;
    openAll();
    show(state);
  } catch {
    badge(byId("printer-state"), "the simulator has stopped", true);
  }
  setTimeout(ask, every);
}

const post = (path, body) => fetch(path, { method: "POST", body });

async function befall(text) {
  const machine = new FormData(byId("script")).get("machine");
  const answer = await post(`/script/${machine}`, text);
  byId("script-said").textContent = answer.ok ? "" : (await answer.text()).trim();
}

for (const button of all("button[data-do]")) {
  const [name, act] = button.dataset.do.split("/");
  button.addEventListener("click", () => post(`/do/${name}/${encodeURIComponent(act)}`));
}
byId("switch-cable").addEventListener("click", () => post("/cable"));
for (const tab of all("button[data-panel]")) {
  tab.addEventListener("click", () => {
    for (const other of all("button[data-panel]")) {
      other.setAttribute("aria-selected", other === tab);
      byId(`panel-${other.dataset.panel}`).hidden = other !== tab;
    }
  });
}
byId("script").addEventListener("submit", (event) => {
  event.preventDefault();
  befall(new FormData(event.target).get("text"));
});
byId("script-end").addEventListener("click", () => befall(""));
byId("papers").addEventListener("click", (event) => {
  if (event.target.tagName !== "IMG") return;
  byId("zoomed").querySelector("img").src = event.target.src;
  byId("zoomed").hidden = false;
});
byId("zoomed").addEventListener("click", () => { byId("zoomed").hidden = true; });
addEventListener("resize", fit);
fit();
ask();
