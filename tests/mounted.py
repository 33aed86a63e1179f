"""
A real Airflow with our plugin in it, and people of each role who ask it for things.

One process of its own builds Airflow's API with our plugins folder and asks it; Airflow reads its settings only once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from include.review.app import METHODS
from include.store.ledger import open_ledger, upgrade
from tests.store.cases import a_finding, filed

ROOT = Path(__file__).parent.parent
USERS = {"vic": "viewer", "ann": "user", "olga": "op", "ada": "admin"}
PASSWORD = "a password of the tests"

# Reads what to ask as JSON: who, method, path, body. The path `*` stands for every route of the page with every method.
ASK = """
import json, os, re, sys, warnings
warnings.simplefilter("ignore")
from airflow.api_fastapi.app import create_app
from starlette.routing import Mount
from starlette.testclient import TestClient

app = create_app()
page = next(route.app for route in app.routes if isinstance(route, Mount) and route.path == "/review")
client = TestClient(app, base_url="http://airflow.test", raise_server_exceptions=False, follow_redirects=False)
given = json.load(sys.stdin)
public = os.environ.get("AIRFLOW__FAB__AUTH_ROLE_PUBLIC", "")
known = {"{finding}": given["finding"], "{name}": "page.js", "{path:path}": "anything"}
every = []
for route in page.routes:
    path = route.path
    for part, value in known.items():
        path = path.replace(part, value)
    path = re.sub("{[^}]*}", "1", path)
    every += [(method, "/review" + path) for method in given["methods"]]

def login(name):
    told = client.post("/auth/token", json={"username": name, "password": given["password"]})
    return {"Authorization": "Bearer " + told.json()["access_token"]} if told.is_success else {}

def ask(who, method, path, body=None):
    client.cookies.clear()
    headers = dict(logins[who]) if who in logins else {}
    os.environ["AIRFLOW__FAB__AUTH_ROLE_PUBLIC"] = "Admin" if who == "ann beside a public role" else public
    if who == "ann beside a public role":
        headers = dict(logins["ann"])
    if who == "a cookie of ann":
        headers = {"Cookie": "_token=" + logins["ann"]["Authorization"].split()[1]}
    if who in ("garbage", "a garbage cookie"):
        headers = {"Authorization": "Bearer x.y.z"} if who == "garbage" else {"Cookie": "_token=x.y.z"}
    if body is not None:
        session = client.get("/review/api/session", headers=headers)
        headers |= {"X-Rollcall-CSRF": session.json().get("csrf", ""), "Origin": "http://airflow.test"}
    answer = client.request(method, path, headers=headers, json=body)
    return {"who": who, "method": method, "path": path, "status": answer.status_code, "text": answer.text,
            "headers": dict(answer.headers)}

logins = {name: login(name) for name in given["users"]}
answers = []
for who, method, path, *body in given["asked"]:
    for one in every if path == "*" else [(method, path)]:
        answers.append(ask(who, *one, *body))
print("ANSWERS" + json.dumps({"routes": sorted({path for _, path in every}), "answers": answers}))
"""


class Airflow:
    """A home with a migrated database, users, a ledger, and one finding that waits."""

    users = USERS

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ledger = f"sqlite:///{home / 'ledger.db'}"
        upgrade(self.ledger)
        self.row = filed(open_ledger(self.ledger), a_finding())
        (home / "passwords.json").write_text(json.dumps(dict.fromkeys(USERS, PASSWORD)))
        self.run("-m", "airflow", "db", "migrate")
        self.prepare()

    def prepare(self) -> None:
        """Make the users, where they are not in the environment."""

    def run(self, *words: str, told: str = "", **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *words],
            input=told, capture_output=True, text=True, cwd=ROOT, env=self.env() | more, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AIRFLOW", "ROLLCALL"))}
        return kept | {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.home / "no dags"),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home / 'airflow.db'}",
            "AIRFLOW__API__SECRET_KEY": "a secret of the tests",
            "AIRFLOW__API_AUTH__JWT_SECRET": "another secret of the tests, which is long enough",
            "ROLLCALL_LEDGER": self.ledger,
            "ROLLCALL_REVIEWERS": "*",
            "PYTHONPATH": str(ROOT),
        }

    def ask(self, asked: list[tuple[Any, ...]], **more: str) -> dict[str, Any]:
        told = {
            "finding": self.row.id,
            "methods": METHODS,
            "users": list(self.users),
            "password": PASSWORD,
            "asked": asked,
        }
        said = self.run("-c", ASK, told=json.dumps(told), **more)
        return dict(json.loads(said.rpartition("ANSWERS")[2]))


def of(told: dict[str, Any], who: str) -> list[dict[str, Any]]:
    found = [one for one in told["answers"] if one["who"] == who]
    assert found
    return found
