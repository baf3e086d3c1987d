"""/task/…: what a link in a mail lets its holder do, without logging in."""
