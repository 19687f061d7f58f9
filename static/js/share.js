// What other apps shared waits on this phone; a tap on a case puts it among the files that go there. The page
// comes from the server, which knows the cases and nothing of what waits here.
document.addEventListener("DOMContentLoaded", async () => {
  const form = document.querySelector("[data-share]");
  const section = document.querySelector("[data-shared]");
  const { user } = document.querySelector("[data-kept]").dataset;
  if (!form || !section) {
    return; // it waits on the server
  }
  const wanted = new URLSearchParams(location.search).get("kept");
  const shares = await kept.sharedOf(user);
  const share = shares.find(({ id }) => id === wanted) ?? shares.at(-1);
  if (!share) {
    return;
  }
  document.querySelector("[data-nothing-shared]").hidden = true;
  section.hidden = form.hidden = false;
  section.querySelector("[data-shared-list]").append(...share.files.map(rowOfFile), ...(share.words ? [rowOf(share.words)] : []));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { dataset, name } = event.submitter;
    if (name === "discard") {
      await kept.remove(share.id, kept.SHARED);
      location.assign("/");
      return;
    }
    await kept.attach(share.id, { user, address: dataset.address, title: dataset.title });
    location.assign(dataset.after); // that page sends it
  });
  // The words of it go into the new case; the files wait until it is there.
  form.querySelector("[data-new-case]").addEventListener("click", () => sessionStorage.setItem("shared", share.words));

  function rowOf(content) {
    const item = document.createElement("li");
    item.className = "upload";
    item.textContent = content.length > 300 ? `${content.slice(0, 299)}…` : content;
    return item;
  }

  function rowOfFile(file) {
    const item = rowOf(file.name);
    if (file.type.startsWith("image/")) {
      const picture = document.createElement("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = "";
      picture.className = "shared-picture";
      item.prepend(picture);
    }
    return item;
  }
});
