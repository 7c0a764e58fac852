// The floor's alarm: three tones when something critical comes up that was not there before. A browser lets a page make a
// sound only after somebody pressed something on it, so the manager turns it on.

const button = document.querySelector("[data-sound]");
const health = document.getElementById("health");
let speaker = null, known = keys();

function keys() {
  return new Set([...health.querySelectorAll("[data-critical]")].map((e) => e.dataset.critical));
}

function tone(at) {
  const voice = speaker.createOscillator(), loud = speaker.createGain();
  voice.frequency.value = 880;
  loud.gain.setValueAtTime(.4, at);
  loud.gain.setValueAtTime(0, at + .25);
  voice.connect(loud).connect(speaker.destination);
  voice.start(at);
  voice.stop(at + .3);
}

function alarm() {
  for (const n of [0, 1, 2]) tone(speaker.currentTime + n * .45);
  button.dataset.rang = 1 + Number(button.dataset.rang || 0);
}

new MutationObserver(() => {
  const now = keys(), fresh = [...now].some((k) => !known.has(k));
  known = now;
  if (fresh && speaker) alarm();
}).observe(health, { childList: true, subtree: true });

button.hidden = false;
button.addEventListener("click", async () => {
  if (speaker) {
    await speaker.close();
    speaker = null;
  } else {
    speaker = new AudioContext();
    tone(speaker.currentTime); // so that it is known how loud it is
  }
  button.setAttribute("aria-pressed", String(!!speaker));
});
