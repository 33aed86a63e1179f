"""
The GraphQL documents we send to Shopify, as text.

Nothing is built from pieces at run time: values travel as variables only. A mutation selects no customer data, so
that a redacted field can never make a change that happened look like one that did not.
"""

from __future__ import annotations

ADDRESS = """
fragment Address on MailingAddress {
  firstName lastName company address1 address2 city provinceCode zip countryCodeV2 phone
}
"""

CUSTOMER_FIELDS = (
    """
fragment CustomerFields on Customer {
  id firstName lastName displayName state verifiedEmail locale note tags createdAt updatedAt
  defaultEmailAddress { emailAddress }
  defaultPhoneNumber { phoneNumber }
  defaultAddress { ...Address }
}
"""
    + ADDRESS
)

ORDER_FIELDS = (
    """
fragment OrderFields on Order {
  id name email phone note tags test sourceName displayFinancialStatus
  createdAt updatedAt processedAt cancelledAt
  customer { id }
  billingAddress { ...Address }
  shippingAddress { ...Address }
}
"""
    + ADDRESS
)

CUSTOMERS = (
    """
query Customers($first: Int!, $after: String) {
  customers(first: $first, after: $after, sortKey: ID) {
    nodes { ...CustomerFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + CUSTOMER_FIELDS
)

ORDERS = (
    """
query Orders($first: Int!, $after: String) {
  orders(first: $first, after: $after, sortKey: ID) {
    nodes { ...OrderFields }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + ORDER_FIELDS
)

CUSTOMER = "query Customer($id: ID!) { customer(id: $id) { ...CustomerFields } }" + CUSTOMER_FIELDS

ORDER = "query Order($id: ID!) { order(id: $id) { ...OrderFields } }" + ORDER_FIELDS

HOLDER = """
query Holder($identifier: CustomerIdentifierInput!) {
  customerByIdentifier(identifier: $identifier) { id }
}
"""

SHOP = """
query Shop {
  shop { myshopifyDomain customerAccountsV2 { customerAccountsVersion } }
  currentAppInstallation { accessScopes { handle } }
}
"""

ACCOUNT = """
query Account {
  shop { id }
}
"""

ABOUT = """
query About {
  shop { id myshopifyDomain customerAccountsV2 { customerAccountsVersion } }
  currentAppInstallation { accessScopes { handle } }
}
"""

PROTECTED = """
query Protected {
  customers(first: 1) { nodes { firstName defaultEmailAddress { emailAddress } } }
}
"""

UPDATE_CUSTOMER = """
mutation UpdateCustomer($input: CustomerInput!) {
  customerUpdate(input: $input) { customer { id } userErrors { field message } }
}
"""

INVITE_CUSTOMER = """
mutation InviteCustomer($customerId: ID!) {
  customerSendAccountInviteEmail(customerId: $customerId) { customer { id } userErrors { field message code } }
}
"""

SET_ORDER_CUSTOMER = """
mutation SetOrderCustomer($orderId: ID!, $customerId: ID!) {
  orderCustomerSet(orderId: $orderId, customerId: $customerId) { order { id } userErrors { field message code } }
}
"""

UPDATE_ORDER = """
mutation UpdateOrder($input: OrderInput!) {
  orderUpdate(input: $input) { order { id } userErrors { field message } }
}
"""

HAS_ORDER = """
query HasOrder($id: ID!, $order: String!) {
  customer(id: $id) { orders(first: 1, query: $order) { nodes { id } } }
}
"""

ORDER_IDS = """
query OrderIds($id: ID!, $first: Int!, $after: String) {
  customer(id: $id) {
    orders(first: $first, after: $after, sortKey: ID) { nodes { id } pageInfo { hasNextPage endCursor } }
  }
}
"""

PREVIEW_MERGE = """
query PreviewMerge($duplicate: ID!, $survivor: ID!, $keep: CustomerMergeOverrideFields!) {
  duplicate: customer(id: $duplicate) { mergeable { isMergeable errorFields } }
  survivor: customer(id: $survivor) { mergeable { isMergeable errorFields } }
  customerMergePreview(customerOneId: $duplicate, customerTwoId: $survivor, overrideFields: $keep) {
    resultingCustomerId
    customerMergeErrors { errorFields }
    blockingFields { note tags }
    defaultFields { email { emailAddress } }
  }
}
"""

MERGE_STATUS = """
query MergeStatus($jobId: ID!) {
  customerMergeJobStatus(jobId: $jobId) { status resultingCustomerId customerMergeErrors { errorFields } }
}
"""

MERGE_CUSTOMERS = """
mutation MergeCustomers($duplicate: ID!, $survivor: ID!, $keep: CustomerMergeOverrideFields!) {
  customerMerge(customerOneId: $duplicate, customerTwoId: $survivor, overrideFields: $keep) {
    resultingCustomerId
    job { id }
    userErrors { field message code }
  }
}
"""

COUNTS = "query Counts { customersCount(limit: null) { count precision } ordersCount(limit: null) { count precision } }"

NEWEST = """
query Newest {
  customers(first: 1, reverse: true, sortKey: ID) { nodes { id } }
  orders(first: 1, reverse: true, sortKey: ID) { nodes { id } }
}
"""

SOME_CUSTOMERS = (
    """
query SomeCustomers($first: Int!, $query: String!) {
  customers(first: $first, query: $query, sortKey: ID) { nodes { ...CustomerFields } pageInfo { hasNextPage } }
}
"""
    + CUSTOMER_FIELDS
)

SOME_ORDERS = (
    """
query SomeOrders($first: Int!, $query: String!) {
  orders(first: $first, query: $query, sortKey: ID) { nodes { ...OrderFields } pageInfo { hasNextPage } }
}
"""
    + ORDER_FIELDS
)

# What is run in bulk: edges only, as Shopify insists, and no fragments, of which its rules say nothing.
ALL_CUSTOMERS = """
query AllCustomers {
  customers {
    edges {
      node {
        id firstName lastName displayName state verifiedEmail locale note tags createdAt updatedAt
        defaultEmailAddress { emailAddress }
        defaultPhoneNumber { phoneNumber }
        defaultAddress { firstName lastName company address1 address2 city provinceCode zip countryCodeV2 phone }
      }
    }
  }
}
"""

ALL_ORDERS = """
query AllOrders {
  orders {
    edges {
      node {
        id name email phone note tags test sourceName displayFinancialStatus
        createdAt updatedAt processedAt cancelledAt
        customer { id }
        billingAddress { firstName lastName company address1 address2 city provinceCode zip countryCodeV2 phone }
        shippingAddress { firstName lastName company address1 address2 city provinceCode zip countryCodeV2 phone }
      }
    }
  }
}
"""

RUN_IN_BULK = """
mutation RunInBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id }
    userErrors { field message code }
  }
}
"""

BULK_OPERATION = """
query BulkOperation($id: ID!) {
  bulkOperation(id: $id) { status errorCode objectCount rootObjectCount url partialDataUrl }
}
"""

CANCEL_BULK_OPERATION = """
mutation CancelBulkOperation($id: ID!) {
  bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { field message } }
}
"""
