"""A receiver of change notifications on the loopback interface."""

import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit


class Receiver:
    """Listens on the loopback interface; the server must be allowed to reach it (`outbound.allow_networks`)."""

    def __init__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proof = parse_qs(urlsplit(self.path).query).get("validationToken")
                answer = proof[0].encode() if proof else b""
                if not proof:
                    receiver.told += json.loads(body)["value"]
                self.send_response(200 if proof else 202)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments):
                pass

        self.told = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hook"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
