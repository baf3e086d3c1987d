"""The web pages. They show and submit without JavaScript; they never import Celery."""
