// The preview beside the text: rendered by the server, in a tree of its own so that the help centre's styles fit.
import { addresses, post, say } from "./settings.js";

const PAUSE_MS = 300;

/** @param {HTMLElement} pane @param {HTMLInputElement} title @param {HTMLTextAreaElement} body */
export function preview(pane, title, body) {
  const sheet = /** @type {HTMLElement} */ (pane.querySelector(".editor-sheet"));
  const root = sheet.attachShadow({ mode: "open" });
  for (const address of (sheet.dataset.styles ?? "").split(" ")) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = address;
    root.append(style);
  }
  const main = document.createElement("div");
  main.className = "preview";
  root.append(main);
  pane.hidden = false;

  let shown = "", timer = 0, asking = false, look = "page";
  const choose = () => {
    for (const part of main.querySelectorAll("[data-look]")) {
      /** @type {HTMLElement} */ (part).hidden = /** @type {HTMLElement} */ (part).dataset.look !== look;
    }
  };
  const draw = async () => {
    const text = JSON.stringify([title.value, body.value]);
    if (text === shown || asking) return;
    asking = true;
    try {
      const answer = await post(addresses.preview, { title: title.value, body: body.value });
      if (answer.ok) {
        main.innerHTML = await answer.text();
        shown = text;
        choose();
      } else main.textContent = say("no_preview");
    } catch {
      main.textContent = say("no_preview");
    }
    asking = false;
    if (text !== JSON.stringify([title.value, body.value])) later();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE_MS);
  };
  for (const field of [title, body]) field.addEventListener("input", later);
  main.addEventListener("click", (event) => {
    // A link in the preview would lead away from the text that is being written.
    if (/** @type {HTMLElement} */ (event.target).closest("a")) event.preventDefault();
  });
  press(pane.querySelector(".editor-looks"), (name) => {
    look = name;
    choose();
  }, "look");
  draw();
}

/**
 * Buttons of which one is pressed.
 * @param {Element | null} group @param {(name: string) => void} chosen @param {string} key
 */
export function press(group, chosen, key) {
  group?.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    for (const other of group.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button));
    chosen(button.dataset[key] ?? "");
  });
}
