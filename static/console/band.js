// The slider of the page "Escalation": what it changes comes while it moves; without this script the button asks for it.

const LATER_MS = 120;

/** @type {HTMLFormElement|null} */
const form = document.querySelector("form[data-part]");
/** @type {HTMLInputElement|null} */
const slider = document.querySelector("#t");
/** @type {HTMLOutputElement|null} */
const told = document.querySelector("output[for=t]");
let timer = 0;
let asked = 0;

async function showFigures() {
  if (!form || !slider) return;
  const mine = ++asked;
  const answer = await fetch(`${form.dataset.part}?t=${slider.value}`, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("band-figures");
  if (fresh && mine === asked) document.getElementById("band-figures")?.replaceWith(fresh);
}

slider?.addEventListener("input", () => {
  if (told) told.value = Number(slider.value).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 3 });
  clearTimeout(timer);
  timer = setTimeout(showFigures, LATER_MS);
});
