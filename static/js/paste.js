// Of a new case: what is pasted is read by the server, which fills in what is empty. What the user typed or chose
// while it read wins: its answer is dropped then, and it is asked again with what stands there now.
document.addEventListener("DOMContentLoaded", () => {
  const isReading = ({ detail }) => (detail.requestConfig?.elt ?? detail.elt)?.matches?.("[data-paste], [data-read]");
  let asked = "";

  function typed() {
    const fields = document.querySelectorAll("#new-case-fields :is(input, textarea, select)");
    return JSON.stringify(Array.from(fields, (field) => [field.name, field.value, field.checked]));
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isReading(event)) {
      asked = typed();
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isReading(event) && event.detail.xhr.status === 200 && asked !== typed()) {
      event.detail.shouldSwap = false;
      htmx.trigger("[data-paste]", "paste");
    }
  });
});
