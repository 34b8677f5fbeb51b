"""Whose turn it is to ask, kept where every process sees it: in the store, or in Redis."""

from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from digest.errors import SourceUnavailable
from digest.ports import Store


class StoreTurns:
    """Turns kept in *store*; each step is one short transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn, at most till *until*; return None, or from when on to ask again."""
        with self._store.begin() as work:
            return work.turns.take(host, holder=holder, now=now, until=until)

    def hold(self, host: str, *, holder: str, until: datetime) -> None:
        """Keep the turn till *until* at most, if it is *holder*'s still."""
        with self._store.begin() as work:
            work.turns.hold(host, holder=holder, until=until)

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        """End the turn of *holder*: nobody has one before *free_at*."""
        with self._store.begin() as work:
            work.turns.give_back(host, holder=holder, free_at=free_at)

    def silence(self, host: str, *, until: datetime) -> None:
        """Give nobody a turn before *until*, or before what was said of it earlier if later."""
        with self._store.begin() as work:
            work.turns.silence(host, until=until)


# redis-py's Lock knows one holder and its lapse, but no pause after it and no silence.
class RedisTurns:
    """Turns kept in the Redis at *url*: a hash for each host, changed in one step by a script.

    Raise SourceUnavailable where Redis does not answer: without turns nobody is asked.
    """

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            # Once more, for a connection that Redis closed while we had nothing to say.
            retry=Retry(NoBackoff(), 1),
        )

    def take(self, host: str, *, holder: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn, at most till *until*; return None, or from when on to ask again."""
        again = self._run(_TAKE, host, holder, _written(now), _written(until))
        return _EPOCH + timedelta(microseconds=int(again)) if again else None

    def hold(self, host: str, *, holder: str, until: datetime) -> None:
        """Keep the turn till *until* at most, if it is *holder*'s still."""
        self._run(_HOLD, host, holder, _written(until))

    def give_back(self, host: str, *, holder: str, free_at: datetime) -> None:
        """End the turn of *holder*: nobody has one before *free_at*."""
        self._run(_GIVE_BACK, host, holder, _written(free_at))

    def silence(self, host: str, *, until: datetime) -> None:
        """Give nobody a turn before *until*, or before what was said of it earlier if later."""
        self._run(_SILENCE, host, _written(until))

    def close(self) -> None:
        """Let go of all connections."""
        self._redis.close()

    def _run(self, script: str, host: str, *arguments: str) -> str:
        try:
            answer: Any = self._redis.eval(script, 1, PREFIX + host, *arguments, KEPT)
        except RedisError as error:
            raise SourceUnavailable(
                "Redis, where all workers keep their pace, does not answer; see that it runs."
            ) from error
        return str(answer or "")


PREFIX = "digest:turns:"
PATIENCE = 5.0
"""Seconds that Redis may take to answer."""

KEPT = str(30 * 24 * 60 * 60)
"""Seconds after which a host that nobody asked is forgotten."""

# Moments are whole microseconds since 1970 and go in and out as text: a number of Lua would
# lose digits when it is written.
_TAKE = """
local again = ARGV[2]
local turn = redis.call('HMGET', KEYS[1], 'until', 'free_at', 'silence')
for index = 1, 3 do
  if turn[index] and tonumber(turn[index]) > tonumber(again) then again = turn[index] end
end
if again ~= ARGV[2] then return again end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return ''
"""
_HOLD = """
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return '' end
redis.call('HSET', KEYS[1], 'until', ARGV[2])
return ''
"""
_GIVE_BACK = """
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return '' end
redis.call('HDEL', KEYS[1], 'holder', 'until')
redis.call('HSET', KEYS[1], 'free_at', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return ''
"""
_SILENCE = """
local before = redis.call('HGET', KEYS[1], 'silence')
if before and tonumber(before) >= tonumber(ARGV[1]) then return '' end
redis.call('HSET', KEYS[1], 'silence', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return ''
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _written(moment: datetime) -> str:
    return str((moment - _EPOCH) // timedelta(microseconds=1))
