"""What of a cell's outputs is kept."""

import time

import pytest

from d2lbook.records.outputs import clean, plain_text


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain\n", "plain\n"),
        ("1%\r50%\r100%\ndone\n", "100%\ndone\n"),
        ("100%\r\nnext\n", "100%\nnext\n"),
        ("100%\r", "100%"),
        ("\x1b[1;31mred\x1b[0m and \x1b]0;title\x07plain", "red and plain"),
        ("\x1b(Bplain\x1b7", "plain"),
        ("\rfirst\rlast", "last"),
        ("10%\b\b\b20%\n\bx", "20%\nx"),
        ("<function f at 0x7f3a9c0d1e10>", "<function f>"),
        ("0x10 at 0x1f", "0x10 at 0x1f"),
        ("a\x07bell,\x00 a\tpage\x0c\n", "abell, a\tpage\n"),
    ],
)
def test_text_is_kept_as_a_terminal_would_leave_it(text, kept):
    assert plain_text(text) == kept


def test_pieces_of_a_stream_are_joined_and_others_kept_apart():
    pieces = [stream("a"), stream("b\n"), stream("!", "stderr"), stream("c")]
    texts = [(output["name"], output["text"]) for output in clean(pieces)]
    assert texts == [("stdout", "ab\n"), ("stderr", "!"), ("stdout", "c")]


def test_progress_that_comes_in_pieces_is_kept_as_its_last_state():
    assert clean([stream("1%"), stream("\r2%"), stream("\r"), stream("3%\n")]) == (stream("3%\n"),)


def test_texts_may_come_in_lines():
    data = {"text/plain": ["a\n", "b"], "image/png": ["ab\n", "cd\n"], "application/json": ["e"]}
    (cleaned,) = clean([{"output_type": "display_data", "data": data, "metadata": {}}])
    kept = {"text/plain": "a\nb", "image/png": "abcd", "application/json": ["e"]}
    assert cleaned["data"] == kept


@pytest.mark.parametrize("text", ["x" * 1_000_000, "1%\r" * 300_000, "x\b" * 500_000])
def test_long_lines_take_no_long_time(text):
    start = time.perf_counter()
    clean([stream(text)])
    assert time.perf_counter() - start < 2


def test_counters_and_times_go():
    result = {
        "output_type": "execute_result",
        "execution_count": 7,
        "data": {"text/plain": "3"},
        "metadata": {},
        "transient": {"display_id": "x"},
    }
    (cleaned,) = clean([result])
    assert cleaned["execution_count"] is None
    assert "transient" not in cleaned


def test_a_traceback_keeps_its_colors():
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mE\x1b[0m"]}
    assert clean([error]) == (error,)


def test_a_live_widget_leaves_its_plain_text():
    widget = {
        "output_type": "display_data",
        "data": {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "100%"},
        "metadata": {},
    }
    assert clean([widget])[0]["data"] == {"text/plain": "100%"}


def test_a_frameworks_start_up_log_is_no_output():
    log = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1795255921.413291   30565 port.cc:153] custom operations are on.\n"
    )
    assert clean([{"output_type": "stream", "name": "stderr", "text": log}]) == ()
    mixed = [{"output_type": "stream", "name": "stderr", "text": log + "I am kept\n"}]
    assert clean(mixed)[0]["text"] == "I am kept\n"
