// A visitor's own phone sounds and shakes when it is nearly or wholly her turn, once she has asked for it.
// The page does all else without this.

const notify = document.getElementById("notify"), place = document.getElementById("place");
const tones = { soon: [660], called: [880, 660, 880, 660, 880] };
let sound = null, rung = ring();

function ring() { return place.querySelector("[data-ring]")?.dataset.ring || ""; }

function play(frequencies) {
  frequencies.forEach((f, i) => {
    const from = sound.currentTime + i * 0.35, tone = sound.createOscillator(), level = sound.createGain();
    tone.frequency.value = f;
    level.gain.setValueAtTime(0.4, from);
    level.gain.exponentialRampToValueAtTime(0.001, from + 0.3);
    tone.connect(level).connect(sound.destination);
    tone.start(from);
    tone.stop(from + 0.32);
  });
}

function heed() {
  const now = ring();
  if (now && now !== rung && sound) {
    const kind = now === "soon" ? "soon" : "called";
    navigator.vibrate?.(kind === "soon" ? 300 : [400, 150, 400, 150, 800]);
    play(tones[kind]);
  }
  rung = now;
}

if (window.AudioContext) {
  notify.hidden = false;
  notify.addEventListener("click", () => {
    sound = new AudioContext();
    sound.resume();
    navigator.vibrate?.(100);
    play([660]);
    notify.hidden = true;
    document.getElementById("notified").hidden = false;
  });
}
new MutationObserver(heed).observe(place, { childList: true, subtree: true });
