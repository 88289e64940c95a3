"""The peer: a Flask application that serves GAS's home page and job list, with the same bytes from the same database.

Started by gunicorn as `peer:application`. `PEER_FOLDER` holds `gas.sqlite` and the pages' templates, which `measure.py` makes
of GAS's own answers. As in the service that GAS follows, who is signed in stands in Flask's signed cookie.
"""

import os
import pathlib
import sqlite3
import threading

import flask

FOLDER = pathlib.Path(os.environ["PEER_FOLDER"])
ROWS = 25

application = flask.Flask(__name__, template_folder=str(FOLDER))
application.secret_key = os.environ["PEER_KEY"]
connections = threading.local()


def query(statement, *arguments):
    """Rows by name, on a connection of the thread's own that stays open."""
    if not hasattr(connections, "database"):
        connections.database = sqlite3.connect(f"file:{FOLDER}/gas.sqlite?mode=ro", uri=True)
        connections.database.row_factory = sqlite3.Row
    return connections.database.execute(statement, arguments).fetchall()


@application.after_request
def security_headers(response):
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@application.get("/readyz")
def ready():
    return "ok"


@application.get("/sign-in/<account>")
def sign_in(account):
    flask.session["account"] = account
    return "ok"


@application.get("/")
def home():
    return flask.render_template("home.html")


@application.get("/annotations")
def annotations():
    account = flask.session.get("account")
    if account is None:
        return flask.redirect("/login")
    (person,) = query("SELECT name, role FROM accounts WHERE id = ?", account)
    counts = dict(query("SELECT job_status, count(*) FROM annotations WHERE user_id = ? GROUP BY job_status", account))
    jobs = query(
        "SELECT job_id, input_file_name, submit_time, job_status FROM annotations WHERE user_id = ? "
        "ORDER BY submit_time DESC, job_id DESC LIMIT ?", account, ROWS)
    return flask.render_template("annotations.html", person=person, counts=counts, jobs=jobs)
