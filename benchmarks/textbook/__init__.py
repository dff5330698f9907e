"""What VISTA is compared with: the same callbacks, correct and written as the textbooks of Django and DRF do.

uuid4 ids, foreign keys with their index, JSONField, a ModelSerializer(many=True) that validates every item,
bulk_create, DRF's JSON parser and renderer. Same signature, same database, same stored form,
and the whole list of middleware.
"""
