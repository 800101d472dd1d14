// What is pasted or dropped: formatted text becomes Markdown, pictures go to the server and their place into the text.
import { apply, insert, selected } from "./field.js";
import { askForAlt } from "./alt.js";
import { block } from "./markdown.js";
import { addresses, post, say, site } from "./settings.js";

const FORMATTED = /<(h[1-6]|ul|ol|li|table|a\s|b|i|strong|em|blockquote|pre|code|p[\s>])/i;

/** @param {HTMLTextAreaElement} field @param {(text: string) => void} tell */
export function pasting(field, tell) {
  field.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    if (!data) return;
    const html = data.getData("text/html");
    const hasText = Boolean(data.getData("text/plain").trim());
    const files = pictures(data.files);
    if (files.length && !hasText) {
      event.preventDefault();
      takePictures(field, files, tell);
    } else if (html && hasText && FORMATTED.test(html)) {
      event.preventDefault();
      takeFormatted(field, html, data.getData("text/plain"), tell);
    }
  });
  field.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  field.addEventListener("drop", (event) => {
    const files = pictures(event.dataTransfer?.files);
    if (!files.length) return;
    event.preventDefault();
    takePictures(field, files, tell);
  });
}

/** @param {FileList | undefined} files */
function pictures(files) {
  return [...(files ?? [])].filter((file) => file.type.startsWith("image/"));
}

/** @param {HTMLTextAreaElement} field @param {string} html @param {string} plain @param {(text: string) => void} tell */
async function takeFormatted(field, html, plain, tell) {
  const place = hold(field);
  tell(say("pasting"));
  let markdown = plain, left = 0;
  try {
    const answer = await post(addresses.paste, { html });
    if (answer.ok) ({ markdown, pictures: left } = await answer.json());
  } catch {
    // No network: the bare text is better than none.
  }
  place();
  insert(field, markdown);
  tell(left ? say("left_out", { count: String(left) }) : say("pasted"));
}

/** @param {HTMLTextAreaElement} field @param {File[]} files @param {(text: string) => void} tell */
export async function takePictures(field, files, tell) {
  const place = hold(field);
  for (const file of files) {
    tell(say("uploading"));
    const path = await upload(file, tell);
    if (!path) continue;
    const alt = await askForAlt(path);
    if (alt === null) {
      tell("");
      continue;
    }
    place();
    apply(field, block(selected(field), `![${alt.replace(/[[\]\\]/g, "\\$&")}](${path})`));
    tell(say("picture"));
  }
}

/** @param {File} file @param {(text: string) => void} tell @returns {Promise<string>} */
async function upload(file, tell) {
  const chosen = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[name=site]"));
  try {
    const answer = await post(addresses.picture, { picture: file, site: String(site ?? chosen?.value ?? "") });
    const said = await answer.json();
    if (answer.ok) return said.path;
    tell(say("picture_refused", { why: said.error }));
  } catch {
    tell(say("picture_refused", { why: say("no_connection") }));
  }
  return "";
}

/** Remember where the caret is while the server is asked: where it was then, if the text has not changed since. */
function hold(/** @type {HTMLTextAreaElement} */ field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  return () => {
    field.focus();
    if (field.value === value) field.setSelectionRange(start, end);
  };
}
