"""The schema: made and moved forward by Alembic, refused when it is newer than this program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from core.errors import ConfigurationError

FOLDER = Path(__file__).parent / "migrations"


def sync_url(url: str) -> str:
    """The same database for a driver without an event loop: SQLite's own; asyncpg stays, run by `store.postgres`."""
    return url.replace("+aiosqlite", "")


def configuration() -> Config:
    """Alembic's settings; nothing is read from a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(connection: Connection) -> None:
    """Moves the schema to the newest version. Raises ConfigurationError when the database is of a newer program."""
    config = configuration()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise ConfigurationError(
            f"The database is of a newer version ({current}) than this program. Upgrade the program, or restore a backup."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


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
