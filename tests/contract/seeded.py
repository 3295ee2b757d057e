"""A real server with real data in it: what the contract test asks, and how more of it is made.

Knows the wire and the consent page. Must not know: schemathesis.
"""

import base64
import html
import http.cookiejar
import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

# Made up: numbers that no carrier gives to people.
MOBILES = ["+61491570006", "+61491570156", "+61491570157", "+61491570158", "+61491570159", "+61491570110"]


class Server:
    """The program in a process and a folder of its own. Ends with its value, by its process."""

    def __init__(self, program, folder):
        environment = {name: text for name, text in os.environ.items() if not name.startswith("AUTHLINK_")}
        # Nothing that the test makes up may be told to the world, and no bound of the house's may hide a fault.
        environment |= {"AUTHLINK_WEBHOOKS_REACH": "public"}
        listen = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [program, "demo", "--json", *listen, "--data", folder],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the server ended with {self.process.wait()}")
        self.ready = json.loads(line)
        self.url = self.ready["api_url"]

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Partner:
    """A partner with its key: asks the API, and makes what there is to ask about."""

    def __init__(self, url, key, admin):
        self.url = url
        self.key = key
        self.admin = admin
        self.users = 0
        self.mobiles = {}
        self.token = self.make_token("SERVER_ACCESS")

    def ask(self, method, path, body=None, headers=()):
        """The status and the body of an answer, whatever it is."""
        given = dict(headers)
        data = None
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        if "Authorization" not in given:
            given["Authorization"] = f"Bearer {self.token}"
        place = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(place, data, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as refusal:
            text = refusal.read()
            return refusal.code, json.loads(text) if text else None

    def must(self, method, path, body=None, headers=()):
        """The body of an answer that is no refusal."""
        status, answer = self.ask(method, path, body, headers)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def make_token(self, scope, **more):
        form = urllib.parse.urlencode({"scope": scope, **more}).encode()
        headers = {
            "Authorization": f"Basic {self.key}",
            "basiq-version": "3.0",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.must("POST", "/token", form, headers)["access_token"]

    def user(self):
        """A new user with a number of their own, so that nobody reads another's texts."""
        self.users += 1
        mobile = f"+61{400_222_000 + self.users}"
        made = self.must("POST", "/users", {"mobile": mobile, "email": "ada@example.test"})
        self.mobiles[made["id"]] = mobile
        return made["id"]

    def link(self, user):
        """The secret id in the URL of a new link."""
        made = self.must("POST", f"/users/{user}/auth_link")
        return made["links"]["public"].rsplit("/", 1)[1]

    def code(self, user, link):
        """The code that a link sent, as its person reads it."""
        self.must("POST", f"/client_auth/{link}", {}, {"Authorization": "none"})
        url, token = self.admin
        place = f"{url}/admin/sms?to={urllib.parse.quote(self.mobiles[user])}"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            texts = self.must("GET", place, None, {"Authorization": f"Bearer {token}"})["texts"]
            if texts:
                return re.search(r"\b\d{6}\b", texts[0]["body"]).group(0)
            time.sleep(0.01)
        raise RuntimeError(f"no text came for {link}")

    def link_token(self, user, link):
        """What a right code earns."""
        body = {"sms-code": self.code(user, link)}
        return self.must("POST", f"/client_auth/{link}/token", body, {"Authorization": f"Basic SMS_CODE:{link}"})

    def agree(self, user):
        """What the person does at the consent page."""
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        browser = urllib.request.build_opener(cookies)
        token = self.make_token("CLIENT_ACCESS", userId=user)
        page = browser.open(f"{self.url}/home?token={token}", timeout=30).read().decode()
        form = re.search(r'<form[^>]*action="/home/agree"[^>]*>(.*?)</form>', page, re.S).group(1)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        data = urllib.parse.urlencode({name: html.unescape(text) for name, text in fields.items()}).encode()
        browser.open(f"{self.url}/home/agree", data, timeout=30).read()
        return self.must("GET", f"/users/{user}/consents")["data"][0]["id"]

    def connect(self, user, institution, login, password):
        """The job of a new connection."""
        body = {"institution": {"id": institution}, "loginId": login, "password": password}
        return self.must("POST", f"/users/{user}/connections", body)["id"]

    def job_at(self, job, wanted):
        """The job, once `wanted` of it holds."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            now = self.must("GET", f"/jobs/{job}")
            if wanted(now):
                return now
            time.sleep(0.1)
        raise RuntimeError(f"job {job} does not get there: {now}")


def done(job):
    return job["status"] != "in-progress"


def last_segment(url):
    return url.rsplit("/", 1)[1]


def seed(server):
    """One of everything that an address can name: the ids by the names that paths have for them."""
    partner = Partner(server.url, server.ready["api_key"], (server.ready["admin_url"], server.ready["admin_token"]))
    user = partner.user()
    consent = partner.agree(user)
    job = partner.connect(user, "AU00000", "Whistler", "ShowBox")
    # The other one keeps waiting for its answer: a challenge to be asked about.
    other = partner.user()
    partner.agree(other)
    waiting = partner.connect(other, "AU00002", "jared", "django")
    ended = partner.job_at(job, done)
    if ended["status"] != "success":
        raise RuntimeError(f"the bank did not take its own persona: {ended}")
    first = lambda path: partner.must("GET", path)["data"][0]["id"]
    webhook = {
        "name": "contract",
        "url": "https://receiver.example.test/hooks",
        "subscribedEvents": ["user.updated", "connection.created"],
    }
    ids = {
        "userId": user,
        "consentId": consent,
        "connectionId": first(f"/users/{user}/connections"),
        "jobId": job,
        "accountId": first(f"/users/{user}/accounts"),
        "transactionId": first(f"/users/{user}/transactions?limit=1"),
        "identityId": first(f"/users/{user}/identities"),
        "eventId": first("/events"),
        "eventTypeId": "user.created",
        "webhookId": partner.must("POST", "/notifications/webhooks", webhook)["id"],
        "linkId": partner.link(user),
        "institutionId": "AU00000",
        "connectorId": "AU00000",
        "method": "web",
        "clockId": partner.must("POST", "/test_clocks", {"name": "contract"})["id"],
    }
    partner.must("POST", "/notifications/messages/test", {"eventTypeId": "user.updated"})
    ids["messageId"] = first(f"/notifications/webhooks/{ids['webhookId']}/messages")
    return partner, ids | {"waitingJobId": waiting}


def key_parts(key):
    """A key as the two halves that Basic authentication joins."""
    name, _, word = base64.b64decode(key).decode().partition(":")
    return name, word
