"""Celery as its production notes advise for short tasks: acks late, many prefetched, no results, confirms."""

# mypy: disable-error-code="import-not-found,import-untyped,misc,untyped-decorator"

from celery import Celery

from tests.bench import tally
from tests.bench.peers import asked

app = Celery("bench", broker=asked.BROKER)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_default_queue="bench.celery",
    task_default_queue_type="quorum",
    task_default_exchange_type="topic",
    worker_prefetch_multiplier=asked.PREFETCH,
    broker_transport_options={"confirm_publish": True},
    broker_connection_retry_on_startup=True,
)


@app.task(name="bench.take")
def take(kind, pad):
    """Take one message."""
    asked.act(kind)


if __name__ == "__main__":
    asked.timed(lambda kind: take.delay(kind, tally.PAD))
