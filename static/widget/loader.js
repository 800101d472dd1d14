// The one script of a page: a launcher, and behind it the widget once somebody wants it. Served at /widget.js.
(() => {
  const page = /** @type {any} */ (window);
  if (page.Tandem?.ready) return;
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { origin } = new URL(script.src);
  // The server puts its version in, so that a page may keep what it loaded for ever.
  const base = origin + "/embed/VERSION/";
  const LABELS = { en: ["Help", "No connection"], de: ["Hilfe", "Keine Verbindung"], es: ["Ayuda", "Sin conexión"], fr: ["Aide", "Pas de connexion"], ar: ["مساعدة", "لا اتصال"] };
  const WEEK = 7 * 864e5;
  const CSS = `:host{all:initial}
.launcher{position:fixed;z-index:2147483000;inset-block-end:max(20px,env(safe-area-inset-bottom));inset-inline-end:20px;
display:flex;align-items:center;gap:8px;height:48px;padding:0 20px;border:0;border-radius:24px;cursor:pointer;
--a:var(--accent,oklch(.52 .11 195));background:var(--a);
color:color(from var(--a) xyz clamp(0,(.179 - y)*999,.95) clamp(0,(.179 - y)*999,1) clamp(0,(.179 - y)*999,1.09));
font:600 16px system-ui,sans-serif;box-shadow:0 2px 12px #0004}
.launcher[hidden]{display:none}.launcher:focus-visible{outline:3px solid;outline-offset:2px}
svg{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
i{padding:2px 7px;border-radius:10px;background:#fff;color:#a11d1d;font:600 13px system-ui}i:empty{display:none}`;

  /** @type {Record<string, ((detail: any) => void)[]>} */ const heard = {};
  /** @type {any} */ let face;
  /** @type {Promise<any>|undefined} */ let widget;

  /** @param {string|undefined} tag @returns {string} as dates can be written in it; "" for x-default, C and what is none */
  function known(tag) {
    try {
      return Intl.getCanonicalLocales((tag || "").replace("_", "-"))[0] || "";
    } catch {
      return "";
    }
  }

  /** @param {string} path on 24 × 24 */
  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.ariaHidden = "true";
    svg.appendChild(document.createElementNS(svg.namespaceURI, "path")).setAttribute("d", path);
    return svg;
  }

  function load() {
    widget ||= import(`${base}widget.js`).then(({ start }) => start(face));
    widget.catch(() => {
      widget = undefined;
      face.word.textContent = face.labels[1];
      setTimeout(() => { [face.word.textContent] = face.labels; }, 4000);
    });
    return widget;
  }

  /** @param {string} name what the widget is asked to do */
  const ask = (name) => face && load().then((it) => it[name](), () => {});

  /** @param {Record<string, string|undefined>} options */
  function boot(options) {
    if (face || !options.site) return;
    const wanted = known(options.locale) || known(document.documentElement.lang) || navigator.language;
    const language = wanted.slice(0, 2);
    // The page's language, as the reader's own country writes it.
    const locale = known(options.locale) || navigator.languages.find((one) => one.startsWith(language)) || language;
    const labels = LABELS[/** @type {"en"} */ (language)] || LABELS.en;
    const key = `tandem:${options.site}`;
    const host = document.createElement("tandem-widget");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet];
    const launcher = document.createElement("button");
    const word = document.createElement("span");
    const badge = document.createElement("i");
    word.append(labels[0] || "");
    launcher.className = "launcher";
    launcher.onclick = () => ask("open");
    launcher.append(icon("M4 5h16v11h-9l-5 4v-4H4z"), word, badge);
    root.append(launcher);
    face = {
      host, root, launcher, word, badge, options, locale, labels, key, origin, base, icon,
      tell: (/** @type {string} */ name, /** @type {any} */ detail) => heard[name]?.forEach((hear) => hear(detail)),
    };
    /** @type {any} */ let kept = {};
    let was, unsent;
    try {
      kept = JSON.parse(localStorage.getItem(key) || "{}");
      unsent = Object.keys(localStorage).some((name) => name.startsWith(`${key}:`));
      was = sessionStorage.getItem(key);
    } catch { /* storage is closed: somebody new */ }
    if (options.theme) host.dataset.theme = options.theme;
    if (kept.accent) host.style.setProperty("--accent", kept.accent);
    document.body.append(host);
    if (was) ask("open");
    else if (unsent || (kept.conversation && kept.at > Date.now() - WEEK)) setTimeout(load, 500);
  }

  /** @type {Record<string, Function>} */
  const calls = {
    boot,
    open: () => ask("open"),
    close: () => widget && ask("close"),
    identify(/** @type {string} */ identity = "") {
      if (face) face.options.identity = identity;
      if (widget) ask("identify");
    },
    /** They logged out: nothing of theirs stays in this browser. */
    shutdown() {
      try {
        sessionStorage.removeItem(face.key);
        for (const name of Object.keys(localStorage)) if (name.startsWith(face.key)) localStorage.removeItem(name);
      } catch { /* closed, or nothing was begun */ }
      page.Tandem("close");
      page.Tandem("identify");
    },
    on: (/** @type {string} */ name, /** @type {any} */ hear) => (heard[name] ||= []).push(hear),
  };
  const early = page.Tandem?.q || [];
  page.Tandem = (/** @type {string} */ name, /** @type {any[]} */ ...rest) => calls[name]?.(...rest);
  page.Tandem.ready = true;
  const begin = () => {
    boot({ ...script.dataset });
    for (const call of early) page.Tandem(...call);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
