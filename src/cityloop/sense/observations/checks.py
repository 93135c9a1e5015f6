"""Whether the observation store is fit for work: for `cityloop migrate` and `cityloop doctor`."""

from cityloop.kernel.settings import SettingError
from cityloop.sense.observations.store import StoreError, store


def migrate_store() -> None:
    """Make or upgrade the store's tables; may be called again and again."""
    store().migrate()


def check_store() -> list[str]:
    """What is wrong with the store, one sentence each with what to do; nothing when it is fine."""
    try:
        store().newest_id()
        with store().transaction():
            pass
    except (StoreError, SettingError) as error:
        return [
            f"The observation store can't be used: {error}. Check CITYLOOP_OBSERVATIONS_URL, the disk's free space and "
            "that the server it names runs."
        ]
    return []
