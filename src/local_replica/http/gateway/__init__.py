"""The HTTP gateway: canisters' `http_request` as web pages, their certification checked (HTTP Gateway Protocol)."""

from local_replica.http.gateway.serving import Gateway

__all__ = ["Gateway"]
