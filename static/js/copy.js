// Copies a draft with one tap and says so. Without JavaScript the text can be selected and copied by hand.
(() => {
  const show = () => document.querySelectorAll("[data-copy-place]").forEach((place) => (place.hidden = false));

  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) {
      return;
    }
    const said = document.querySelector("[data-copy-said]");
    said.textContent = ""; // so that the same words are read out a second time
    said.textContent = (await copied(document.getElementById(button.dataset.copy)))
      ? button.dataset.copied
      : button.dataset.selected;
  });

  async function copied(field) {
    try {
      await navigator.clipboard.writeText(field.value); // not there without https, may be refused
      return true;
    } catch {
      field.focus();
      field.select();
      return document.execCommand("copy");
    }
  }
})();
