"""Celery: the clock and the queues. Rows say what is due; a message only says "look now", and may be lost.

app.py     the application     tasks.py    the tasks, four lines each     queues.py    which queue is for what
beat.py    the beat's scheduler                                           bells.py     how tasks are rung for
alive.py   how workers and the beat show that they live
"""
