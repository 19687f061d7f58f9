// Logging out wipes what waits on this phone: it says so before, and does it once the server has let go.
document.addEventListener("DOMContentLoaded", async () => {
  const form = document.querySelector("form[data-logout]");
  const { user, login } = document.querySelector("[data-kept]")?.dataset ?? {};
  if (!form || !user) {
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = { method: "POST", body: new FormData(form), redirect: "manual" };
    const sent = await fetch(form.action, asked).catch(() => null);
    if (!sent) {
      form.submit(); // the browser says that there is no line
      return;
    }
    await kept.wipe(user).catch(() => {});
    location.assign(login);
  });
  const warning = form.querySelector("[data-logout-warning]");
  const waiting = await Promise.all([kept.unsentOf(user), kept.sharedOf(user)]).catch(() => []);
  warning.disabled = warning.hidden = !waiting.flat().length;
});
