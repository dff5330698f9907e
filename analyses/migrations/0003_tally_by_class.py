from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("analyses", "0002_tally")]

    operations = [
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(fields=["class_name", "analysis"], name="tally_by_class"),
        ),
    ]
