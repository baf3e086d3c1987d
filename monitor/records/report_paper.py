"""A watch report on paper, in the language in use: archived as PDF/A, and readable for a screen reader."""

from dataclasses import asdict

from config.language import _, language
from monitor.documents import typeset
from monitor.records.report_sections import days, facts, sections, title
from monitor.records.watch_report import WatchReport


def paper(report: WatchReport, hash_: str) -> bytes:
    """The report as a PDF, with the hash of its document on each page. The same report: the same bytes."""
    data = {
        "title": title(report),
        "organisation": report.organisation,
        "language": language(),
        "foot": f"SHA-256 {hash_}",
        "page_word": _("Page"),
        "facts": [list(pair) for pair in facts(report)],
        "sections": [asdict(section) for section in (*sections(report), *days(report))],
    }
    return typeset("watch_report", data, report.made_at)
