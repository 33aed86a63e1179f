"""
An Airflow connection becomes an open platform, or something that sends mail. The HTTP provider's hook opens it.

The hook turns a connection's login into basic authentication and its extra into headers: each platform signs its
requests in its own way, so both are undone here. Secrets go from the connection into the session and nowhere else.
"""

from __future__ import annotations

import json
import logging
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from include import webhook
from include.errors import SettingsWrong
from include.key import Key
from include.notices import chat as webhooks
from include.pace import File, usual_folder
from include.platforms import Platform, address, connection_of, hosts_of, open_platform
from include.settings import settings

if TYPE_CHECKING:
    from airflow.sdk import Connection
    from requests import PreparedRequest

    from include.model import Notice

logger = logging.getLogger(__name__)

SMTP = "smtp_default"
HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def platform(name: str) -> Platform:
    """The platform `name`, through its Airflow connection. Raises SettingsWrong when that is missing or half filled."""
    from airflow.providers.http.hooks.http import HttpHook

    connection = _connection(connection_of(name))
    if not connection.host:
        raise SettingsWrong(f"The connection {connection.conn_id} has no host.")
    if not connection.password:
        raise SettingsWrong(f"The connection {connection.conn_id} has no password: put the platform's key there.")
    extra = _extra(connection)
    hook = HttpHook(http_conn_id=connection.conn_id)
    session = hook.get_conn()
    session.auth = _as_it_is  # not None: requests would then look for a key in ~/.netrc
    for header in extra:
        session.headers.pop(header, None)
    key = Key(connection.login or "", connection.password, extra)
    url = _url(connection, hook.base_url)
    _require_known_host(connection, str(urlsplit(url).hostname), hosts_of(name), f"{name}'s key")
    logger.info("%s is at %s", name, address(url))
    kept = File(Path(settings().quota_folder or usual_folder()), connection.conn_id, url)
    return open_platform(name, session, url, key, kept, request_seconds=float(settings().request_seconds))


def configured(name: str) -> bool:
    """Whether Airflow has a connection of this name, filled in rightly or not."""
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        BaseHook.get_connection(name)
    except AirflowNotFoundException:
        return False
    return True


def _url(connection: Connection, url: str) -> str:
    """The platform's address: HTTPS where the connection says no scheme, as the hook's own would be in the clear."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsWrong(
            f"The connection {connection.conn_id} has no usable host: put a URL such as https://api.example.com there."
        )
    said = "://" in str(connection.host) or connection.schema or parts.hostname in HERE
    return url if said else f"https://{url.removeprefix('http://')}"


def _require_known_host(connection: Connection, host: str, hosts: tuple[str, ...], what: str) -> None:
    """
    Refuse a host that may not have what is sent there, such as a platform's key.

    Who may edit a connection in Airflow may see no key there; by another host in it he would have one sent to him.
    """
    own = settings().own_hosts
    if not HOST.fullmatch(host):
        raise SettingsWrong(f"The connection {connection.conn_id} has a host that is no host's name.")
    if host in own or any(host == known or (known[0] == "." and host.endswith(known)) for known in hosts):
        return
    if host in HERE and settings().sandbox:
        return
    known = " or ".join((*(f"*{one}" if one[0] == "." else one for one in hosts), *own))
    here = " (of the sandbox on this machine: set ROLLCALL_SANDBOX=true)" if host in HERE else ""
    raise SettingsWrong(
        f"The connection {connection.conn_id} names the host {host}, and {what} is sent to "
        f"{known or 'no host yet'} only. If it is yours, add it to ROLLCALL_HOSTS{here}; if not, somebody changed it."
    )


def mailer() -> Callable[[EmailMessage], None]:
    """What sends a message through `smtp_default`, to exactly the one recipient it names."""
    connection = _connection(SMTP)
    if not connection.host:
        raise SettingsWrong(f"The connection {SMTP} has no host.")
    extra = _extra(connection)

    def send(message: EmailMessage) -> None:
        (recipient,) = (address.addr_spec for address in message["To"].addresses)
        server = _server(connection, extra)
        try:
            if connection.login:
                server.login(connection.login, connection.password or "")
            server.send_message(message, to_addrs=[recipient])
        finally:
            _hang_up(server)

    return send


def chat() -> Callable[[Notice], int] | None:
    """
    What posts a notice to the chat's incoming webhook and returns the answer's status; None where there is no chat.

    The connection's host is the chat's, its password the path of the webhook: who has that may post. It is opened when
    there is something to post, for what is wrong with it must keep no mail from going out.
    """
    name = settings().chat
    if not name:
        return None

    def post(notice: Notice) -> int:
        from airflow.providers.http.hooks.http import HttpHook

        connection = _connection(name)
        if not connection.host or not connection.password:
            raise SettingsWrong(
                f"The connection {name} needs the chat's host, and the path of its webhook as its password."
            )
        hook = HttpHook(http_conn_id=name)
        session = hook.get_conn()
        session.auth = _as_it_is
        for header in _extra(connection):
            session.headers.pop(header, None)
        url = _url(connection, hook.base_url).rstrip("/")
        host = str(urlsplit(url).hostname)
        _require_known_host(connection, host, webhooks.HOSTS, "what the chat is told")
        if not url.startswith("https://") and host not in HERE:
            raise SettingsWrong(f"The connection {name} must be https: the path of a webhook is a key.")
        path = f"/{connection.password.lstrip('/')}"
        return webhook.post(session, url + path, webhooks.payload(notice, host), float(settings().request_seconds))

    return post


def _server(connection: Connection, extra: dict[str, Any]) -> smtplib.SMTP:
    """The mail server, encrypted unless the connection says that it is not: there is no falling back."""
    context = ssl.create_default_context()
    timeout = float(settings().request_seconds)
    host = str(connection.host)
    if not _truth(extra.get("disable_ssl", True)):
        return smtplib.SMTP_SSL(host, connection.port or 465, timeout=timeout, context=context)
    server = smtplib.SMTP(host, connection.port or 587, timeout=timeout)
    if not _truth(extra.get("disable_tls", False)):
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _hang_up(server: smtplib.SMTP) -> None:
    """Say goodbye. A message that was accepted is accepted, whatever the server answers to this."""
    with suppress(OSError):  # smtplib's errors are among these
        server.quit()
    server.close()


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    """No authentication by the session: each platform signs its requests itself."""
    return request


def _connection(name: str) -> Connection:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(name)
    except AirflowNotFoundException as missing:
        raise SettingsWrong(
            f"There is no Airflow connection {name!r}. Add it in Airflow (Admin, Connections), in your secrets "
            f"backend, or as AIRFLOW_CONN_{name.upper()}."
        ) from missing


def _extra(connection: Connection) -> dict[str, Any]:
    """A connection's extra. Airflow takes one that is no JSON for an empty one; it is refused here."""
    try:
        extra = json.loads(connection.extra or "{}")
    except ValueError:
        extra = None
    if not isinstance(extra, dict):
        raise SettingsWrong(f"The connection {connection.conn_id} has an extra that is no JSON object.")
    return extra


def _truth(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in {"1", "true", "yes"}
