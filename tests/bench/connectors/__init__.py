"""`make bench-connectors`: what reading costs beside a naive walk, and what is left of the truth after many faults.

stages.py, town.py   accounts on each platform, and in the register     costs.py, naive.py   ours, and plain loops
mix.py               the declared faults                                rounds.py            the real pipeline
life.py              what people do between rounds                      parked.py            calls made too early
verdict.py           the database beside what really happened
"""
