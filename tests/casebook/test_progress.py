"""A line that counts while a step runs, and is wiped when it is done."""

import time

from casebook import progress


def shown(capsys):
    """Return what is left of standard error after its last wiping, without spaces."""
    return capsys.readouterr().err.rsplit("\r", maxsplit=1)[-1].strip()


def test_the_line_counts_and_is_wiped_at_the_end(capsys):
    tell = progress.line("Trials")
    time.sleep(0.15)  # the line is drawn ten times a second at most
    tell(1, 2)
    assert "1/2" in shown(capsys)
    tell(2, 2)
    assert shown(capsys) == ""


def test_a_step_of_unknown_length_counts_and_takes_what_else_it_is_told(capsys):
    tell = progress.line("Streams")
    tell(3, None, "a name")
    time.sleep(0.15)  # the line is drawn ten times a second at most
    tell(5)
    assert "5it" in shown(capsys)


def test_nothing_goes_to_standard_output(capsys):
    progress.line("Trials")(1, 1)
    assert capsys.readouterr().out == ""
