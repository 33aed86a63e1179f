"""No platform of the sandbox breaks over a body that it cannot read: it refuses it, and changes nothing."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.whole import CUSTOMERS, GRAPHQL, SIGNED, WHMCS, Whole

HUBSPOT = "/hubspot/crm/v3/objects"
WRITES = [
    pytest.param("PATCH", f"{HUBSPOT}/contacts/{{contact}}", id="a-contact-of-hubspot"),
    pytest.param("POST", f"{HUBSPOT}/contacts/merge", id="a-merge"),
    pytest.param("POST", f"{HUBSPOT}/contacts/batch/read", id="a-batch-of-contacts"),
    pytest.param("POST", f"{HUBSPOT}/notes", id="a-note"),
    pytest.param("POST", f"{HUBSPOT}/notes/batch/read", id="a-batch-of-notes"),
    pytest.param("PUT", CUSTOMERS, id="customers-of-bigcommerce"),
    pytest.param("PUT", "/bigcommerce/stores/sandbox/v2/orders/{order}", id="an-order-of-bigcommerce"),
    pytest.param("POST", GRAPHQL, id="a-document-for-shopify"),
    pytest.param("POST", WHMCS, id="an-action-of-whmcs"),
    pytest.param("POST", "/whm/json-api/modifyacct", id="a-function-of-whm"),
]
BODIES = [
    b"",
    b"{",
    b"\xff\xfe",
    b"null",
    b"5",
    b"[]",
    b'"x"',
    b"[5]",
    b"[[]]",
    b'{"properties": 5}',
    b'{"properties": {"email": 5, "hs_note_body": 5, "hs_timestamp": 5}}',
    b'{"properties": {"hs_note_body": "a", "hs_timestamp": "b"}, "associations": [5]}',
    b'{"inputs": 5}',
    b'{"inputs": [{}]}',
    b'{"inputs": [{"id": "x"}]}',
    b'{"primaryObjectId": [], "objectIdToMerge": {}}',
    b'{"customer_id": []}',
    b'{"customer_id": "x"}',
    b'[{"id": []}]',
    b'[{"id": 11, "email": 5}]',
    b'[{"id": 11, "email": null}]',
    b'{"query": 5}',
    b'{"query": "{", "variables": 5}',
    b'{"query": "{ shop { name } }", "variables": "x"}',
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_that_cannot_be_read_is_refused_and_changes_nothing(whole: Whole, method: str, path: str):
    order = whole.sandbox.world.purchases_of("bigcommerce")[0].id
    url = whole.url + path.format(contact=whole.id("hubspot"), order=order)
    signed = SIGNED[path.split("/")[1]] | {"Content-Type": "application/json"}
    broke = [
        body
        for body in BODIES
        if requests.request(method, url, data=body, headers=signed, timeout=5).status_code >= 500
    ]
    assert broke == []
    assert "applied" not in [effect for _, effect in whole.happened()]
