"""Where things are: the only place that reads the environment.

Secrets come from a file whose path is given, never from the environment itself.
"""

import functools
import os
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"
SERVICES = ("registry", "intake", "review", "rectification", "notification", "access")


def broker() -> str:
    """Address of the broker: `memory://` (embedded) or `amqp://…`."""
    return _secret_aware("RECTIFY_BROKER", "memory://")


def store() -> str:
    """MongoDB URI; the store's databases bear the services' names."""
    return _secret_aware("RECTIFY_STORE", "mongodb://127.0.0.1:27017/?directConnection=true")


def store_cache() -> str:
    """What the embedded store caches at most: RECTIFY_STORE_CACHE, or a quarter of the memory there is, up to 2 GB."""
    quarter = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 >> 20
    return os.environ.get("RECTIFY_STORE_CACHE") or f"{min(max(quarter, 256), 2048)}M"


def url(service: str) -> str:
    """Where other rooms reach a service's doors."""
    return os.environ.get(f"RECTIFY_{service.upper()}_URL", f"http://{service}:8000").rstrip("/")


def bind(service: str) -> str:
    """`host:port` a service's doors open on: RECTIFY_BIND, or the address others use for it."""
    return os.environ.get("RECTIFY_BIND") or urlsplit(url(service)).netloc


@functools.cache
def secret() -> str:
    """The deployment's secret that signs claims; read once from RECTIFY_SECRET_FILE."""
    path = os.environ.get("RECTIFY_SECRET_FILE")
    if not path:
        raise SystemExit("RECTIFY_SECRET_FILE is not set: name a file that holds at least 32 characters of secret.")
    value = Path(path).read_text("utf-8").strip()
    if len(value) < 32:
        raise SystemExit(f"The secret in {path} is shorter than 32 characters.")
    return value


def embedded() -> bool:
    """Whether all services share this process and the broker lives in its memory."""
    return broker().startswith("memory:")


def beside() -> bool:
    """Whether this process helps an embedded deployment that runs in another: it works, and leaves telling to that."""
    return embedded() and os.environ.get("RECTIFY_BESIDE") == "1"


def broker_management() -> str:
    """RabbitMQ's management API, `http://user:password@rabbitmq:15672`; empty when there is none."""
    return _secret_aware("RECTIFY_BROKER_MANAGEMENT", "").rstrip("/")


def webhooks() -> str:
    """Hosts and networks of other systems that may be called, parted by commas; nothing named: all that is public."""
    return os.environ.get("RECTIFY_WEBHOOKS", "")


def channels() -> Path | None:
    """The file that says by which channels people are called beside the inbox; nothing named: by none."""
    path = os.environ.get("RECTIFY_CHANNELS_FILE")
    return Path(path) if path else None


def feed_days() -> int:
    """Days for which the feed keeps every event, then the last of each record and kind; 0: every one for ever."""
    return int(os.environ.get("RECTIFY_FEED_DAYS") or 0)


def database_prefix() -> str:
    """What stands before a service's name in the name of its database (several deployments on one store)."""
    return os.environ.get("RECTIFY_DATABASE_PREFIX", "")


def log_level() -> str:
    """`debug`, `info` or `warning`."""
    return os.environ.get("RECTIFY_LOG", "info")


def grace() -> float:
    """Seconds that running work gets to finish after SIGTERM."""
    return float(os.environ.get("RECTIFY_GRACE", "20"))


def poll() -> float:
    """Seconds between two looks of the memory broker into its queues."""
    return float(os.environ.get("RECTIFY_POLL", "0.005"))


def _secret_aware(name: str, default: str) -> str:
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text("utf-8").strip() if path else os.environ.get(name, default)
