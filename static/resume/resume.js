// The page of a link from an e-mail: takes the signed name out of the address, asks for the conversation, opens it.

const KEPT = "tandem.resumed";
const link = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

// What the widget keeps stays in this tab, and whatever another visitor has in this browser stays theirs. Not the tab's
// own storage as it is: the widget has a name in both.
/** @type {Record<string, string>} */
const kept = link ? {} : JSON.parse(sessionStorage.getItem(KEPT) || "{}");
const save = () => sessionStorage.setItem(KEPT, JSON.stringify(kept));
/** @type {Record<string, (name: string, text?: any) => any>} */
const storage = {
  getItem: (name) => kept[name] ?? null,
  setItem: (name, text) => { kept[name] = `${text}`; save(); },
  removeItem: (name) => { delete kept[name]; save(); },
};
Object.defineProperty(window, "localStorage", { value: new Proxy(kept, { get: (_, name) => storage[String(name)] ?? kept[String(name)] }) });

/** @param {string} id @param {boolean} shown */
const show = (id, shown) => document.getElementById(id)?.toggleAttribute("hidden", !shown);

/** @param {string} site its public key */
function load(site) {
  const script = Object.assign(document.createElement("script"), { src: "/widget.js" });
  script.dataset.site = site;
  script.onload = () => /** @type {any} */ (window).Tandem("open");
  document.body.append(script);
}

/** @returns {Promise<void>} */
async function ask() {
  const answer = await fetch(location.pathname, { method: "POST", body: JSON.stringify({ link }) });
  if (answer.ok) {
    const { site, token, conversation } = await answer.json();
    storage.setItem?.(`tandem:${site}`, JSON.stringify({ token, conversation, at: Date.now() }));
    return load(site);
  }
  show("opens", false);
  show("over", true);
}

// After a reload of the tab the address names nobody any more, and what was kept does.
const [again] = Object.keys(kept).map((name) => name.match(/^tandem:([^:]+)$/)?.[1]).filter(Boolean);
if (link || !again) ask();
else load(again);
