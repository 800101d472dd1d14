// The article editor: everything here adds to a form that works without it.
import { Draft } from "./draft.js";
import { here } from "./here.js";
import { pasting, takePictures } from "./paste.js";
import { preview, press } from "./preview.js";
import { toolbar } from "./toolbar.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#article_form"));
if (form) start(form);

/** @param {HTMLFormElement} form */
function start(form) {
  /** @param {string} selector */
  const find = (selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
  const title = /** @type {HTMLInputElement} */ (find("[name=title]"));
  const body = /** @type {HTMLTextAreaElement} */ (find("[name=body]"));
  const state = find(".editor-saved");
  /** @param {string} text */
  const tell = (text) => {
    if (state.textContent !== text) state.textContent = text;
  };

  const file = /** @type {HTMLInputElement} */ (find(".editor-file"));
  file.addEventListener("change", () => {
    takePictures(body, [...(file.files ?? [])], tell);
    file.value = "";
  });
  toolbar(find(".editor-tools"), body, () => file.click());
  pasting(body, tell);
  preview(find(".editor-look"), title, body);
  // Beside the text already.
  for (const button of form.querySelectorAll("[formtarget=_blank]")) /** @type {HTMLElement} */ (button).hidden = true;
  const panes = find(".editor-panes");
  find(".editor-views").hidden = false;
  press(find(".editor-views"), (name) => (panes.dataset.view = name), "view");
  new Draft(form, tell);
  here(find(".editor-others"));
}
