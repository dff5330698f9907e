from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower


def count(apps, schema_editor):
    projects, images = apps.get_model("images", "Project"), apps.get_model("images", "Image")
    of_project = images.objects.filter(project=models.OuterRef("pk")).order_by().values("project")
    number = models.Subquery(of_project.annotate(n=models.Count("pk")).values("n"))
    projects.objects.update(image_count=Coalesce(number, 0))


class Migration(migrations.Migration):
    dependencies = [("images", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="image_count",
            field=models.IntegerField(
                default=0,
                editable=False,
                help_text="Kept in step by ImageQuerySet.keep and forget_count.",
            ),
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="image",
            index=models.Index(models.F("project"), Lower("filename"), models.F("id"), name="image_by_name"),
        ),
    ]
