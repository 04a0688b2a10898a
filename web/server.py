"""Uvicorn around the application: one process, or several that share one memory-mapped index.

In: settings. Out: a server that runs until it is told to stop.
"""

import logging
import os
import shutil
import socket
import sys
from collections.abc import Callable
from functools import partial

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from qa.errors import SettingsError
from qa.ports import AssistantPort
from qa.settings import Settings
from web.metrics import SHARED_FOLDER
from web.store import FILE, Store

SWITCH = 0.0005  # seconds; with Python's 0.005 the event loop waits that long for the thread that answers


def run(settings: Settings, *, announce: Callable[[str], None]) -> None:
    """Serve until told to stop; `announce` gets the address once it is bound."""
    Store(settings.data / FILE).close()  # before there are workers: two at once cannot make a new file WAL
    listening = bind(settings)
    port = listening.getsockname()[1]
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    if settings.workers > 1:
        _share_counts(settings)
    announce(f"wenju serves http://{shown}:{port}  (stop with Ctrl+C)")
    config = uvicorn.Config(
        "web.server:application",
        factory=True,
        host=settings.host,
        port=port,
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    if settings.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
        return
    uvicorn.Server(config).run(sockets=[listening])


def application() -> FastAPI:
    """Return the application with the settings of the environment; called once in every server process."""
    from web.app import create_app

    settings = Settings.load(os.environ)
    set_up_logging(settings)
    sys.setswitchinterval(SWITCH)
    return create_app(partial(_ready, settings), settings)


def _ready(settings: Settings) -> AssistantPort:
    """Return an assistant that has answered once: dictionaries are read when first needed, which takes 0.2 s."""
    from qa.assemble import load_assistant

    assistant = load_assistant(settings)
    assistant.answer("How many of them were there in 2024? 一共有多少？", mode="extractive")
    return assistant


def set_up_logging(settings: Settings) -> None:
    """Write our log lines to stderr, as text or as JSON; of other libraries only warnings."""
    from web.envelope import JsonLines

    stream = logging.StreamHandler()
    text = logging.Formatter("%(levelname)s %(name)s %(message)s")
    stream.setFormatter(JsonLines() if settings.log_format == "json" else text)
    logging.basicConfig(level=logging.WARNING, handlers=[stream], force=True)
    for floor in ("index", "prompts", "qa", "web", "eval"):
        logging.getLogger(floor).setLevel(settings.log.upper())


def bind(settings: Settings) -> socket.socket:
    """Return a listening socket. Raises SettingsError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"{settings.host}:{settings.port} cannot be bound: {error.strerror}. Choose another with --host and --port."
        ) from error
    listening.set_inheritable(True)
    return listening


def _share_counts(settings: Settings) -> None:
    """Give the workers a folder in which their counts are added up."""
    folder = (settings.data / "metrics").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[SHARED_FOLDER] = str(folder)
