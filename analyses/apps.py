"""What models said about pictures."""

from django.apps import AppConfig


class AnalysesConfig(AppConfig):
    name = "analyses"
    verbose_name = "Analyses"

    def ready(self) -> None:
        from analyses.exports import background as archives  # noqa: F401, PLC0415 - likewise
        from analyses.imports import background  # noqa: F401, PLC0415 - needs the apps loaded
        from analyses.reports import asking  # noqa: F401, PLC0415 - likewise
