"""How much longer things may take than they do: the one place that knows how slow a machine may be to pass still.

A limit says what a thing takes on a quiet machine, seen generously; it is stretched by this. Who waits for what comes
goes on at once, so patience costs nothing but where a test fails.
"""

SLOWER = 4
