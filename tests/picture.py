"""Makes docs/picture.png, the README's picture, from the running demo:  python -m tests.picture"""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.services import Services

PICTURE = Path(__file__).parents[1] / "docs" / "picture.png"
COMMAND = Path(sys.executable).parent / "kanalvakt"


def main() -> None:
    with Services() as services, subprocess.Popen([str(COMMAND), "demo"], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        address = next(found[1] for line in demo.stdout if (found := re.search(r"(http://\S+)/demo/mails", line)))
        with sync_playwright() as playwright:
            options = {"executable_path": services.environment["TEST_CHROMIUM"], "args": ["--no-sandbox"]}
            page = playwright.chromium.launch(**options).new_page(viewport={"width": 1000, "height": 700})
            page.goto(address)
            page.screenshot(path=PICTURE)
        demo.terminate()


if __name__ == "__main__":
    main()
