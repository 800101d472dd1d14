// Says that this person has the article open, and shows who else has.
import { addresses, every, post, say, token } from "./settings.js";

/** @param {HTMLElement} place */
export function here(place) {
  const ask = async () => {
    if (!addresses.here || document.visibilityState === "hidden") return;
    try {
      const answer = await post(addresses.here, {});
      if (!answer.ok) return;
      const { others } = await answer.json();
      const text = others.length ? say("others", { names: others.join(", ") }) : "";
      if (place.textContent !== text) place.textContent = text;
    } catch {
      // The next one tells.
    }
  };
  setInterval(ask, every);
  document.addEventListener("visibilitychange", ask);
  addEventListener("pagehide", () => {
    if (!addresses.here) return;
    const gone = new FormData();
    gone.append("gone", "1");
    gone.append("csrfmiddlewaretoken", token());
    navigator.sendBeacon(addresses.here, gone);
  });
  ask();
}
