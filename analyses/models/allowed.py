"""Which models may post analyses."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from vista.errors import Invalid

GROUND_TRUTH = "ground_truth"  # what people say themselves is nobody's model


class AllowedModelQuerySet(models.QuerySet["AllowedModel"]):
    def allows(self, name: str) -> bool:
        """An active row allows, an inactive one forbids; without a row ML_ALLOWED_MODELS decides.

        Ground truth needs neither, but a row can forbid it too.
        """
        row = self.filter(name=name).values_list("is_active", flat=True).first()
        return name in (*settings.ML_ALLOWED_MODELS, GROUND_TRUTH) if row is None else row

    def require(self, name: str) -> None:
        """Raises Invalid with the guide's sentence when the model may not post."""
        if not self.allows(name):
            fault = f"{name!r} is not allowed; an admin can allow it, or ML_ALLOWED_MODELS."
            raise Invalid("Model not in allowed list", [("model_name", fault)])


class AllowedModel(models.Model):
    """A model that may post analyses."""

    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(
        default=True, help_text="Off: refused, even when the environment names it."
    )
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AllowedModelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="allowed_model_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name
