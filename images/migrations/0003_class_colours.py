from django.db import migrations

import vista.fields


class Migration(migrations.Migration):
    dependencies = [("images", "0002_image_count_and_names")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="class_colours",
            field=vista.fields.JSONText(
                default=dict,
                editable=False,
                help_text="Class name -> #rrggbb, where people chose another colour.",
            ),
        ),
    ]
