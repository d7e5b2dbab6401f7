"""The plans that one request shows and a later request applies, if nothing has changed by then."""
