// Fills in the browser's time zone at sign-up. Without JavaScript the default stays.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("[data-time-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (field && zone) {
    field.value = zone;
  }
});
