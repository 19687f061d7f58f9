// What a hand or an eye would stumble over on the screen as it stands: too wide, cut, or too small to hit.
() => {
  const LEAST = 43.5; // 44 px, but for what rounding takes away
  const wrong = [];
  const shown = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    const isHeard = element.closest(".visually-hidden");
    return !isHeard && element.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1;
  };

  const { scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollWidth > clientWidth) wrong.push(`${scrollWidth - clientWidth} px too wide`);

  document.querySelectorAll("body *").forEach((element) => {
    const { overflowX } = getComputedStyle(element);
    const isCut = ["hidden", "clip"].includes(overflowX) && element.scrollWidth > element.clientWidth + 1;
    if (isCut && element.clientWidth > 1 && isSeen(element) && element.textContent.trim()) {
      wrong.push(`cut by ${element.scrollWidth - element.clientWidth} px: ${shown(element)}`);
    }
  });

  // A link within a sentence is as high as its line: WCAG 2.5.8 excepts it.
  const isInSentence = (element) => {
    const around = element.parentElement.textContent.trim().length;
    return getComputedStyle(element).display === "inline" && around > element.textContent.trim().length;
  };
  const target = (control) => {
    // A link that is laid over its whole card is as large as that.
    const isStretched = getComputedStyle(control, "::after").position === "absolute";
    return (isStretched && control.offsetParent) || (control.matches("input") && control.closest("label")) || control;
  };
  document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])").forEach((control) => {
    const touched = target(control);
    const { width, height, right, bottom } = touched.getBoundingClientRect();
    const isOff = right <= 0 || bottom + scrollY <= 0; // the link that skips, until it has the focus
    if (!isSeen(touched) || isOff || isInSentence(control)) return;
    if (width < LEAST || height < LEAST) wrong.push(`${Math.round(width)} × ${Math.round(height)}: ${shown(touched)}`);
  });
  return wrong;
}
