// The page of a link from an e-mail: takes the signed name out of the address, asks for the conversation, opens it.

const link = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

// What the widget keeps stays in this tab, and whatever another visitor has in this browser stays theirs.
Object.defineProperty(window, "localStorage", { value: sessionStorage });

/** @param {string} id @param {boolean} shown */
const show = (id, shown) => document.getElementById(id)?.toggleAttribute("hidden", !shown);

/** @param {{site: string, token: string, conversation: string}} found */
function begin({ site, token, conversation }) {
  localStorage.setItem(`tandem:${site}`, JSON.stringify({ token, conversation, at: Date.now() }));
  sessionStorage.setItem("resumed", site);
  load(site);
}

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
  if (answer.ok) return begin(await answer.json());
  show("opens", false);
  show("over", true);
}

const again = sessionStorage.getItem("resumed"); // a reload of the tab
if (link || !again) ask();
else load(again);
