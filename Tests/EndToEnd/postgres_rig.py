"""A PostgreSQL server of the test's own, and services that keep everything in it."""

import pathlib
import subprocess
import urllib.parse

from conftest import ROOT, Service

SCRIPT = ROOT / "scripts" / "postgres"
SEPARATOR = "\x1f"


class PostgresRig:
    """One running server with one empty database."""

    def __init__(self, folder):
        # The server runs as a user of its own, who may not enter the folders of pytest.
        made = subprocess.run(["mktemp", "-d", "-t", "gas-postgres-XXXXXX"], check=True, capture_output=True, text=True)
        self.folder = pathlib.Path(made.stdout.strip())
        self.url = self.control("start").strip().rsplit("/", 1)[0] + "/gas"
        self.query("CREATE DATABASE gas", database="postgres")
        self.secret = pathlib.Path(folder) / "postgres-url"
        self.secret.write_text(self.url)
        self.settings = {"database": "postgres", "postgres-url": f"file:{self.secret}"}

    def control(self, verb):
        # Into a file: a server keeps what it inherits open, and a pipe would not end.
        output = self.folder / "output"
        with output.open("w") as file:
            subprocess.run([SCRIPT, verb, self.folder], check=True, stdout=file)
        return output.read_text()

    def restart(self):
        self.control("restart")

    def stop(self):
        self.control("stop")
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def query(self, statement, database="gas"):
        """The rows, each a tuple of texts."""
        url = urllib.parse.urlsplit(self.url)._replace(path=f"/{database}").geturl()
        done = subprocess.run(
            ["psql", url, "-X", "-q", "-A", "-t", "-F", SEPARATOR, "-v", "ON_ERROR_STOP=1", "-c", statement],
            check=True, capture_output=True, text=True)
        return [tuple(line.split(SEPARATOR)) for line in done.stdout.splitlines()]


class PostgresService(Service):
    """A `gas` process whose jobs are in PostgreSQL."""

    def __init__(self, rig, data, role="serve", settings=None, **options):
        super().__init__(data, role, {**rig.settings, **(settings or {})}, **options)
        self.rig = rig

    def rows(self, statement, *arguments):
        assert not arguments
        return [tuple(int(value) if value.isdigit() else value for value in row) for row in self.rig.query(statement)]
