"""`manage.py evaluate intent` on an owner's rows, by each strategy."""

import json

import pytest

from chat.evaluation import intent
from chat.evaluation.intent import Said, scores
from knowledge.evaluation import Run
from knowledge.labelled import BadLine, Unusable
from supportsite.progress import Bar
from tests.fakes.openai_server import Fills, openai_server

EXAMPLES = {
    "order status": [
        "Where is my order?", "When does my parcel come?", "Has my package been sent yet?",
        "I am still waiting for my delivery", "Can you tell me where my shipment is", "track my order",
    ],
    "return": [
        "I want to send these boots back", "How do I return a jacket?", "Can I give this tent back?",
        "I would like my money back for the shoes", "These do not fit, I want to return them", "start a return",
    ],
    "password": [
        "I forgot my password", "I cannot log in", "How can I reset my password?",
        "The sign-in page refuses my password", "Send me a new password", "locked out of my account",
    ],
}  # fmt: skip
ROWS = [(text, name) for name, texts in EXAMPLES.items() for text in texts]
RULES = [
    {"intent": "return", "any": ["return*", "send back"], "none": ["return address"]},
    {"intent": "order status", "all": ["order", "where"]},
]


def write(file, rows):
    """JSON Lines."""
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def evaluate(tmp_path, rows, **options):
    """The measures, after training on ROWS where no strategy says otherwise."""
    data = write(tmp_path / "rows.jsonl", [{"text": text, "intent": name} for text, name in rows])
    train = write(tmp_path / "train.jsonl", [{"text": text, "intent": name} for text, name in ROWS])
    return intent.run(Run(data, train, None, 0, bar=Bar, options=options)).measures


def test_six_examples_an_intent_are_enough_for_questions_in_other_words(tmp_path):
    asked = [
        ("What happened to the parcel that I ordered?", "order status"),
        ("I'd like to bring the jacket back", "return"),
        ("my password does not work any more", "password"),
    ]
    measures = evaluate(tmp_path, asked)
    assert measures["accuracy"] == measures["macro_f1"] == 1
    assert measures["oos_recall"] != measures["oos_recall"], "no row is out of scope"


def test_a_question_in_another_language_than_the_examples_is_understood(tmp_path):
    asked = [
        ("Wo bleibt mein Paket, das ich bestellt habe?", "order status"),
        ("J'ai oublié mon mot de passe et je ne peux pas me connecter", "password"),
        ("Quiero devolver la chaqueta que compré", "return"),
    ]
    assert evaluate(tmp_path, asked)["accuracy"] == 1


def test_a_question_of_another_kind_is_held_to_be_more_likely_outside(tmp_path):
    asked = [("Where is the parcel with my order?", "order status"), ("Who won the match on Sunday?", None)]
    assert evaluate(tmp_path, asked)["oos_auroc"] == 1


def test_rules_give_the_intent_of_the_first_that_fits(tmp_path):
    asked = [
        ("How do I RETURN this?", "return"),
        ("What is your return address?", None),
        ("Where is my order?", "order status"),
        ("I cannot log in", "password"),
    ]
    measures = evaluate(tmp_path, asked, strategy="static", rules=write(tmp_path / "rules.jsonl", RULES))
    assert measures["accuracy"] == pytest.approx(2 / 3)
    assert (measures["oos_recall"], measures["oos_precision"]) == (1, 0.5)


def test_task_follows_a_rule_and_asks_the_classifier_where_none_fits(tmp_path):
    rules = write(tmp_path / "rules.jsonl", [{"intent": "return", "any": ["password"]}])
    asked = [("I forgot my password", "return"), ("Where is my order?", "order status")]
    assert evaluate(tmp_path, asked, strategy="task", rules=rules)["accuracy"] == 1


def test_a_model_names_the_intents_and_what_it_fails_at_counts_as_wrong(tmp_path, settings):
    scripts = [
        Fills({"intent": "return", "confidence": 0.9}),
        Fills({"intent": "out_of_scope", "confidence": 0.8}),
        Fills({"intent": "nonsense", "confidence": 1}),
    ]
    asked = [("Take these back, I am Ada Byron", "return"), ("Who won?", None), ("Where is it?", "order status")]
    with openai_server(*scripts) as server:
        settings.TANDEM = settings.TANDEM.model_copy(update={"model": "openai:fake", "model_url": server.url})
        measures = evaluate(tmp_path, asked, strategy="llm")
        sent = json.dumps(server.requests)
    assert (measures["accuracy"], measures["oos_recall"]) == (0.5, 1)
    assert measures["failed"] == pytest.approx(1 / 3)
    assert measures["oos_auroc"] == 1
    assert "start a return" not in sent, "three examples of an intent are shown"
    assert "How do I return a jacket?" in sent
    assert "Byron" not in sent


def test_without_a_model_it_says_so(tmp_path, settings):
    settings.TANDEM = settings.TANDEM.model_copy(update={"model": ""})
    with pytest.raises(Unusable, match="TANDEM_MODEL"):
        evaluate(tmp_path, ROWS, strategy="llm")


def test_a_null_verdict_counts_as_wrong_and_every_intent_alike():
    measures = scores(["a", "a", "a", "b"], [Said("a", 0), Said("a", 0), Said(None, 1), Said("a", 0)])
    assert measures["accuracy"] == 0.5
    assert measures["macro_f1"] == pytest.approx((2 * 2 / (3 + 3) + 0) / 2)


@pytest.mark.parametrize(
    ("options", "says"), [({"strategy": "clever"}, "--strategy"), ({"strategy": "static"}, "--rules")]
)
def test_what_is_missing_is_named(tmp_path, options, says):
    with pytest.raises(Unusable, match=says):
        evaluate(tmp_path, ROWS, **options)


def test_a_bad_line_is_named_before_any_work(tmp_path):
    with pytest.raises(BadLine, match=r"rows.jsonl:1: intent: expected an intent's name, or null"):
        evaluate(tmp_path, [("Hello", 3)])
