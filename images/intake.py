"""The one way in for a picture: read it, keep its bytes, write its row; and the way out of its bytes."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from accounts.models import User
from images import tiles
from images.files import clean_filename, read_picture
from images.models import Image, Project
from images.thumbnails import thumbnail_paths


def add_picture(project: Project, upload: Any, filename: str, user: User | None) -> Image:
    """Add a file (Django's File) to a project as a new picture.

    Raises NotAPicture or PictureTooLarge with a sentence that names the file. The bytes are written outside any
    transaction and before the row; a row that cannot be written takes them along.
    """
    name = clean_filename(filename)
    picture = read_picture(upload, name)
    image = Image(project=project, filename=name, size=upload.size, uploaded_by=user, **picture._asdict())
    try:
        image.file.save(name, upload, save=False)
        Image.objects.keep(image)
    except BaseException:
        if image.file:
            default_storage.delete(image.file.name)
        raise
    return image


def forget_bytes(sender: object, instance: Image, **kwargs: Any) -> None:
    """After a row is gone for good, its bytes, thumbnails and tiles go too (a receiver of `post_delete`)."""
    paths = [instance.file.name, *thumbnail_paths(instance)]
    name = str(instance.pk)
    transaction.on_commit(lambda: [default_storage.delete(path) for path in paths], robust=True)
    transaction.on_commit(lambda: tiles.folder().forget(name), robust=True)
