// Signing in with a passkey, and adding one. Without JavaScript, or where the browser has no passkeys, the page shows nothing of it.
(() => {
  const place = document.getElementById("passkey");
  if (!place || !window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
  const button = place.querySelector("button");
  const fault = place.querySelector("[role=alert]");
  const send = async (address, told) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(told),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const ask = async (options) => {
    if (options.user) return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  };
  button.addEventListener("click", async () => {
    fault.hidden = true;
    button.disabled = true;
    try {
      const begun = await send(place.dataset.begin, {});
      const credential = await ask(begun.options);
      const name = place.querySelector("input");
      const told = { word: begun.word, credential: credential.toJSON(), next: place.dataset.next || "", name: name ? name.value : "" };
      location.assign((await send(place.dataset.finish, told)).next);
    } catch {
      fault.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  place.hidden = false;
})();
