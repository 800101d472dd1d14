"""Opening hours: open or not, when next, over midnight, holidays and changes of clocks; and what people may write."""

from datetime import UTC, datetime, timedelta

import pytest

from supportsite.sites.hours import DAYS, BadHours, Opened, of_rows, read_day, read_holiday, write_day

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dublin(week=OFFICE, holidays=()):
    return of_rows("Europe/Dublin", week, list(holidays))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-25T09:00", True),
        ("2026-11-25T08:59", False),
        ("2026-11-25T16:59", True),
        ("2026-11-25T17:00", False),
        ("2026-11-28T12:00", False),  # a Saturday
        ("2026-07-01T08:30", True),  # summer time: 09:30 in Dublin
        ("2026-07-01T16:30", False),
    ],
)
def test_the_wall_clock_of_the_site_decides(moment, is_open):
    assert dublin().is_open(at(moment)) is is_open


def test_without_hours_it_is_always_open_and_never_opens():
    hours = dublin({})
    assert hours.is_open(at("2026-11-28T03:00"))
    assert hours.next_opening(at("2026-11-28T03:00")) is None


def test_a_span_past_midnight_belongs_to_the_day_on_which_it_begins():
    hours = dublin({"fri": [["22:00", "02:00"]]})
    assert hours.is_open(at("2026-11-28T01:59"))
    assert not hours.is_open(at("2026-11-28T02:00"))
    assert not hours.is_open(at("2026-11-27T01:00"))


@pytest.mark.parametrize("line", ["2026-12-25: Christmas", "12-25, Christmas", "12-25", "2026-12-25 Christmas"])
def test_a_holiday_is_one_however_its_name_is_set_off(line):
    friday = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
    assert not dublin(holidays=[read_holiday(line)]).is_open(friday)


def test_after_friday_comes_monday_and_after_a_holiday_the_day_after_it():
    friday = at("2026-11-27T18:00")
    assert dublin().next_opening(friday).isoformat() == "2026-11-30T09:00:00+00:00"
    closed = dublin(holidays=["2026-11-30 Our birthday", "12-01"])
    assert closed.next_opening(friday).isoformat() == "2026-12-02T09:00:00+00:00"
    assert not closed.is_open(at("2026-11-30T10:00"))


def test_next_opening_is_told_with_the_clock_of_that_day():
    saturday_before_summer = at("2026-03-28T12:00")
    assert dublin().next_opening(saturday_before_summer).isoformat() == "2026-03-30T09:00:00+01:00"


def test_two_spans_that_touch_are_one_opening():
    hours = dublin({"wed": [["09:00", "12:00"], ["12:00", "17:00"]]})
    assert hours.next_opening(at("2026-11-25T10:00")).isoformat() == "2026-12-02T09:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("9-17", [["09:00", "17:00"]]),
        ("14:30–18, 9.15 - 12", [["09:15", "12:00"], ["14:30", "18:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("22 bis 6", [["22:00", "06:00"]]),
        ("", []),
    ],
)
def test_a_day_is_read_as_people_write_it(text, stored):
    assert read_day(text) == stored
    assert read_day(write_day(stored)) == stored


@pytest.mark.parametrize(
    "text", ["nine to five", "9-25", "9", "9-9", "9-12, 11-14", "24-9", "9:75-10", "1-2,3-4,5-6,7-8,9-10"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(BadHours):
        read_day(text)


@pytest.mark.parametrize("line", ["2026-12-25", "12-25 Christmas", "02-29", "2028-02-29"])
def test_holidays(line):
    assert read_holiday(line) == line


@pytest.mark.parametrize("line", ["Christmas", "2026-13-01", "2026-02-30", "25.12.2026"])
def test_what_is_no_holiday_is_refused(line):
    with pytest.raises(BadHours):
        read_holiday(line)


def test_an_unknown_zone_counts_as_utc_and_a_broken_row_as_closed():
    assert of_rows("Mars/Olympus", {"mon": [["x"]], "tue": [["09:00", "10:00"]]}, []).week[1] == ((540, 600),)


WEEKS = {
    "office": OFFICE,
    "lunch and nights": {
        "fri": [["09:00", "12:30"], ["22:00", "06:00"]],
        "sat": [["05:00", "08:00"]],
        "sun": [["00:00", "24:00"]],
    },
    "none": {},
}


@pytest.mark.parametrize("week", WEEKS.values(), ids=WEEKS)
@pytest.mark.parametrize("begin", ["2026-11-26T10:07", "2026-03-27T21:00", "2026-10-23T23:59"])
def test_the_open_time_between_two_moments_is_that_of_each_minute(week, begin):
    hours = dublin(week, holidays=["11-27"])
    begin, now = at(begin), at(begin) + timedelta(days=3, hours=5)
    opened = Opened(hours, earliest=begin, now=now)
    minutes = [begin + timedelta(minutes=n) for n in range(int((now - begin).total_seconds() // 60))]
    for since in (begin, begin + timedelta(hours=20), begin + timedelta(hours=49), now):
        assert opened.since(since) == timedelta(minutes=sum(hours.is_open(one) for one in minutes if one >= since))


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("America/Santiago", "2026-04-04T20:00"),  # 23:00 to 24:00 comes twice
        ("America/Santiago", "2026-09-05T20:00"),  # 00:00 to 01:00 never comes
        ("Europe/Berlin", "2026-03-28T18:00"),
        ("Europe/Berlin", "2026-10-24T18:00"),
        ("Australia/Lord_Howe", "2026-04-04T08:00"),  # half an hour comes twice
    ],
)
@pytest.mark.parametrize(
    "spans",
    [[["18:00", "23:30"]], [["23:30", "02:30"], ["02:30", "10:00"]], [["00:30", "09:00"]], [["02:30", "03:15"]]],
)
def test_where_the_clocks_change_at_the_edge_of_a_span_all_agree_on_when_it_is_open(zone, night, spans):
    hours, begin = of_rows(zone, dict.fromkeys(DAYS, spans), []), at(night)
    minutes = [begin + timedelta(minutes=n) for n in range(18 * 60)]
    times = list(hours.open_times(begin, minutes[-1]))
    told = [any(opens <= one < closes for opens, closes in times) for one in minutes[:-1]]
    assert told == [hours.is_open(one) for one in minutes[:-1]]
    begins = [one for one, was, is_so in zip(minutes[1:], told, told[1:], strict=False) if is_so and not was]
    for one in begins:
        opens = hours.next_opening(one - timedelta(minutes=20))
        assert opens
        assert opens.astimezone(UTC) == one


def test_an_office_that_closes_within_the_hour_that_comes_twice_closes_once():
    hours = of_rows("America/Santiago", {"sat": [["18:00", "23:30"]]}, [])
    assert hours.is_open(at("2026-04-05T02:29"))
    assert not hours.is_open(at("2026-04-05T03:10")), "23:10 again"
    assert list(hours.open_times(at("2026-04-04T12:00"), at("2026-04-05T12:00"))) == [
        (at("2026-04-04T21:00"), at("2026-04-05T02:30"))
    ]


def test_so_many_open_hours_later():
    friday = at("2026-11-27T16:50")
    assert dublin().after(friday, timedelta(hours=4)) == at("2026-11-30T12:50")
    assert dublin().after(at("2026-11-28T12:00"), timedelta(hours=8)) == at("2026-11-30T17:00")
    assert dublin({}).after(friday, timedelta(hours=4)) == at("2026-11-27T20:50")
    assert dublin({"mon": [["09:00", "09:01"]]}).after(friday, timedelta(hours=4)) is None
