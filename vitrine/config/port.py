"""Whether we may listen where we were told to. Standard library only."""

import errno
import socket

from vitrine.config.fault import SetupFault


def check_port(host: str, port: int) -> None:
    """Raises SetupFault, with the cure, when `host` and `port` cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupFault(_cure(error, host, port)) from error


def _cure(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Choose another: make run PORT={port % 65535 + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only. Choose one from 1024 on: make run PORT=8000"
    return (
        f"HOST is '{host}', which this machine cannot listen on ({error.strerror}). Unset it, or try 0.0.0.0"
    )
