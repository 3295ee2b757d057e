"""What a document cannot say, and why an answer that looks wrong by it is right.

A reason names its operations, the check that finds the fault, and all of what is found: of an answer its
`status code detail`, of a body that does not fit `what is wrong at PLACE IN THE SCHEMA`. Whatever is not here fails
the test; a reason that nothing was found for is told of at the end. Must not know: how a request is made.
"""

import re
from typing import NamedTuple

# Valid by the schema, and refused: the value has to fit what is there, which no schema knows.
REFUSED = "RejectedPositiveData"


class Reason(NamedTuple):
    """Why one kind of fault of some operations is none."""

    operations: tuple
    fault: str
    # A pattern of everything that is found.
    found: str
    # Whether it needs a rare stroke of luck to be found: nothing is said where it is not.
    is_seldom: bool = False


def refused(operations, found, is_seldom=False):
    return Reason(tuple(operations), REFUSED, found, is_seldom)


ADD_USER, CHANGE_USER = "POST /users", "POST /users/{userId}"
MAKE_LINK = "POST /users/{userId}/auth_link"
ACCOUNTS, TRANSACTIONS = "GET /users/{userId}/accounts", "GET /users/{userId}/transactions"
CONNECT, UPDATE = "POST /users/{userId}/connections", "POST /users/{userId}/connections/{connectionId}"
REFRESH, PURGE = f"{UPDATE}/refresh", f"{UPDATE}/purge"
ADD_WEBHOOK, CHANGE_WEBHOOK = "POST /notifications/webhooks", "POST /notifications/webhooks/{webhookId}"
MESSAGES = "GET /notifications/webhooks/{webhookId}/messages"
TEST_MESSAGE = "POST /notifications/messages/test"
ADD_CLOCK, ADVANCE = "POST /test_clocks", "POST /test_clocks/{clockId}/advance"

BAD_FILTER = "400 parameter-not-valid The provided filter parameter is in invalid format or unsupported"
BAD_URL = r"400 parameter-not-valid URL is refused: it must (be an absolute URL of plain ASCII .*|begin with https://\.)"
BAD_MOBILE = r"400 parameter-not-valid Provided mobile is in bad format\."
BAD_EMAIL = r"400 parameter-not-valid Provided email is in bad format\."
NO_ANSWER = r"400 parameter-not-valid The job (is done and )?does not wait for an answer\."

