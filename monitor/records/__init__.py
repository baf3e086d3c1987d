"""Records: what is shown to those who ask afterwards. Reports for auditors and the audit log in readable form."""
