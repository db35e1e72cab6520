"""What a consumer of Rectify's events needs: `follow` reads the feed, `TestBus` plays golden events in tests.

for batch, after in follow("https://rectify.example", token, after=0, region="990823"):
    ...                       # apply the batch and keep `after` in one transaction
"""

from .bus import TestBus, golden
from .feed import follow

__all__ = ["TestBus", "follow", "golden"]