REASONS = [
    # The connection was made with another login id: nobody is signed in as somebody else.
    refused([UPDATE], r"400 parameter-not-valid Login ID is not the one.*", is_seldom=True),
    # A library judges whether a number can exist; `format: mobile` has no pattern that could.
    refused([ADD_USER, CHANGE_USER, MAKE_LINK], BAD_MOBILE, is_seldom=True),
    # The same for what may stand before the @.
    refused([ADD_USER, CHANGE_USER], BAD_EMAIL, is_seldom=True),
    # Ids of institutions are checked for their form by the document, for their being by the server.
    refused([CONNECT], r"400 parameter-not-valid Requested institution does not exist\."),
    # A filter that names a connection which is not there is told so (contract of the original).
    refused([ACCOUNTS, TRANSACTIONS], r"400 parameter-not-valid Requested connection does not.*", is_seldom=True),
    # Both or none of the members of a business; an address or a number in whatever is left after a change.
    refused(
        [ADD_USER, CHANGE_USER],
        r"400 parameter-not-supplied (One of 'email' or 'mobile' is required\.|Business name is required.*)",
        is_seldom=True,
    ),
    # A user without a number has none for a link either.
    refused([MAKE_LINK], r"400 parameter-not-supplied Mobile number is required.*", is_seldom=True),
    # A job that waits for no answer takes none.
    refused(["POST /jobs/{jobId}/mfa"], NO_ANSWER),
    # Each type of event goes to one webhook of an application.
    refused([ADD_WEBHOOK], r"400 event-already-subscribed Posted subscribedEvents contains events that are already .*"),
    # Where messages may go is more than a pattern says.
    refused([ADD_WEBHOOK, CHANGE_WEBHOOK], BAD_URL),
    # An end before its beginning.
    refused(
        ["POST /notifications/webhooks/{webhookId}/replay"],
        r"400 parameter-not-valid Until is not an instant by RFC 3339, or lies before since\.",
    ),
    # A clock goes forward, so far at a time.
    refused([ADVANCE], r"400 parameter-not-valid A test clock (goes forward only|advances 400 days at a time.*)\."),
    # It shows one century; an offset may carry an instant out of it.
    refused([ADD_CLOCK], r"400 parameter-not-valid A test clock shows the years 2000 to 2099\.", is_seldom=True),
    # A statement of an event's filter stands once.
    refused(["GET /events"], BAD_FILTER),
    refused(["GET /events/feed"], BAD_FILTER, is_seldom=True),
    # `next` is a place that a list gave, not just any that looks like one.
    refused([TRANSACTIONS, MESSAGES], r"400 parameter-not-valid Next value is not valid", is_seldom=True),
    # A user lives on a test clock that is there.
    refused([ADD_USER], r"400 parameter-not-valid There is no such test clock\."),
    # What is read again is an active connection, by a bank session that still counts.
    refused([REFRESH, PURGE], r"400 (invalid-credentials|parameter-not-valid) .*", is_seldom=True),
    # The key's header has an error of its own there (contract of the original).
    Reason(("POST /token",), "IgnoredAuth", r"(?s)Expected 401 or 403, got `400.*"),
    Reason(
        ("POST /token",),
        "MissingHeaderNotRejected",
        r"400 parameter-not-supplied Authorization header parameter is required",
    ),
    # So does the one of the code: its service knows no 401 but for a wrong code.
    Reason(("POST /client_auth/{linkId}/token",), "MissingHeaderNotRejected", r"403 "),
    # A user begins without a link.
    Reason(
        ("GET /users/{userId}/auth_link", "DELETE /users/{userId}/auth_link"),
        "EnsureResourceAvailability",
        r"404 resource-not-found .*",
        is_seldom=True,
    ),
]


def unfit(operation, what, place):
    """A body that does not fit the schema there, which `what` says, at one place of it."""
    return Reason((operation,), "JsonSchemaError", f"{what} at {re.escape(place)}")


NULL = "null is not of type \"object\""
CLASS = r"\{\"product\":\".*\",\"type\":\".*\"\} is not one of \"transaction\", \"savings\" or 8 other candidates"

