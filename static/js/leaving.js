// Logging out wipes what waits on this phone: it says so before, and does it once the server knows nobody here.
document.addEventListener("DOMContentLoaded", async () => {
  const form = document.querySelector("form[data-logout]");
  const { user, login } = document.querySelector("[data-kept]")?.dataset ?? {};
  if (!form || !user) {
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = { method: "POST", body: new FormData(form), redirect: "manual" };
    await fetch(form.action, asked).catch(() => null);
    const known = await fetch("/session.json", { cache: "no-store" }).then((answer) => answer.json()).catch(() => null);
    if (known?.user !== "") {
      form.submit(); // the browser says what is wrong: no connection, or a form that has expired
      return;
    }
    await kept.wipe(user).catch(() => {});
    location.assign(login);
  });
  const warning = form.querySelector("[data-logout-warning]");
  const waiting = await Promise.all([kept.unsentOf(user), kept.sharedOf(user)]).catch(() => []);
  warning.disabled = warning.hidden = !waiting.flat().length;
});
