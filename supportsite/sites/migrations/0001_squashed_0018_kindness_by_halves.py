"""All of 0001 to 0018 at once, for a new database; an older one goes by the steps that are here beside it."""

import django.core.validators
import django.db.models.deletion
import supportsite.sites.checks
import supportsite.sites.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('sites', '0001_initial'), ('sites', '0002_answering'), ('sites', '0003_pause'), ('sites', '0004_routing'), ('sites', '0005_kindness'), ('sites', '0006_redaction'), ('sites', '0007_crew'), ('sites', '0008_calling'), ('sites', '0009_tiers'), ('sites', '0010_audience'), ('sites', '0011_waiting'), ('sites', '0012_ask_people'), ('sites', '0013_intents_by'), ('sites', '0014_identity'), ('sites', '0015_ticket_rule'), ('sites', '0016_bereavement'), ('sites', '0017_speaks_to'), ('sites', '0018_kindness_by_halves')]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=supportsite.sites.models.new_key, editable=False, max_length=40, unique=True, verbose_name='public key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('url', models.URLField(blank=True, verbose_name='address')),
                ('origins', models.JSONField(blank=True, default=list, help_text='Addresses of the pages that may show the widget, such as https://www.example.com.', validators=[supportsite.sites.checks.check_origins], verbose_name='allowed origins')),
                ('locale', models.CharField(default='en', max_length=12, verbose_name='language')),
                ('accent', models.CharField(default='#0f766e', max_length=20, verbose_name='accent colour')),
                ('greeting', models.JSONField(blank=True, default=dict, help_text='By language, such as {"en": "How can we help?"}.', verbose_name='greeting')),
                ('alarm_words', models.JSONField(blank=True, default=list, help_text='Words that call a person at once, besides the built-in ones.', verbose_name='alarm words')),
                ('mood_threshold', models.FloatField(default=-0.5, help_text='A weighted mood below this calls a person (-1 to 1).', verbose_name='mood threshold')),
                ('escalation_threshold', models.FloatField(default=0.85, help_text='A person is called where the score of a message reaches it (0 to 1). Whoever asks for a person gets one at any threshold.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='threshold')),
                ('reason_weights', models.JSONField(blank=True, default=dict, validators=[supportsite.sites.checks.check_weights], verbose_name='weights')),
                ('sensitive_topics', models.JSONField(blank=True, default=supportsite.sites.models.all_sensitive, verbose_name='sensitive subjects')),
                ('sensitive_words', models.JSONField(blank=True, default=list, verbose_name='sensitive words')),
                ('across_languages', models.BooleanField(default=True, help_text="Where no article in the customer's language answers, look in the other languages.", verbose_name='answer across languages')),
                ('accepted_wrong', models.FloatField(default=0.2, help_text='Lower means fewer wrong answers, and more questions that go to a person (0 to 1).', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='accepted share of wrong answers')),
                ('paused_at', models.DateTimeField(editable=False, null=True, verbose_name='assistant paused')),
                ('paused_by', models.CharField(blank=True, editable=False, max_length=150)),
                ('routing', models.CharField(choices=[('static', 'keyword rules'), ('dynamic', 'trained on examples'), ('task', 'by task')], default='task', help_text='How the intent of a question is found. By task: rules first, then what was trained, and the intent decides what the assistant does. Without intents nothing changes.', max_length=8, verbose_name='routing of questions')),
                ('intents_by', models.CharField(blank=True, choices=[('', 'what was trained, on this machine'), ('light', 'the light model'), ('strong', 'the strong model')], default='', help_text='A model is asked for each question that no keyword rule decides. The question then leaves this machine, with placeholders for personal data, together with your intents and a few of their examples; each call costs its tokens, and the customer waits for it, up to 5 seconds. Where it fails, what was trained decides.', max_length=6, verbose_name='who names the intent')),
                ('kindness', models.CharField(choices=[('on', 'on'), ('half', 'in one half of the conversations, to see what it brings'), ('off', 'off')], default='on', help_text="A short line that fits the customer's mood goes before an answer. With one half, the insights compare how satisfied both are.", max_length=4, verbose_name='kindness')),
                ('order_numbers', models.JSONField(blank=True, default=list, help_text='Forms of order numbers, which are taken out of what a third party sees.', validators=[supportsite.sites.checks.check_order_numbers], verbose_name='order numbers')),
                ('time_zone', models.CharField(blank=True, help_text="Where your people are, such as Europe/Berlin. Empty: the server's.", max_length=40, validators=[supportsite.sites.checks.check_zone], verbose_name='time zone')),
                ('week', models.JSONField(blank=True, default=dict, verbose_name='opening hours')),
                ('holidays', models.JSONField(blank=True, default=list, verbose_name='holidays')),
                ('promise_hours', models.PositiveSmallIntegerField(blank=True, help_text='Told to customers when nobody is there; closed hours do not count. Empty: nothing is promised.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(240)], verbose_name='answer promised within (hours)')),
                ('assignment', models.CharField(choices=[('everyone', 'everyone is alerted, whoever claims has it'), ('one', 'it is given to one person')], default='everyone', help_text='One person: by language, who helped this customer last, topics, and in turn.', max_length=8, verbose_name='who gets a new escalation')),
                ('capacity', models.PositiveSmallIntegerField(default=6, help_text='How many open conversations a person is given at most. What they claim themselves is not limited.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='conversations at once')),
                ('remind_after', models.PositiveSmallIntegerField(default=3, help_text='An escalation that nobody has claimed alerts again.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='remind after (minutes)')),
                ('widen_after', models.PositiveSmallIntegerField(default=10, help_text='One that waits for a team goes to everyone.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='show to other teams after (minutes)')),
                ('unclaimed_after', models.PositiveSmallIntegerField(default=30, help_text='Then happens what you choose below.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10080)], verbose_name='give up after (minutes)')),
                ('unclaimed_rule', models.CharField(choices=[('wait', 'it waits on, and alerts again'), ('mail', 'an e-mail is sent, and it waits on'), ('ticket', 'a ticket is opened in your help desk, and it waits on'), ('assistant', 'the assistant takes over, and says so')], default='wait', max_length=10, verbose_name='when nobody has claimed it by then')),
                ('unclaimed_email', models.EmailField(blank=True, help_text='Who is written to then; also where no ticket can be opened.', max_length=254, verbose_name='e-mail to')),
                ('away_after', models.PositiveSmallIntegerField(default=5, help_text='Then waiting customers of a person whose console is gone go back to the queue.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='a closed console keeps a claim for (minutes)')),
                ('release_after', models.PositiveSmallIntegerField(default=15, help_text='Whoever has one that waits is reminded before. What was put aside stays with them.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10080)], verbose_name='an unanswered customer goes back to the queue after (minutes)')),
                ('silent_assistant_hours', models.PositiveSmallIntegerField(default=24, help_text='Where the customer was answered last and has not written since.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)], verbose_name='a silent case with the assistant ends after (hours)')),
                ('silent_agent_hours', models.PositiveSmallIntegerField(default=72, help_text='Where the customer was answered last and has not written since; not while it is put aside.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)], verbose_name='a silent case with a person ends after (hours)')),
                ('strong_quality', models.FloatField(default=0.95, help_text='With light and strong models and a trained router: how much of it is to be kept (0 to 1).', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name="share of the strong model's quality")),
                ('budget_soft', models.DecimalField(blank=True, decimal_places=4, help_text="In the unit of the tiers' prices. From here on only the light model is asked. Empty: no limit.", max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='budget of a day: only light')),
                ('budget_hard', models.DecimalField(blank=True, decimal_places=4, help_text='What would pass this is not asked: the built-in model answers until the next day. Empty: no limit.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='budget of a day: no more')),
                ('instructions', models.TextField(blank=True, help_text='What the model should heed, in plain words: tone, what to stress, what not to speak of. It cannot say more than your articles do, whatever stands here.', max_length=2000, verbose_name='instructions')),
                ('ask_people', models.BooleanField(default=False, help_text='Where it does not know, it asks your people who are online that one question in the console and answers with their reply, without a name. The customer reads at once that a colleague is asked.', verbose_name='ask a colleague')),
                ('ask_minutes', models.PositiveSmallIntegerField(default=5, help_text='Then the customer is offered a person, as without it.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name="wait for a colleague's reply (minutes)")),
                ('translates', models.BooleanField(default=False, help_text="Your people read customers' messages in their own language, and may send a reply translated. Your model translates; personal data is taken out before. Without a model nothing is translated.", verbose_name='translate for people')),
                ('speaks_hours', models.JSONField(blank=True, default=list, validators=[supportsite.sites.checks.check_hours, supportsite.sites.checks.check_few], verbose_name='hours')),
                ('speaks_to', models.CharField(choices=[('everyone', 'Everyone'), ('customers', 'Verified customers only'), ('unverified', 'Only who is not verified')], default='everyone', max_length=10, verbose_name='whom')),
                ('speaks_pages', models.JSONField(blank=True, default=list, validators=[supportsite.sites.checks.check_few], verbose_name='pages')),
                ('speaks_languages', models.JSONField(blank=True, default=list, validators=[supportsite.sites.checks.check_few], verbose_name='languages')),
                ('speaks_share', models.PositiveSmallIntegerField(default=100, help_text='In percent. A visitor stays in their share.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='share of visitors')),
                ('identity_key', models.PositiveIntegerField(default=1, editable=False, verbose_name='number of the identity key')),
                ('value_from', models.FloatField(blank=True, help_text='A verified customer whose value, as your server signs it, is at least this is important. Empty: nobody is.', null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='important from')),
                ('value_rule', models.CharField(choices=[('sooner', 'gets a person sooner: where one answer is missing, or they seem dissatisfied'), ('always', 'gets a person at once, whatever they write about')], default='sooner', max_length=6, verbose_name='an important customer')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='demo')),
            ],
            options={
                'verbose_name': 'site',
                'verbose_name_plural': 'sites',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=supportsite.sites.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('role', models.CharField(choices=[('agent', 'Agent'), ('curator', 'Curator'), ('manager', 'Manager'), ('owner', 'Owner')], max_length=12, verbose_name='role')),
                ('name', models.CharField(max_length=80, verbose_name='name that customers see')),
                ('capacity', models.PositiveSmallIntegerField(blank=True, help_text='Empty: as for the site. 0: nothing is given to them.', null=True, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='conversations at once')),
                ('languages', models.JSONField(blank=True, default=list, verbose_name='languages')),
                ('skills', models.JSONField(blank=True, default=list, verbose_name='topics')),
                ('given_at', models.DateTimeField(editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='sites.site')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'constraints': [models.UniqueConstraint(fields=('user', 'site'), name='one_membership_per_site')],
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=supportsite.sites.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('languages', models.JSONField(blank=True, default=list, verbose_name='languages')),
                ('skills', models.JSONField(blank=True, default=list, verbose_name='topics')),
                ('members', models.ManyToManyField(blank=True, related_name='teams', to='sites.member', verbose_name='members')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='sites.site')),
            ],
            options={
                'verbose_name': 'team',
                'verbose_name_plural': 'teams',
                'constraints': [models.UniqueConstraint(fields=('site', 'name'), name='one_team_of_a_name')],
            },
        ),
    ]
