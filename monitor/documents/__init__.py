"""Documents on paper: PDF files that are archived (PDF/A-2a) and that a screen reader can read (PDF/UA-1)."""

from monitor.documents.breaking import breakable
from monitor.documents.typesetting import picture, typeset

__all__ = ["breakable", "picture", "typeset"]
