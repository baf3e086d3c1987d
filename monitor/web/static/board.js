// The board as it changes, and keys. Without this file the page is read again, and everything works by buttons.
(() => {
  const live = () => document.getElementById("live");
  const news = document.getElementById("news");
  const busy = () => {
    const at = document.activeElement;
    return live().querySelector("input:checked") !== null || (at !== null && live().contains(at))
      || [...live().querySelectorAll("input[name=title]")].some((each) => each.value);
  };
  let heard = "";
  const look = () => {
    if (heard && live().dataset.state !== heard) { if (busy()) offer(); else show(); }
  };
  const show = async () => {
    const page = await fetch(location.href, { headers: { Accept: "text/html" } })
      .then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
    if (!page) { setTimeout(look, 5000); return; } // what has been heard is not said once more
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("live");
    if (fresh) { live().replaceWith(fresh); news.replaceChildren(); }
  };
  const offer = () => {
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = live().dataset.show;
    link.addEventListener("click", (event) => { event.preventDefault(); show(); });
    news.replaceChildren(`${live().dataset.news} `, link);
  };
  const listen = () => {
    const stream = new EventSource(live().dataset.events);
    stream.addEventListener("board", (event) => { heard = event.data; look(); });
    // refused, as there are too many: a browser comes back by itself only from what broke
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 30000); });
    addEventListener("pagehide", () => stream.close());
  };
  if (!live().dataset.over) listen();

  const links = () => [...document.querySelectorAll("#found h3 a")];
  const chosen = () => document.activeElement?.closest("#found li");
  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const now = all.indexOf(chosen()?.querySelector("h3 a"));
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1);
    all[next].focus();
    all[next].closest("li").scrollIntoView({ block: "nearest" });
  };
  const press = (what) => chosen()?.querySelector(what)?.click();
  const acts = { j: () => step(1), k: () => step(-1), x: () => press("input[name=id]"), d: () => press("button[name=done_one]") };
  document.getElementById("keys-said").hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (Object.hasOwn(acts, event.key)) { event.preventDefault(); acts[event.key](); }
  });
})();
