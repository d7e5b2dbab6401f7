"""The doctor: small checks, each giving findings; no request with a key is made."""
