"""Crises: the incident, the message in its versions, its deliveries, the hub that shows it, what residents answer."""
