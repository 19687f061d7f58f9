"""A time-stamp authority of our own on the loopback: one handler around `openssl ts`."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CONFIG = """\
[tsa]
default_tsa = t
[t]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
[above]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""
NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


@dataclass(frozen=True, slots=True)
class Authority:
    """Where it answers, the root its stamps lead to and what lies between (PEM; empty where nothing does)."""

    url: str
    root: Path
    between: Path


@contextmanager
def running_authority(folder: Path, *, is_direct: bool = True) -> Iterator[Authority]:
    """An authority with a fresh root in `folder`, gone when the block ends.

    Its answers carry its own certificate only. With `is_direct` off, another stands between it and the root.
    """
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    _openssl(folder, f"req -x509 {NEW_KEY} -keyout ca.key -out ca.pem -subj /CN=Root -days 2")
    _openssl(folder, f"req {NEW_KEY} -keyout tsa.key -out tsa.csr -subj /CN=Authority")
    above = "ca"
    if not is_direct:
        above = "between"
        _openssl(folder, f"req {NEW_KEY} -keyout between.key -out between.csr -subj /CN=Between")
        _sign(folder, "between", "ca", section="above")
    _sign(folder, "tsa", above, section="ext")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(
            f"http://127.0.0.1:{server.server_address[1]}/", folder / "ca.pem", folder / "between.pem"
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _sign(folder: Path, name: str, above: str, *, section: str) -> None:
    signed = (
        f"-CA {above}.pem -CAkey {above}.key -set_serial 2 -days 2 -extfile tsa.cnf -extensions {section}"
    )
    _openssl(folder, f"x509 -req -in {name}.csr {signed} -out {name}.pem")


def _openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()  # The tool's serial file is not made for two at once.

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                (folder / "query").write_bytes(query)
                _openssl(folder, "ts -reply -config tsa.cnf -queryfile query -out reply")
                reply = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: Any) -> None:
            return

    return Handler
