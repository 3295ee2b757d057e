"""What a document cannot say, and why an answer that looks wrong by it is right. One line a reason.

Each names the operations (a pattern of `METHOD /path`), the fault, and a pattern of the answer: `status code detail`.
Whatever is not here fails the test. Must not know: how a request is made.
"""

import re

# Valid by the schema, and refused: the value has to fit what is there, which no schema knows.
REFUSED = "RejectedPositiveData"

REASONS = [
    # The connection was made with another login id: nobody is signed in as somebody else.
    (r"POST /users/{userId}/connections/{connectionId}", REFUSED, r"400 parameter-not-valid Login ID is not the one"),
    # A library judges whether a number can exist; `format: mobile` has no pattern that could.
    (r"POST /users.*", REFUSED, r"400 parameter-not-valid Provided mobile is in bad format"),
    # The same for what may stand before the @.
    (r"POST /users.*", REFUSED, r"400 parameter-not-valid Provided email is in bad format"),
    # Ids of institutions are checked for their form by the document, for their being by the server.
    (r"POST /users/{userId}/connections", REFUSED, r"400 parameter-not-valid Requested institution does not exist"),
    # A filter that names a connection which is not there is told so (contract of the original).
    (r"GET /users/{userId}/(accounts|transactions)", REFUSED, r"400 parameter-not-valid Requested connection does not"),
    # Both or none of the members of a business; an address or a number in whatever is left after a change.
    (r"POST /users.*", REFUSED, r"400 parameter-not-supplied (One of 'email' or 'mobile'|Business name is required)"),
    # A user without a number has none for a link either.
    (r"POST /users/{userId}/auth_link", REFUSED, r"400 parameter-not-supplied Mobile number is required"),
    # A job that waits for no answer takes none.
    (r"POST /jobs/{jobId}/mfa", REFUSED, r"400 "),
    # Each type of event goes to one webhook of an application.
    (r"POST /notifications/webhooks.*", REFUSED, r"400 event-already-subscribed "),
    # Where messages may go, and which types there are, is more than a pattern says.
    (r"POST /notifications/webhooks.*", REFUSED, r"400 parameter-not-valid URL is refused"),
    (r"POST /notifications/webhooks.*", REFUSED, r"400 invalid-content Posted (request|subscribedEvents|eventTypeId)"),
    # An end before its beginning.
    (r"POST .*/replay", REFUSED, r"400 parameter-not-valid (Until|Since) is"),
    # A clock goes forward, so far at a time, and within its century; an offset may carry an instant out of it.
    (r"POST /test_clocks.*", REFUSED, r"400 parameter-not-valid A test clock (goes|advances|shows)"),
    # A statement of an event's filter stands once.
    (r"GET /events(/feed)?", REFUSED, r"400 parameter-not-valid The provided filter parameter"),
    # `next` is a place that a list gave, not just any that looks like one.
    (r"GET .*", REFUSED, r"400 parameter-not-valid Next value is not valid"),
    # A user lives on a test clock that is there.
    (r"POST /users", REFUSED, r"400 parameter-not-valid There is no such test clock"),
    # What is bounded is bounded by what is in it, not by what it looks like.
    (r"POST /users/{userId}/connections/{connectionId}/(refresh|purge)", REFUSED, r"400 (invalid-credentials|parameter-not-valid)"),
    # The key's header has an error of its own there (contract of the original).
    (r"POST /token", "IgnoredAuth", r"Expected 401 or 403, got `400"),
    (r"POST /token", "MissingHeaderNotRejected", r"400 parameter-not-supplied Authorization header"),
    # So does the one of the code: its service knows no 401 but for a wrong code.
    (r"POST /client_auth/{linkId}/token", "MissingHeaderNotRejected", r"403 "),
    # A user begins without a link.
    (r"(GET|DELETE) /users/{userId}/auth_link", "EnsureResourceAvailability", r"404 resource-not-found"),
]


# The same for the public files, on top.
OTHER_REASONS = [
    # All entities and verbs are told of, and `data` is an object; the file has two entities, and a text.
    (r"GET /events", "JsonSchemaError", r"200 "),
    # The variants of a job are open objects there: every job fits several of them, and one is asked for.
    (r"GET /jobs/{jobId}", "JsonSchemaError", r"200 "),
    # A member that was never given is an empty text, as the original shows it.
    (r"POST /users", "JsonSchemaError", r"201 "),
    # Not measured yet: null.
    (r"GET /connectors(/{connectorId}/{method})?", "JsonSchemaError", r"200 "),
    # `class` is an object that equals a word there; `enrich` and `subClass` are null where the original shows null.
    (r"GET /users/{userId}/(accounts|transactions)(/{(accountId|transactionId)})?", "JsonSchemaError", r"200 "),
    # An attempt is an object with the words of what went wrong.
    (r"GET /notifications/webhooks/{webhookId}/messages.*", "JsonSchemaError", r"200 "),
    # 409 while something is read there; 200 with the job that reads already.
    (r"POST /users/{userId}/connections/{connectionId}/(refresh|purge)", "UndefinedStatusCode", r"(200|409) "),
    # A filter is any text there.
    (r"GET .*", REFUSED, r"400 parameter-not-valid The provided filter parameter"),
    (r"GET .*", REFUSED, r"400 parameter-not-valid (Maximum limit allowed is 500|Limit value is not valid)"),
    # A client token is somebody's.
    (r"POST /token", REFUSED, r"400 parameter-not-supplied User ID not supplied"),
    # A version is 3.0 here, and any text there.
    (r"POST /token", REFUSED, r"400 parameter-not-valid (Basiq-version must be|Version )"),
    # The schema has no words for where messages go, and a test needs a webhook.
    (r"POST /notifications/.*", REFUSED, r"400 "),
]


def told(response):
    """An answer in a line: `status code detail`."""
    try:
        error = response.json()["data"][0]
        return f"{response.status_code} {error.get('code', '')} {error.get('detail', '')}"
    except (ValueError, KeyError, IndexError, TypeError):
        return f"{response.status_code} "


def is_explained(operation, fault, message, response, is_other):
    """Whether one of the reasons covers it."""
    # Without a key it is asked once more: the answer that is judged is not this one, and is told of in words.
    answer = message if fault == "IgnoredAuth" else told(response)
    return any(
        re.fullmatch(of, operation) and re.fullmatch(what, fault) and re.match(said, answer)
        for of, what, said in REASONS + (OTHER_REASONS if is_other else [])
    )
