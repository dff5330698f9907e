"""Projects and the pictures in them."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from images import tiles
from vista.errors import Conflict
from vista.fields import JSONText, new_id

MOST_COLOURS = 1000  # of classes that people gave another colour


class TooManyColours(Conflict):
    """A project has as many chosen colours as it may have."""

    def __init__(self) -> None:
        super().__init__(f"A project keeps at most {MOST_COLOURS} chosen colours; give some back first.")


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User | AnonymousUser) -> "ProjectQuerySet":
        """The projects of the user's groups; staff see all. Strangers get an empty set, hence 404."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(group__in=user.groups.all())

    def recount(self) -> None:
        """Count the pictures anew, for what came in or went by another way than the models'."""
        images = Image.objects.filter(project=models.OuterRef("pk")).order_by().values("project")
        count = images.annotate(n=models.Count("pk")).values("n")
        self.update(image_count=Coalesce(models.Subquery(count), 0))


class Project(models.Model):
    """A set of pictures that one group of people works on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="projects", help_text="Its members see the project."
    )
    image_count = models.IntegerField(
        default=0, editable=False, help_text="Kept in step by ImageQuerySet.keep and forget_count."
    )
    class_colours = JSONText(
        default=dict, editable=False, help_text="Class name -> #rrggbb, where people chose another colour."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="project_name_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def recolour(self, changes: dict[str, str | None]) -> dict[str, str]:
        """Give classes these colours, None their usual one; others keep theirs. Returns all that are chosen."""
        with transaction.atomic():
            locked = Project.objects.select_for_update().only("class_colours").get(pk=self.pk)
            colours = {**locked.class_colours, **changes}
            self.class_colours = {name: colour for name, colour in colours.items() if colour}
            if len(self.class_colours) > MOST_COLOURS:
                raise TooManyColours
            self.save(update_fields=["class_colours"])
        return self.class_colours


class ImageQuerySet(models.QuerySet["Image"]):
    def visible_to(self, user: User | AnonymousUser) -> "ImageQuerySet":
        """The pictures of the projects that the user may see."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_staff else self.filter(project__group__in=user.groups.all())

    def newest_first(self) -> "ImageQuerySet":
        """By the time-ordered id, which the cursor pages use too."""
        return self.order_by("-id")

    def create(self, **fields: Any) -> "Image":
        image = self.model(**fields)
        self.keep(image)
        return image

    @transaction.atomic
    def keep(self, image: "Image") -> None:
        """Write the row of a new picture and count it, so that no page ever has to count a project's pictures."""
        image.save(force_insert=True, using=self.db)
        Project.objects.filter(pk=image.project_id).update(image_count=F("image_count") + 1)


def original_path(image: "Image", filename: str) -> str:
    """Where the bytes lie: by id, so that no name of a user's ever becomes a path."""
    return f"images/{image.project_id}/{image.id}"


class Image(models.Model):
    """One picture, kept as its original bytes; width and height are those of the upright picture."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images", db_index=False)
    filename = models.CharField(max_length=255)
    file = models.FileField(upload_to=original_path, max_length=200)
    content_type = models.CharField(max_length=50)
    size = models.BigIntegerField(help_text="Bytes.")
    width = models.PositiveIntegerField(help_text="Pixels, EXIF orientation applied.")
    height = models.PositiveIntegerField(help_text="Pixels, EXIF orientation applied.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["project", "id"], name="image_by_project"),
            models.Index("project", Lower("filename"), "id", name="image_by_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(width__gt=0, height__gt=0), name="image_has_width_and_height"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def tile_side(self) -> int | None:
        """Pixels of the tiles that the viewer shows it by; None where browsers show all of it at once."""
        return tiles.SIDE if tiles.is_huge(self.width, self.height) else None


def forget_count(sender: object, instance: Image, origin: Any = None, **kwargs: Any) -> None:
    """Count a deleted picture no more (a receiver of `post_delete`); a project that goes needs no count."""
    deleted = origin.model if isinstance(origin, models.QuerySet) else type(origin)
    if deleted is not Project:
        Project.objects.filter(pk=instance.project_id).update(image_count=F("image_count") - 1)
