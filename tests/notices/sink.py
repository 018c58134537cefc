"""A small SMTP server that keeps what it takes, and can be told to misbehave."""

from __future__ import annotations

import socketserver
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

OK, REFUSE, REFUSE_TEXT, DROP_BEFORE, DROP_AFTER = "ok", "refuse", "refuse text", "drop before", "drop after"


class Sink:
    """Runs until closed. ``behave`` says what happens to the next messages, one word each; then all is well."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.behave: list[str] = []
        self.connections = 0
        self.delay = 0.0
        sink = self

        class Conversation(socketserver.StreamRequestHandler):
            # A client that died without saying good-bye must not keep a thread for ever.
            timeout = 30

            def handle(self) -> None:
                sink.connections += 1
                sink._talk(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Conversation)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def recipients(self) -> list[str]:
        """Who got something, once for each message."""
        return sorted(str(message["To"]) for message in self.taken)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _talk(self, incoming: Any, outgoing: Any) -> None:
        def say(words: str) -> None:
            outgoing.write(words.encode() + b"\r\n")
            outgoing.flush()

        how = OK
        try:
            say("220 sink")
            while line := incoming.readline():
                verb = line.split(maxsplit=1)[0].upper()
                if verb == b"MAIL":
                    how = self.behave.pop(0) if self.behave else OK
                    if how == DROP_BEFORE:
                        return
                    say("250 go on")
                elif verb == b"RCPT":
                    say("550 nobody of that name" if how == REFUSE else "250 go on")
                elif verb == b"DATA":
                    say("354 the text")
                    if not self._take(incoming, how):
                        return
                    say("451 come back later" if how == REFUSE_TEXT else "250 taken")
                elif verb == b"QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 fine")
        except OSError:
            return

    def _take(self, incoming: Any, how: str) -> bool:
        """Reads the text; whether the conversation goes on."""
        lines = []
        while (line := incoming.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        time.sleep(self.delay)
        if how != REFUSE_TEXT:
            self.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
        return how != DROP_AFTER
