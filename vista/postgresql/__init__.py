"""Django's backend for PostgreSQL, with one round trip less a request: see base.py, which Django looks for here."""
