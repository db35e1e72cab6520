"""The bare function, without any queue: what there is to lose."""

from tests.bench import tally

if __name__ == "__main__":
    tally.stroke(tally.IDLE)
    while True:
        tally.stroke(tally.WORK)
