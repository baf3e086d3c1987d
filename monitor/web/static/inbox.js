// Keys for the inbox, for who wants them. Without this file everything works by links.
(() => {
  const KEY = "kanalvakt-keys";
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const choice = document.getElementById("keys");
  let on = kept() !== "off";
  choice.checked = on;
  document.getElementById("keys-choice").hidden = false;
  choice.addEventListener("change", () => {
    on = choice.checked;
    try { localStorage.setItem(KEY, on ? "on" : "off"); } catch { /* it holds until the page is left */ }
  });

  const links = () => [...document.querySelectorAll("#found h2 a")];
  const chosen = () => document.activeElement?.closest("#found li")?.querySelector("h2 a");
  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const now = all.indexOf(chosen());
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1);
    all[next].focus();
    all[next].closest("li").scrollIntoView({ block: "nearest" });
  };
  const open = (part) => { const link = chosen(); if (link) location.assign(link.href + part); return Boolean(link); };
  const acts = { j: () => step(1), k: () => step(-1), r: () => open("#text"), e: () => open("#close") };

  document.addEventListener("keydown", (event) => {
    // what is typed into a field, or is meant for the browser or an aid, is not for us
    if (!on || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea, [contenteditable], [role=textbox]")) return;
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : null;
    if (act && act() !== false) event.preventDefault();
  });
})();
