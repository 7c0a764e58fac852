// The voice of a hall screen: says who is called, one after the other, by clips that the box serves.
//
// The box lists who is called and has not come; live.js keeps that list true. This module takes the oldest that it has
// not said, and looks again when it has. Whoever came in the meantime is not in the list any more.

const list = document.getElementById("sound"), mute = document.getElementById("mute");
const keptMax = 64;     // calls remembered as said: ten times what can be in the list
const gapSeconds = 0.02; // between two clips, as at the box's own loudspeaker
const slackMS = 2000;   // a loudspeaker that has not ended by then never will
const memory = "markaz-said";

let audio = null, speaking = false;
const sounds = new Map(); // clip to decoded sound; an inventory of two languages is 263

// What was said outlives a reload of the page, and is forgotten with a restart of the box: whoever waits is called again.
function recall(run) {
  let kept = {};
  try { kept = JSON.parse(sessionStorage.getItem(memory)) || {}; } catch { /* a browser that keeps nothing */ }
  return kept.run === run ? kept.said : [];
}

function remember(run, said) {
  try { sessionStorage.setItem(memory, JSON.stringify({ run, said: said.slice(-keptMax) })); } catch { /* as above */ }
}

function next(ol) {
  const said = recall(ol.dataset.run);
  return [...ol.querySelectorAll("[data-call]")].find((li) => !said.includes(li.dataset.call));
}

// ---- sound -----------------------------------------------------------------------------------------------------

// A browser makes no sound until somebody has touched the page, unless it was started with a flag that allows it.
function open() {
  const ol = list.querySelector("ol");
  if (ol && !audio) {
    audio = new AudioContext();
    audio.onstatechange = () => { show(); speak(); };
  }
  show();
}

function show() { mute.hidden = !audio || audio.state === "running"; }

for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => audio?.resume());

async function sound(clip) {
  if (!sounds.has(clip)) {
    const answer = await fetch(`/voice/${clip}.wav`);
    if (!answer.ok) throw new Error(`clip ${clip}: ${answer.status}`);
    sounds.set(clip, await audio.decodeAudioData(await answer.arrayBuffer()));
  }
  return sounds.get(clip);
}

// A page that is not live does not know who has come.
function stale() { return document.body.classList.contains("stale"); }

async function speak() {
  const ol = list.querySelector("ol");
  if (speaking || !ol || !audio || audio.state !== "running" || stale()) return;
  const call = next(ol);
  if (!call) return;
  speaking = true;
  remember(ol.dataset.run, [...recall(ol.dataset.run), call.dataset.call]);
  const { clips } = call.dataset, { volume, pause, gap } = ol.dataset;
  try {
    if (volume > 0) {
      await say(clips.split(" "), volume / 100, pause / 1000);
      await after(Number(gap));
    }
  } catch (broken) {
    console.warn(broken); // the call stands on the screen
  }
  speaking = false;
  speak();
}

// All clips are there before the first is heard: a call is not to stop in its middle.
async function say(clips, volume, pause) {
  const parts = [];
  for (const clip of clips) parts.push(clip === "pause" ? null : await sound(clip));
  const loud = audio.createGain();
  loud.gain.value = volume;
  loud.connect(audio.destination);
  let at = audio.currentTime + 0.05;
  const begin = at;
  for (const buffer of parts) {
    if (!buffer) { at += pause; continue; }
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(loud);
    source.start(at);
    at += buffer.duration + gapSeconds;
  }
  await ended(at, (at - begin) * 1000 + slackMS);
  loud.disconnect();
}

async function ended(at, most) {
  const latest = performance.now() + most;
  while (audio.currentTime < at && performance.now() < latest) await after(50);
}

function after(ms) { return new Promise((done) => { setTimeout(done, ms); }); }

new MutationObserver(() => { open(); speak(); }).observe(list, { childList: true, subtree: true });
new MutationObserver(speak).observe(document.body, { attributeFilter: ["class"] });
open();
speak();
