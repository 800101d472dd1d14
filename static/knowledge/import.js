// An import's page: how far it is, asked for again and again while it is at work; the report comes with its end.

const EVERY_MS = 700;
const AFTER_A_FAULT_MS = 4000;

/** @type {HTMLElement|null} */
const page = document.querySelector("[data-progress]");

const isOpen = () => document.getElementById("import-progress")?.hasAttribute("data-open");

async function look() {
  if (!page || !isOpen()) return;
  try {
    const answer = await fetch(/** @type {string} */ (page.dataset.progress), { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    show(await answer.text());
  } catch {
    setTimeout(look, AFTER_A_FAULT_MS);
  }
}

/** @param {string} html */
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("import-progress");
  if (fresh) document.getElementById("import-progress")?.replaceWith(fresh);
  if (isOpen()) setTimeout(look, EVERY_MS);
  else location.reload();
}

look();
