// What is wrong with this page whatever its width; the sentences say where. Every part of it is open.
() => {
  const wrong = [];
  const shown = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);

  const headings = document.querySelectorAll("h1");
  if (headings.length !== 1) wrong.push(`${headings.length} h1`);

  let level = 0;
  document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)").forEach((heading) => {
    const next = Number(heading.tagName[1]);
    if (level && next > level + 1) wrong.push(`h${next} right after h${level}: ${heading.textContent.trim()}`);
    level = next;
  });

  const named = (element) =>
    [element.getAttribute("aria-label"), element.textContent, element.title].some((words) => words && words.trim()) ||
    element.hasAttribute("aria-labelledby") || element.querySelector("img[alt]:not([alt=''])");
  document.querySelectorAll("input:not([type=hidden]), select, textarea").forEach((control) => {
    const label = control.labels[0];
    const isLabelled = (label && label.textContent.trim()) || control.getAttribute("aria-label");
    if (!isLabelled && !control.hasAttribute("aria-labelledby")) wrong.push(`no label: ${shown(control)}`);
  });
  document.querySelectorAll("button, a[href], summary").forEach((control) => {
    if (!named(control)) wrong.push(`no name: ${shown(control)}`);
  });
  document.querySelectorAll("img:not([alt]), svg:not([aria-hidden='true'], [role='img'])").forEach((picture) => {
    wrong.push(`neither described nor hidden: ${shown(picture)}`);
  });

  const ids = new Set();
  document.querySelectorAll("[id]").forEach(({ id }) => {
    if (ids.has(id)) wrong.push(`id used twice: ${id}`);
    ids.add(id);
  });
  for (const name of ["for", "aria-labelledby", "aria-describedby"]) {
    document.querySelectorAll(`[${name}]`).forEach((element) => {
      element.getAttribute(name).split(/\s+/).filter((id) => !ids.has(id)).forEach((id) => {
        wrong.push(`${name} names no element: ${id}`);
      });
    });
  }
  return wrong;
}
