// Fetches the changing part every two seconds and puts it in place only when it differs, so that nothing flickers and a
// selection stays. When headquarters does not answer, the page says since when it is not live.
const every = 2000;
const patience = 5000;
const fleet = document.getElementById("fleet");
const live = document.querySelector("#live span");
let shown = "";
let heard = new Date();

async function update() {
  try {
    const answer = await fetch("/fragment", { cache: "no-store", signal: AbortSignal.timeout(patience) });
    if (!answer.ok) throw new Error(answer.status);
    show(await answer.text());
    heard = new Date();
    say(false, "live");
  } catch {
    say(true, "not live since " + heard.toLocaleTimeString());
  }
  setTimeout(update, every);
}

function show(text) {
  if (text === shown) return;
  const parsed = new DOMParser().parseFromString(text, "text/html");
  fleet.replaceChildren(...parsed.body.childNodes);
  shown = text;
}

function say(stale, words) {
  document.body.classList.toggle("stale", stale);
  if (live.textContent !== words) live.textContent = words;
}

setTimeout(update, every);
