"""What goes before bytes that are signed, so that none stands for another (interface specification, "Signatures")."""

from local_replica.certification.hash_tree import domain_separator

REQUEST = domain_separator("ic-request")
RESPONSE = domain_separator("ic-response")
REQUEST_AUTH_DELEGATION = domain_separator("ic-request-auth-delegation")