# The same for the public files, on top.
OTHER_REASONS = [
    # All entities and verbs are told of, and `data` is an object; the file has two entities, six verbs, and a text.
    unfit("GET /events", r"\"[a-z]+\" is not one of \"consent\" or \"connection\"", "/properties/data/items/properties/entity"),
    unfit(
        "GET /events",
        r"\"[a-z]+\" is not one of \"revoked\", \"expired\" or 4 other candidates",
        "/properties/data/items/properties/eventType",
    ),
    unfit("GET /events", r"\{.* is not of type \"string\"", "/properties/data/items/properties/data"),
    # The variants of a job are open objects there: every job fits several of them, and one is asked for.
    unfit("GET /jobs/{jobId}", r"\{.* is valid under more than one of the schemas listed in the 'oneOf' keyword", "/"),
    # A member that was never given is an empty text, as the original shows it.
    unfit(ADD_USER, r"\"\" is not a \"email\"", "/properties/email"),
    # Not measured yet: null.
    unfit("GET /connectors", NULL, "/properties/data/items/properties/stats/properties/averageDurationMs"),
    # `class` is an object that equals a word there.
    unfit(ACCOUNTS, CLASS, "/properties/data/items/properties/class"),
    unfit(f"{ACCOUNTS}/{{accountId}}", CLASS, "/properties/class"),
    # `enrich` and `subClass` are null where the original shows null.
    unfit(TRANSACTIONS, NULL, "/properties/data/items/properties/enrich"),
    unfit(TRANSACTIONS, NULL, "/properties/data/items/properties/subClass"),
    unfit(f"{TRANSACTIONS}/{{transactionId}}", NULL, "/properties/enrich"),
    # An attempt is an object with the words of what went wrong.
    unfit(f"{MESSAGES}/{{messageId}}", r"\{.* is not of type \"string\"", "/properties/attempts/items"),
    # 409 while something is read there; 200 with the job that reads already.
    Reason((REFRESH,), "UndefinedStatusCode", r"200 "),
    Reason((PURGE,), "UndefinedStatusCode", r"409 not-possible-now .*"),
    # A filter is any text there, and a limit any number.
    refused(
        [
            "GET /connectors",
            "GET /events",
            "GET /users/{userId}/jobs",
            "GET /users/{userId}/connections",
            ACCOUNTS,
            TRANSACTIONS,
        ],
        BAD_FILTER,
    ),
    refused([TRANSACTIONS], r"400 parameter-not-valid (Maximum limit allowed is 500|Limit value is not valid)"),
    # Nothing is required of a user there.
    refused([ADD_USER], r"400 parameter-not-supplied One of 'email' or 'mobile' is required\."),
    # A number and an address are any text there.
    refused([ADD_USER, MAKE_LINK], BAD_MOBILE),
    refused([ADD_USER, CHANGE_USER], BAD_EMAIL),
    # A client token is somebody's.
    refused(["POST /token"], r"400 parameter-not-supplied User ID not supplied"),
    # A version is 3.0 here, and any text there.
    refused(
        ["POST /token"],
        r"400 parameter-not-valid (Basiq-version must be specified in HTTP request header|Version .* is no longer supported.*)",
    ),
    # Which types there are is open there, and so is what a body holds; a test needs a webhook.
    refused([CHANGE_WEBHOOK], r"400 invalid-content Posted (request not valid|subscribedEvents contains unsupported .*)\."),
    refused([TEST_MESSAGE], r"400 invalid-content Posted request not valid\."),
    refused(
        [TEST_MESSAGE],
        r"400 parameter-not-valid There is no (such event type|webhook to send it to)\.",
    ),
]


def told(response):
    """An answer in a line: `status code detail`."""
    try:
        error = response.json()["data"][0]
        return f"{response.status_code} {error.get('code', '')} {error.get('detail', '')}"
    except (ValueError, KeyError, IndexError, TypeError):
        return f"{response.status_code} "


SCHEMA_FAULT = re.compile(r"(?P<what>.*?)\n+Validated against .*?\n+Schema(?: at (?P<place>/\S*))?:", re.DOTALL)


def found(fault, message, response):
    """What a reason is held against."""
    if fault == "IgnoredAuth":
        # Without a key it is asked once more: the answer that is judged is not this one, and is told of in words.
        return message
    if fault == "JsonSchemaError" and (parts := SCHEMA_FAULT.match(message)):
        return f"{parts['what'].strip()} at {parts['place'] or '/'}"
    return told(response)


# The places of the reasons that something was found for.
USED = set()


def is_explained(operation, fault, message, response, is_other):
    """Whether one of the reasons covers it. All that do are noted."""
    line = found(fault, message, response)
    lists = {"REASONS": REASONS} | ({"OTHER_REASONS": OTHER_REASONS} if is_other else {})
    covering = {
        (name, place)
        for name, reasons in lists.items()
        for place, reason in enumerate(reasons)
        if operation in reason.operations and fault == reason.fault and re.fullmatch(reason.found, line)
    }
    USED.update(covering)
    return bool(covering)


def unused(used, is_other):
    """The reasons that nothing was found for, those that are found seldom left out, a line each."""
    name, reasons = ("OTHER_REASONS", OTHER_REASONS) if is_other else ("REASONS", REASONS)
    return [
        f"{', '.join(reason.operations)}: {reason.fault}: {reason.found}"
        for place, reason in enumerate(reasons)
        if not reason.is_seldom and (name, place) not in used
    ]
