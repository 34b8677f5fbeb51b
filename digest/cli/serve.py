"""`digest serve`: web, worker and beat in one process, for a small installation."""

import signal
import socket
import sys
from types import FrameType

from digest.cli.terminal import counted, note
from digest.errors import SettingsInvalid


def serve() -> None:
    """Serve the pages, and plan and send at each reader's hour, until Ctrl-C or SIGTERM."""
    import uvicorn

    from digest.bootstrap import bootstrap
    from digest.logs import configure
    from digest.settings import load
    from digest.web.app import build
    from workers.embedded import embedded

    settings = load()
    # The worker is in this process, so that only a broker in this process reaches it.
    app = bootstrap(settings.model_copy(update={"broker_url": "memory://"}))
    with app.store.read() as work:
        readers = work.subscribers.count()
    _refuse_taken_port(settings.host, settings.port)
    # A mailer that cannot work is told now, not at seven in the morning.
    app.carriage  # noqa: B018
    people = counted(readers, "subscriber")
    note(f"http://{settings.host}:{settings.port}, {people}; stop it with Ctrl-C.")
    configure()
    # uvicorn ends well on these, then raises them again: the worker is to end well, too.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    server = uvicorn.Server(
        uvicorn.Config(
            build(app),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            # It would believe anybody on this machine; DIGEST_TRUSTED_PROXIES says who is.
            proxy_headers=False,
        )
    )
    try:
        with embedded(app):
            server.run()
    finally:
        app.close()


def _refuse_taken_port(host: str, port: int) -> None:
    """Raise SettingsInvalid where nobody can listen there; uvicorn would only log it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsInvalid(
                f"Nothing can listen on {host}, port {port} ({error.strerror}): "
                "set PORT or DIGEST_HOST."
            ) from error


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
