"""Leads what schemathesis makes up to what is really there.

An id that it draws at random names nothing, and behind a 404 nothing is tested. So an id that is well-formed, and
that no answer of this server ever gave, becomes one of the seeded ids. What would end a seeded object gets one that
was made for it. Everything that is meant to be wrong stays as it is.
"""

import atexit
import itertools
import json
import os
import re

import schemathesis
import seeded
from explained import USED, is_explained
from hypothesis import strategies

IDS = dict(pair.split("=", 1) for pair in os.environ["AUTHLINK_IDS"].split())
PARTNER = seeded.Partner(os.environ["AUTHLINK_URL"], os.environ["AUTHLINK_KEY"], os.environ["AUTHLINK_ADMIN"].split())
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
LONG = re.compile(r"^[0-9a-f]{64}$")
INSTITUTION = re.compile(r"^AU[0-9]{5}$")
ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}")

# The public files say little of what ids look like, and have two ways in for everything.
IS_OTHER = os.environ.get("AUTHLINK_DOCUMENT") == "other"
OTHER_NAMES = {"/events/{id}": "eventId", "/events/types/{id}": "eventTypeId"}
NAME_OF_REQUEST = re.compile(r"^[!-~]([ -~]{0,253}[!-~])?$")
NUMBERS = itertools.count(1)

# Numbers that can exist: of what is drawn at random next to none can.
schemathesis.openapi.format("mobile", strategies.sampled_from(seeded.MOBILES))

OWN_WEBHOOKS = []

# What this server gave out during the run: such an id is meant.
GIVEN = set()


def is_made_up(name, value):
    """Whether a value is well-formed, and names nothing that this server ever told of."""
    if not isinstance(value, str) or value in GIVEN or name not in IDS:
        return False
    if IS_OTHER:
        return True
    if name in ("institutionId", "connectorId"):
        return bool(INSTITUTION.match(value))
    return bool(UUID.match(value) or LONG.match(value))


def user_with_consent():
    user = PARTNER.user()
    return {"userId": user, "consentId": PARTNER.agree(user)}


def user_with_link():
    user = PARTNER.user()
    return {"userId": user, "linkId": PARTNER.link(user)}


def user_with_connection():
    ids = user_with_consent()
    job = PARTNER.connect(ids["userId"], "AU00000", "Whistler", "ShowBox")
    read = PARTNER.job_at(job, seeded.done)
    return ids | {"connectionId": seeded.last_segment(read["links"]["source"])}


def webhook():
    """A webhook of its own; the last one goes first, for an event goes to one webhook alone."""
    while OWN_WEBHOOKS:
        PARTNER.ask("DELETE", f"/notifications/webhooks/{OWN_WEBHOOKS.pop()}")
    made = {"name": "own", "url": f"https://receiver.example.test/{next(NUMBERS)}", "subscribedEvents": ["consent.updated"]}
    OWN_WEBHOOKS.append(PARTNER.must("POST", "/notifications/webhooks", made)["id"])
    return {"webhookId": OWN_WEBHOOKS[-1]}


def clock():
    return {"clockId": PARTNER.must("POST", "/test_clocks", {"name": "own"})["id"]}


# What ends what it names, or what a second time would refuse: by method and path, how one for it alone is made.
FRESH = {
    ("DELETE", "/users/{userId}"): lambda: {"userId": PARTNER.user()},
    ("DELETE", "/users/{userId}/auth_link"): user_with_link,
    ("DELETE", "/users/{userId}/consents/{consentId}"): user_with_consent,
    ("DELETE", "/users/{userId}/connections/{connectionId}"): user_with_connection,
    ("DELETE", "/notifications/webhooks/{webhookId}"): webhook,
    ("DELETE", "/test_clocks/{clockId}"): clock,
    ("POST", "/test_clocks/{clockId}/advance"): clock,
    ("POST", "/client_auth/{linkId}"): user_with_link,
    ("POST", "/jobs/{jobId}/mfa"): lambda: {"jobId": IDS["waitingJobId"]},
}


def enter_code(case):
    """A link of its own whose code is on its way, and the code."""
    ids = user_with_link()
    case.headers["Authorization"] = f"Basic SMS_CODE:{ids['linkId']}"
    if isinstance(case.body, dict) and re.fullmatch(r"[0-9]{6}", str(case.body.get("sms-code"))):
        case.body["sms-code"] = PARTNER.code(ids["userId"], ids["linkId"])
    return ids


def disclose(case):
    """A link of its own whose code was right."""
    ids = user_with_link()
    case.headers["Authorization"] = f"Bearer {PARTNER.link_token(ids['userId'], ids['linkId'])['access_token']}"
    return ids


# The link protocol has its own ways to be let in. Without a header it stays without.
LINK = {
    ("POST", "/client_auth/{linkId}/token"): enter_code,
    ("PUT", "/client_auth/{linkId}"): disclose,
}


def name_anew(case):
    """A name of a request is for one request: drawn names repeat, and would be answered as repeated."""
    for header, value in (case.headers or {}).items():
        if header.lower() == "idempotency-key" and isinstance(value, str) and NAME_OF_REQUEST.match(value):
            case.headers[header] = f"request {next(NUMBERS)}"
            return


def stay_here(case):
    """No message of a test goes out into the world: `.test` is nobody's."""
    if case.operation.path.startswith("/notifications/webhooks") and isinstance(case.body, dict):
        url = case.body.get("url")
        if isinstance(url, str):
            case.body["url"] = re.sub(r"^(https?://)[^/?#]+", r"\1receiver.example.test", url)


def come_in(case):
    """The way in that the public files leave open."""
    is_token = case.operation.path == "/token"
    case.headers["Authorization"] = f"Basic {PARTNER.key}" if is_token else f"Bearer {PARTNER.token}"
    if case.operation.path in OTHER_NAMES:
        case.path_parameters["id"] = IDS[OTHER_NAMES[case.operation.path]]


@schemathesis.hook
def before_call(context, case, kwargs):
    name_anew(case)
    stay_here(case)
    if IS_OTHER:
        come_in(case)
    parameters = case.path_parameters or {}
    made_up = [name for name, value in parameters.items() if is_made_up(name, value)]
    if not made_up:
        return
    place = (case.operation.method.upper(), case.operation.path)
    is_let_in = bool((case.headers or {}).get("Authorization"))
    ids = dict(IDS)
    if place in FRESH:
        ids |= FRESH[place]()
    elif place in LINK and is_let_in:
        ids |= LINK[place](case)
    for name in made_up:
        case.path_parameters[name] = ids[name]


@schemathesis.hook
def after_call(context, case, response):
    GIVEN.update(one.decode() for one in ID.findall(response.content or b""))


@atexit.register
def tell_of_used():
    """Which reasons something was found for, for whoever started this."""
    with open(os.environ["AUTHLINK_USED"], "a", encoding="utf-8") as file:
        json.dump(sorted(USED), file)
        file.write("\n")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    operation = f"{case.operation.method.upper()} {case.operation.path}"
    return not is_explained(operation, type(failure).__name__, failure.message, response, IS_OTHER)
