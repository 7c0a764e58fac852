// The keyboard of a desk's console: a scanner types like a person, only faster, and ends with Enter.
//
// Single keys wait a moment before they are the keys of acts, so that no slip under a scanner presses "done".

import { letterOf, pressKey, typing } from "./live.js";

const gapMS = 50;   // scanners type a letter every few milliseconds, people every hundred
const scanMin = 6;  // fewer letters at that pace were a person's

let burst = [], timer = 0;

addEventListener("keydown", (ev) => {
  if (ev.repeat || ev.ctrlKey || ev.altKey || ev.metaKey || typing(ev.target)) return;
  if (ev.key === "Enter" && burst.length >= scanMin) {
    ev.preventDefault();
    ev.stopPropagation();
    return settle();
  }
  if (arrow(ev)) return ev.preventDefault();
  const letter = letterOf(ev);
  if (!letter) return;
  ev.stopPropagation();
  burst.push(letter);
  clearTimeout(timer);
  timer = setTimeout(settle, gapMS);
}, true);

function settle() {
  clearTimeout(timer);
  const typed = burst;
  burst = [];
  if (typed.length >= scanMin) return scanned(typed.join(""));
  for (const letter of typed) pressKey(letter) || nth(letter);
}

// A slip that is scanned while nobody is called does nothing.
function scanned(text) {
  const field = document.querySelector("[data-scan]");
  if (!field) return;
  field.value = text;
  field.form.requestSubmit();
}

// The answers in what is open have their figures.
function nth(letter) {
  const open = document.querySelector("details.fold[open]");
  open?.querySelectorAll(".fold-words button")[letter - 1]?.click();
}

// Arrows go from answer to answer, in the direction of writing.
function arrow(ev) {
  const words = ev.target.closest?.(".fold-words, .outcomes, .console-folds");
  const ahead = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight", back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const step = { ArrowDown: 1, ArrowUp: -1, [ahead]: 1, [back]: -1 }[ev.key];
  if (!words || !step || !ev.target.matches("button, summary")) return false;
  const all = [...words.querySelectorAll("button, summary")].filter((e) => e.checkVisibility());
  all[(all.indexOf(ev.target) + step + all.length) % all.length].focus();
  return true;
}
