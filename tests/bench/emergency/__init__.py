"""`make bench-emergency`: crisis messages under declared faults, counted at the emulated platforms, and how fast they
are out. See __main__ for what it takes."""
