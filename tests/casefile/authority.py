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
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""
NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"


@dataclass(frozen=True, slots=True)
class Authority:
    """Where it answers and the root its stamps lead to (PEM)."""

    url: str
    root: Path


@contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """An authority with a fresh root in `folder`, gone when the block ends."""
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    _openssl(folder, f"req -x509 {NEW_KEY} -keyout ca.key -out ca.pem -subj /CN=Root -days 2")
    _openssl(folder, f"req {NEW_KEY} -keyout tsa.key -out tsa.csr -subj /CN=Authority")
    signed = "-CA ca.pem -CAkey ca.key -set_serial 2 -days 2 -extfile tsa.cnf -extensions ext"
    _openssl(folder, f"x509 -req -in tsa.csr {signed} -out tsa.pem")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_address[1]}/", folder / "ca.pem")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


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
