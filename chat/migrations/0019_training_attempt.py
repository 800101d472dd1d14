from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0018_identity'),
    ]

    operations = [
        migrations.AddField(
            model_name='training',
            name='attempt',
            field=models.PositiveIntegerField(default=0),
        ),
    ]
