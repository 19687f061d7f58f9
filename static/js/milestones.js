// Shows of what the rules ask only what they ask about the chosen kind of milestone.
// Without JavaScript all of it stands in a part to open.
(() => {
  function fit(form) {
    const kind = form.elements.kind.value;
    const part = form.querySelector("[data-asked]");
    if (!part) {
      return;
    }
    let count = 0;
    for (const field of part.querySelectorAll("[data-kinds]")) {
      field.hidden = !field.dataset.kinds.split(" ").includes(kind);
      count += field.hidden ? 0 : 1;
    }
    part.hidden = count === 0;
    part.open = count > 0;
  }

  function fitAll() {
    document.querySelectorAll(".milestone-form").forEach(fit);
  }

  document.addEventListener("DOMContentLoaded", fitAll);
  document.addEventListener("htmx:afterSettle", fitAll);
  document.addEventListener("change", (event) => {
    const form = event.target.closest(".milestone-form");
    if (form && event.target.name === "kind") {
      fit(form);
    }
  });
})();
