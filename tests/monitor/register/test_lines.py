"""Line numbers in a TOML file, as a person would point at them."""

from monitor.register.lines import line_numbers

TEXT = """\
# [[channel]] in a comment
name = "x"
[[channel]]
id = "a"
text = \"\"\"
[[channel]]
id = "in a text"
\"\"\"
  [[channel.decision]]
  "quoted key" = 1
[[channel]]
id = "b"
[[ channel . decision ]]
purpose = "y"
[other.table]
z = 1
"""


def test_tables_are_counted_and_texts_are_skipped() -> None:
    assert line_numbers(TEXT) == {
        ("name",): 2,
        ("channel",): 3,
        ("channel", 0): 3,
        ("channel", 0, "id"): 4,
        ("channel", 0, "text"): 5,
        ("channel", 0, "decision", 0): 9,
        ("channel", 0, "decision", 0, "quoted key"): 10,
        ("channel", 1): 11,
        ("channel", 1, "id"): 12,
        ("channel", 1, "decision", 0): 13,
        ("channel", 1, "decision", 0, "purpose"): 14,
        ("other",): 15,
        ("other", "table"): 15,
        ("other", "table", "z"): 16,
    }
