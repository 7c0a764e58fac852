// Shows the stage: asks for its state a few times a second, draws new papers, throws the switches.

const every = 350; // milliseconds between two questions
// The size in pixels that a screen is made for, on a sheet with room and on a phone.
const wide = { kiosk: [1024, 720], hall: [1760, 990], desk: [1080, 700], hq: [900, 560] };
const slim = { kiosk: [420, 620], hall: [960, 540], desk: [420, 620], hq: [420, 420] };
const slimBelow = 430;
const byId = (id) => document.getElementById(id);
let drawn = 0;

// A screen is scaled until it fits its frame whole, and gets what room is left over.
function fit() {
  for (const frame of document.querySelectorAll("iframe[data-frame]")) {
    const box = frame.parentElement;
    const [width, height] = (box.clientWidth < slimBelow ? slim : wide)[frame.dataset.frame];
    const scale = Math.min(1, box.clientWidth / width, box.clientHeight / height);
    frame.style.width = `${box.clientWidth / scale}px`;
    frame.style.height = `${box.clientHeight / scale}px`;
    frame.style.transform = `scale(${scale})`;
  }
}

function open(addresses) {
  for (const frame of document.querySelectorAll("iframe[data-frame]")) {
    if (!frame.src) frame.src = addresses[frame.dataset.frame];
  }
  for (const link of document.querySelectorAll("a[data-open]")) link.href = addresses[link.dataset.open];
  if (!byId("links").children.length) byId("links").replaceChildren(...Object.keys(names).map((name) => row(names[name], addresses[name])));
}

const names = { kiosk: "Kiosk", hall: "Hall screen", desk: "Desk", floor: "Manager", hq: "Headquarters" };

function row(name, to) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = to;
  link.target = "_blank";
  link.textContent = to.replace(/^http:\/\//, "");
  item.append(name, link);
  return item;
}

function drawPapers(pages) {
  const papers = byId("papers");
  if (pages === 0 && drawn === 0) papers.innerHTML = "<p>No paper yet. Press a service at the kiosk.</p>";
  for (; drawn < pages; drawn++) {
    if (drawn === 0) papers.replaceChildren();
    const img = new Image();
    img.src = `/paper/${drawn + 1}.png`;
    img.alt = `slip ${drawn + 1}, as printed`;
    img.className = "new";
    papers.prepend(img);
    papers.parentElement.scrollLeft = 0;
    while (papers.children.length > 12) papers.lastChild.remove();
  }
}

function label(id, text, off) {
  const button = byId(id);
  button.textContent = text;
  button.classList.toggle("off", off);
}

function badge(id, text, tone) {
  byId(id).textContent = text;
  byId(id).className = `state ${tone}`;
}

function show(s) {
  label("switch-paper", s.paper ? "Take the paper out" : "Put paper in", !s.paper);
  label("switch-cover", s.cover ? "Close the cover" : "Open the cover", s.cover);
  label("switch-plug", s.plugged ? "Pull the plug" : "Plug it in", !s.plugged);
  label("switch-cable", s.cable ? "Cut" : "Mend", !s.cable);
  byId("lid").classList.toggle("open", s.cover);
  byId("cable").classList.toggle("cut", !s.cable);
  const fault = !s.plugged ? "unplugged" : s.cover ? "cover open" : !s.paper ? "paper out" : "";
  badge("printer-state", fault || "ready", fault ? "bad" : "");
  badge("cable-state", s.cable ? "whole" : "cut", s.cable ? "" : "bad");
  drawPapers(s.pages);
}

async function ask() {
  try {
    const answer = await fetch("/state");
    const state = await answer.json();
    open(state.addresses);
    show(state);
  } catch {
    badge("printer-state", "the simulator has stopped", "bad");
  }
  setTimeout(ask, every);
}

for (const button of document.querySelectorAll("button[data-switch]")) {
  button.addEventListener("click", () => fetch(`/switch/${button.dataset.switch}`, { method: "POST" }));
}
byId("papers").addEventListener("click", (event) => {
  if (event.target.tagName !== "IMG") return;
  byId("zoomed").querySelector("img").src = event.target.src;
  byId("zoomed").hidden = false;
});
byId("zoomed").addEventListener("click", () => { byId("zoomed").hidden = true; });
addEventListener("resize", fit);
fit();
ask();
