// A chosen file whose line broke is kept on the phone as well, so that it goes on when the page is closed; while
// this page tries it itself (upload.js), no other does.
const keptFiles = (() => {
  const box = () => document.querySelector("[data-kept]")?.dataset;

  // Once for each row; whether it is safe there.
  async function keep(row, announced, address) {
    row.kept ??= (async () => {
      const id = kept.newId();
      const { user, case: title } = box() ?? {};
      const { name: label, size, sha256, ...told } = announced;
      await new Promise((resolve) => hold(id, row, resolve));
      await kept.keep({ id, kind: "file", user, address, title, label, sha256, told, file: row.file });
      row.keptId = id;
      return true;
    })().catch(() => false);
    return row.kept;
  }

  // The lock is given back when the row ends, or by the browser when the page does.
  function hold(id, row, held) {
    if (!navigator.locks) {
      held();
      return;
    }
    navigator.locks.request(`kept:${id}`, () => {
      held();
      return new Promise((resolve) => (row.release = resolve));
    });
  }

  async function drop(row) {
    if (await row.kept) {
      await kept.remove(row.keptId).catch(() => {});
    }
    row.release?.();
  }

  // What went up without this page's doing belongs into its gallery too.
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-upload]");
    kept.listen((news) => {
      if (form && news.sent) {
        htmx.ajax("GET", form.dataset.gallery, { target: "#exhibits", swap: "outerHTML" });
      }
    });
  });
  return { keep, drop };
})();
