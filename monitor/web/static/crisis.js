// Counts characters while they are written, counts down to the promised update, and copies. Everything works without it.
(() => {
  const length = (text) => [...text.replaceAll("\r\n", "\n")].length;
  const form = document.querySelector("[data-writing]");
  if (form) {
    const total = form.querySelector("[data-total]");
    const sentence = total.textContent;
    const show = () => {
      const parts = [...form.querySelectorAll("[data-part]")].reduce((sum, each) => sum + length(each.value), 0);
      total.textContent = sentence.replace("{count}", parts + Number(form.dataset.around));
      total.hidden = false;
      for (const each of form.querySelectorAll("[data-most]")) {
        let said = document.getElementById(`${each.id}-count`);
        if (!said) {
          said = document.createElement("p");
          said.id = `${each.id}-count`;
          said.className = "small";
          each.after(said);
        }
        said.textContent = `${length(each.value)} / ${each.dataset.most}`;
        said.classList.toggle("over", length(each.value) > Number(each.dataset.most));
      }
    };
    form.addEventListener("input", show);
    show();
  }
  const until = document.querySelector("[data-left]");
  if (until) {
    // by the server's clock: a phone whose own is wrong would load the page again and again
    const end = performance.now() + 1000 * Number(until.dataset.left);
    const tick = () => {
      const left = Math.max(0, Math.round((end - performance.now()) / 1000));
      until.textContent = `(${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")})`;
      if (left > 0) setTimeout(tick, 1000);
    };
    tick();
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent += " ✓";
      button.disabled = true;
    });
  }
})();
