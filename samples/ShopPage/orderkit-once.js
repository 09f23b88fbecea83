// One order for one cart, however often the button is pressed or the answer is lost on its way.
// The server must remember the key (Idempotency-Key) and guard the cart: two tabs have two keys.
// Needs https or localhost, for crypto.randomUUID.

// Answers after which nobody knows whether the order was taken: the same key must be sent again.
const OPEN = new Set([408, 409, 425, 429]);

/** @param {HTMLFormElement} form its data-cart names the cart, its action takes the order */
export function orderOnce(form) {
  const slot = `orderkit-key:${form.dataset.cart}`;
  const button = form.querySelector("[type=submit]");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return; // the Enter key submits without asking the button
    button.disabled = true;

    // A reload, or a retry after a lost answer, finds the key of the first try.
    const key = sessionStorage.getItem(slot) ?? crypto.randomUUID();
    sessionStorage.setItem(slot, key);

    let answer = null;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        headers: { "Idempotency-Key": key },
        body: new URLSearchParams(new FormData(form)),
      });
    } catch {
      // The network failed: the order may have been taken all the same.
    }

    const isFinal = answer !== null && answer.status < 500 && !OPEN.has(answer.status);
    if (isFinal) sessionStorage.removeItem(slot);

    // After success the button stays locked: the page leads on from here.
    button.disabled = isFinal && answer.ok;
    form.dispatchEvent(new CustomEvent("order-answer", { detail: { answer, isFinal } }));
  });
}
