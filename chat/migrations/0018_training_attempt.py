from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0017_models_and_tools'),
    ]

    operations = [
        migrations.AddField(
            model_name='training',
            name='attempt',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
