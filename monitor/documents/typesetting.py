"""Typesetting with Typst, whose compiler and fonts come inside its package: nothing else is installed or fetched."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


def typeset(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The template `template`.typ filled in with `data`, as a PDF. The same words at the same time: the same bytes.

    data: JSON values; texts are shown as they are, never read as markup. The template must set title and language, and
    give every picture a text: the compiler refuses a document that is not accessible.
    """
    import typst  # 84 MB, and seldom needed

    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=[*STANDARDS],
        timestamp=at.astimezone(UTC),
        ignore_system_fonts=True,  # the same on every machine
    )
