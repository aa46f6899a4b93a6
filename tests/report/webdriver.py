"""A headless Chromium, driven over the WebDriver protocol with nothing but the standard library."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class Browser:
    """One window."""

    def __init__(self, base: str) -> None:
        self.base = base

    def call(self, method: str, path: str, **body: Any) -> Any:
        """One WebDriver command."""
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, path: Path) -> None:
        """Load a file and wait until it is done."""
        self.call("POST", "/url", url=path.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """Run JavaScript; ``return`` gives a value."""
        return self.call("POST", "/execute/sync", script=script, args=list(arguments))

    def log(self, kind: str) -> list[dict[str, Any]]:
        """The browser's log since the last call: "browser" (console) or "performance" (network and more)."""
        return self.call("POST", "/se/log", type=kind)

    def size(self, width: int, height: int) -> None:
        """Resize the window."""
        self.call("POST", "/window/rect", width=width, height=height)

    def dark(self, on: bool) -> None:
        """Prefer the dark scheme, or the light one."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]
        self.call("POST", "/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"features": features})

    def screenshot(self) -> bytes:
        """What is visible, as PNG."""
        return base64.b64decode(self.call("GET", "/screenshot"))


@contextmanager
def browser() -> Iterator[Browser]:
    """Start chromedriver and one headless window with a fresh profile; both end with the block."""
    profile = tempfile.mkdtemp(prefix="chromium-")
    command = ["chromedriver", "--port=0"]
    driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert driver.stdout is not None
        port = next(m[1] for line in driver.stdout if (m := re.search(r"started successfully on port (\d+)", line)))
        base = f"http://127.0.0.1:{port}"
        options = {"binary": shutil.which("chromium"), "args": [*FLAGS, f"--user-data-dir={profile}"]}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        made = Browser(base).call("POST", "/session", capabilities={"alwaysMatch": wanted})
        window = Browser(f"{base}/session/{made['sessionId']}")
        try:
            yield window
        finally:
            window.call("DELETE", "")
    finally:
        driver.terminate()
        driver.wait(20)
        if driver.stdout is not None:
            driver.stdout.close()
        shutil.rmtree(profile, ignore_errors=True)
