"""The schema: made and moved forward by Alembic, refused when it is newer than this program."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, inspect, text

from core.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"


def configuration() -> "Config":
    """Alembic's settings; nothing is read from a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def revisions() -> list[str]:
    """The versions of the schema that this program knows, oldest first: the files' names begin with them."""
    return sorted(path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def upgrade(connection: Connection) -> None:
    """Moves the schema to the newest version. Raises ConfigurationError when the database is of a newer program.

    Alembic is loaded only when there is something to do: a start that finds all in order is lighter without it.
    """
    known = revisions()
    current = _current(connection)
    if current is not None and current not in known:
        raise ConfigurationError(
            f"The database is of a newer version ({current}) than this program. "
            "Upgrade the program, or restore a backup."
        )
    if current == known[-1]:
        return
    from alembic import command

    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade_sqlite(path: Path) -> None:
    """Makes or upgrades a SQLite file."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.commit()
            upgrade(connection)
            connection.commit()
    finally:
        engine.dispose()
