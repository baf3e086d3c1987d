"""An outside watcher on loopback that has to hear from us."""

from http.server import BaseHTTPRequestHandler, HTTPServer

from config.settings import Settings


class Watcher:
    """An outside dead-man's switch: counts what it hears, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.status = 200
        watcher = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.heard.append(self.path)
                self.send_response(watcher.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/ping/hemlig-nyckel"

    def settings(self, **values: object) -> Settings:
        return Settings(heartbeat_url=self.url, **values)
