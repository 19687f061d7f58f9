// Every piece of text a person can see or hear on this page, but for records and other languages.
() => {
  const found = new Set([document.title]);
  const isOurs = (element) => !element.closest("script, style, noscript, template, datalist, code, [lang]:not(html)");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (isOurs(walker.currentNode.parentElement)) found.add(walker.currentNode.textContent);
  }
  for (const name of ["aria-label", "alt", "title", "placeholder"]) {
    document.querySelectorAll(`[${name}]`).forEach((element) => {
      if (isOurs(element)) found.add(element.getAttribute(name));
    });
  }
  return [...found].map((words) => words.trim().replace(/\s+/g, " ")).filter(Boolean);
}
