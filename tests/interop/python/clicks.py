"""What the programs beside this file share, and ad clicks for the formats without a logical type."""
import pathlib
import sys

from confluent_kafka.serialization import MessageField, SerializationContext

RECORDS = 2_000
TOPIC = "ad-clicks"
SUBJECT = TOPIC + "-value"
CONTEXT = SerializationContext(TOPIC, MessageField.VALUE)
SYSTEMS = ["ANDROID", "IOS", "WINDOWS", "MACOS", "OTHER"]


def click(choose):
    """A record of version 1 but for its device; a third of its counts and categories are missing."""
    record = {
        "event_time": choose.randrange(1_400_000_000_000, 1_800_000_000_000),
        "user_id": "user-%08x" % choose.getrandbits(32),
        "campaign_id": choose.randrange(-(2**53), 2**53),
        "label": choose.randrange(2),
        "tags": [choose.choice(["top", "side", "video", "Обозреватель"]) for _ in range(choose.randrange(5))],
        "scores": {"model-%d" % index: choose.random() for index in range(choose.randrange(4))},
    }
    for index in range(1, 14):
        if choose.random() > 0.3:
            record["I%d" % index] = choose.randrange(-(2**31), 2**31)
    for index in range(1, 27):
        if choose.random() > 0.3:
            record["C%d" % index] = "%08x" % choose.getrandbits(32)
    return record


def expect(what, got, want):
    if got != want:
        sys.exit("%s: got %r, wanted %r" % (what, got, want))


def arguments():
    """The registry's URL, and the texts of the example's versions by name for an extension."""
    url, example = sys.argv[1], pathlib.Path(sys.argv[2])
    return url, lambda name: (example / name).read_text()


def done():
    print("%d records written with version 1 and read with version 2" % RECORDS)
