"""Which addresses of other systems may be called, so that nobody makes us call what is ours alone.

What must stay true: the address that was looked at is the one that is connected to, whatever a name means a moment
later; nothing inside (loopback, private, link-local and other addresses that are not public) is called unless an
operator allowed its network; no redirect is followed. Allowed is what RECTIFY_WEBHOOKS names, parted by commas: hosts
(`oa.example.gov.cn`, or `.example.gov.cn` for all below) and networks (`10.8.0.0/16`). Nothing named: all that is
public. A name that is allowed still has to lead to a public address, or into an allowed network.
"""

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from services.spine import errors

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST = 500
NEVER = tuple(ipaddress.ip_network(one) for one in ("0.0.0.0/8", "::/128", "224.0.0.0/4", "ff00::/8"))
TUNNELS = tuple(
    ipaddress.IPv6Network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
"""What a gateway leads on into the network of version 4: where to cannot be looked at here."""
SITE = (ipaddress.IPv6Network("fec0::/10"),)
"""What was once the private network of a site, and is no public one though no list says so."""


class Allowed(NamedTuple):
    """What an operator allows to be called."""

    hosts: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()


class Target(NamedTuple):
    """Where a call goes, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """The host as the receiver knows itself by."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def allowed(setting: str) -> Allowed:
    """What is written in the setting."""
    hosts, networks = [], []
    for word in (part.strip().lower() for part in setting.split(",")):
        try:
            networks.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            hosts += [word] if word else []
    return Allowed(tuple(hosts), tuple(networks))


def target(url: str) -> Target:
    """A URL taken apart; refuses what is no plain web address, or bears a name and password."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode("ascii").lower().rstrip(".")
    except ValueError:
        raise _refused(url, "webhook_malformed") from None
    clean = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>^`{|}')
    if parts.scheme not in ("https", "http") or not host or not clean or len(url) > LONGEST:
        raise _refused(url, "webhook_malformed")
    if "@" in parts.netloc or parts.fragment:
        raise _refused(url, "webhook_malformed")
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def choose(where: Target, resolved: Sequence[str], may: Allowed) -> str:
    """The address to connect to; refuses when a single one of those a name means is not to be called."""
    if not resolved:
        raise _refused(where.host, "webhook_unknown_host")
    addresses = [_plain(one) for one in resolved]
    inside = [_lies_in(address, may.networks) for address in addresses]
    if any(_lies_in(address, NEVER) for address in addresses):
        raise _refused(where.host, "webhook_inward")
    for address, within in zip(addresses, inside, strict=True):
        if not within and (not address.is_global or address.is_multicast or _lies_in(address, (*TUNNELS, *SITE))):
            raise _refused(where.host, "webhook_inward")
    if may != Allowed() and not all(inside) and not _named(where.host, may.hosts):
        raise _refused(where.host, "webhook_not_allowed")
    if where.scheme == "http" and not all(inside):
        raise _refused(where.host, "webhook_not_encrypted")
    return str(addresses[0])


def _plain(written: str) -> Address:
    """An address without its interface; one of version 4 in the clothes of version 6 is one of version 4."""
    address = ipaddress.ip_address(written.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _lies_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _named(host: str, hosts: Sequence[str]) -> bool:
    return any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)


def _refused(host: str, code: str) -> errors.Refusal:
    return errors.Refusal(code, host=host[:100], errors=[{"pointer": "/url", "code": code, "host": host[:100]}])
