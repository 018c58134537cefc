"""E-mail through the office's mail server.

What matters is to know whether a message has left. Until its text is handed over nothing was sent; a refusal by
the server is certain too; a connection that breaks while the text is handed over leaves it open.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from app.kit.i18n import _l
from app.notices.gateways import NotSent
from app.notices.words import in_chinese

TIMEOUT = 20
_PORTS = {"smtp": 25, "smtps": 465, "smtp+plain": 25}


@dataclass(frozen=True)
class MailServer:
    """LVZHI_SMTP_URL read: ``smtp://`` (TLS where the server offers it), ``smtps://`` (TLS from the start),
    ``smtp+plain://`` (never TLS, for a server inside the office's own network)."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str


def read_server(url: str, sender: str) -> MailServer:
    """The settings of the mail server; ValueError with a sentence for the operator where they cannot be right."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("LVZHI_SMTP_URL: smtp://[user:password@]host[:port], smtps://… or smtp+plain://…")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    sender = sender or (user if "@" in user else "")
    if "@" not in parseaddr(sender)[1]:
        raise ValueError("LVZHI_MAIL_FROM: Name <lvzhi@example.gov.cn>")
    return MailServer(
        parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme], user, password, sender
    )


def compose(server: MailServer, *, number: int, to: str, title: str, text: str) -> bytes:
    """The message as it goes over the wire. ``number`` makes its Message-ID, the same for every attempt."""
    name, sender = parseaddr(server.sender)
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP_POLICY)
    try:
        message["From"] = Address(name, addr_spec=sender)
        message["To"] = Address(addr_spec=to)
    except (ValueError, IndexError) as error:
        raise NotSent(in_chinese(_l("收件地址不是有效的邮箱地址。"))) from error
    message["Subject"] = title
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = f"<lvzhi-notice-{number}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="base64")
    return message.as_bytes()


class Mailer:
    """One connection to the mail server, opened when it is needed and again after it broke."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def prepare(self) -> None:
        """Makes sure there is a connection; NotSent where there can be none now. Nothing is sent."""
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == 250:
                    return
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        try:
            self._smtp = self._open()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotSent(_reason(error)) from error

    def _open(self) -> smtplib.SMTP:
        server = self.server
        if server.scheme == "smtps":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.scheme == "smtp" and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def send(self, number: int, to: str, title: str, text: str) -> None:
        """Hands one message over. NotSent: it certainly did not leave; any other error: nobody can tell."""
        content = compose(self.server, number=number, to=to, title=title, text=text)
        if self._smtp is None:
            raise NotSent(in_chinese(_l("没有连上邮件服务器。")))
        try:
            _expect(self._smtp.mail(parseaddr(self.server.sender)[1]), {250})
            _expect(self._smtp.rcpt(to), {250, 251})
        except NotSent:
            self._begin_anew()
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            raise NotSent(_reason(error)) from error
        try:
            _expect(self._smtp.data(content), {250})
        except smtplib.SMTPDataError as error:
            self._begin_anew()
            raise NotSent(_reason(error)) from error
        except NotSent:
            self._begin_anew()
            raise
        except BaseException:
            self.close()
            raise

    def _begin_anew(self) -> None:
        """After a refusal the same connection serves the next message, if the server agrees."""
        try:
            if self._smtp is not None and self._smtp.rset()[0] == 250:
                return
        except (smtplib.SMTPException, OSError):
            pass
        self.close()

    def close(self) -> None:
        """Lets go of the connection."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _expect(answer: tuple[int, bytes], good: set[int]) -> None:
    code, words = answer
    if code not in good:
        raise NotSent(f"{code} {words.decode(errors='replace')}")


def _reason(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__
