"""Serves pages from a folder as a vendor would, as little as it can be: `GET /<platform>/<stream>?page=<number>`."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the end of each page waits 40 ms for the other side's word
    folder: Path

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        body = (self.folder / asked.path.strip("/") / f"{int(parse_qs(asked.query)['page'][0]):05d}.json").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    Pages.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
