"""The platforms on loopback: a seeded world, the wire formats of Graph, instaloader's web and the YouTube Data API.

world.py    what exists and what people do         truth.py              who really waits for an answer
wire.py     a request, an answer, a site           server.py, tunnel.py  HTTP on loopback, TLS by real names
graph.py, instagram_web.py, youtube.py             how each platform tells what is in the world
faults.py, ledger.py, control.py                   how tests and the demo steer it and look at it
"""
