"""The platforms on loopback: a seeded world, the wire formats of Graph, instaloader's web and the YouTube Data API.

world.py, ids.py         what exists and what people do         truth.py           who really waits for an answer
story.py, script.py      the demo's sample municipality         ledger.py          what was asked, and what it cost
wire.py                  a request, an answer, a site           faults.py          what can go wrong on the way
server.py, tunnel.py     HTTP on loopback, TLS by real names    __main__.py        all of it as a process of its own
webhooks.py              what Meta tells a subscriber
graph/, instagram_web/, youtube/                               how each platform tells what is in the world
oauth.py                 where a person logs in and agrees
control.py               the world from other processes: looking.py, happening.py, steering.py; finding.py
"""
