"""Finding, fetching and trusting the files of a data set."""

import gzip
import hashlib
import http.server
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from d2l import data


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No folder holds data: the search finds only what a test puts under tmp_path."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "system"))
    monkeypatch.setattr(data, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setenv("D2L_DATA", str(tmp_path / "own"))
    return tmp_path


@pytest.fixture
def tiny_set(write_idx, nowhere):
    """A data set of one file: where it may be put, its bytes, its description."""
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    content = write_idx(nowhere / "original", array)
    source = data.Source("images-idx3-ubyte", hashlib.sha256(content).hexdigest())
    return data.DataSet("tiny", (), (source,)), content, array


@pytest.mark.parametrize("folder", ["own/tiny", "own", "cache/tiny", "system/datasets/tiny"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_found_in_each_place(tiny_set, nowhere, folder, packed):
    tiny, content, array = tiny_set
    (nowhere / folder).mkdir(parents=True)
    name = "images-idx3-ubyte.gz" if packed else "images-idx3-ubyte"
    (nowhere / folder / name).write_bytes(gzip.compress(content) if packed else content)
    found = data.read_idx(data.load_source(tiny, tiny.sources[0]))
    np.testing.assert_array_equal(found, array)


def test_an_altered_file_is_never_used(tiny_set, nowhere):
    tiny, content, _ = tiny_set
    path = nowhere / "own" / "images-idx3-ubyte"
    path.parent.mkdir()
    path.write_bytes(content[:-1] + b"!")
    with pytest.raises(data.DataError) as error:
        data.load_source(tiny, tiny.sources[0])
    for part in (str(path), tiny.sources[0].sha256, "Delete it"):
        assert part in str(error.value)
    assert hashlib.sha256(content[:-1] + b"!").hexdigest() in str(error.value)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_cut_short_is_never_used(tiny_set, nowhere, packed):
    tiny, content, _ = tiny_set
    path = nowhere / "own" / ("images-idx3-ubyte.gz" if packed else "images-idx3-ubyte")
    path.parent.mkdir()
    whole = gzip.compress(content) if packed else content
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(data.DataError, match=r"(cut short|SHA-256).*Delete it"):
        data.load_source(tiny, tiny.sources[0])


def test_no_data_and_no_network(tiny_set, nowhere):
    tiny, _, _ = tiny_set
    unreachable = data.DataSet("tiny", ("http://127.0.0.1:9/",), tiny.sources)
    with pytest.raises(data.DataError) as error:
        data.load_source(unreachable, tiny.sources[0])
    for part in ("found in none of", str(nowhere / "own"), "127.0.0.1:9", "D2L_DATA", "prefetch"):
        assert part in str(error.value)


class RangeHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and the rest of a file where a range asks for it."""

    ranges: list = []  # noqa: RUF012 - shared by the requests of one test, which clears it

    def do_GET(self):
        asked = self.headers.get("Range")
        self.ranges.append(asked)
        content = Path(self.translate_path(self.path)).read_bytes()
        start = int(asked.split("=")[1].rstrip("-")) if asked else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:])

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror(tmp_path):
    """A folder that a server on this machine serves: (folder, its address)."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    RangeHandler.ranges.clear()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(RangeHandler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("missing", "asked"),
    [(20, ["bytes={}-"]), (0, ["bytes={}-", None])],
    ids=["a part goes on where it stopped", "one that lacks nothing is fetched anew"],
)
def test_a_download_that_was_interrupted(tiny_set, nowhere, mirror, missing, asked):
    tiny, content, _ = tiny_set
    folder, address = mirror
    packed = gzip.compress(content)
    (folder / "images-idx3-ubyte.gz").write_bytes(packed)
    part = nowhere / "cache" / "tiny" / "images-idx3-ubyte.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(packed[: len(packed) - missing])
    served = data.DataSet("tiny", (address,), tiny.sources)
    assert data.load_source(served, tiny.sources[0]) == content
    ranges = [asks and asks.format(len(packed) - missing) for asks in asked]
    assert RangeHandler.ranges == ranges
    assert not part.exists()


def test_two_downloads_at_once_are_one(tiny_set, nowhere, mirror, monkeypatch):
    tiny, content, _ = tiny_set
    folder, address = mirror
    (folder / "images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    both, fetch = threading.Barrier(2, timeout=5), data._resume

    def fetch_slowly(url, part):
        fetch(url, part)
        time.sleep(0.2)  # the other one would append to the part now

    monkeypatch.setattr(data, "_resume", fetch_slowly)
    served = data.DataSet("tiny", (address,), tiny.sources)

    def load(_):
        both.wait()
        return data.load_source(served, tiny.sources[0])

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(load, range(2))) == [content, content]
    assert RangeHandler.ranges == [None]


def test_a_bad_mirror_is_passed_over(tiny_set, nowhere, mirror):
    tiny, content, _ = tiny_set
    folder, address = mirror
    (folder / "good").mkdir()
    (folder / "images-idx3-ubyte.gz").write_bytes(gzip.compress(b"something else"))
    (folder / "good" / "images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    served = data.DataSet("tiny", (address, address + "good/"), tiny.sources)
    assert data.load_source(served, tiny.sources[0]) == content


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00", "not an IDX file of unsigned bytes"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x09\x00", r"shape \(9,\) holds 1 values"),
    ],
)
def test_a_file_that_is_not_idx(content, problem):
    with pytest.raises(data.DataError, match=problem):
        data.read_idx(content)


def test_the_real_set_is_whole():
    train, test = data.fashion_mnist()
    assert train.images.shape == (60_000, 28, 28, 1)
    assert np.bincount(test.labels).tolist() == [1000] * 10


def test_prefetch_says_what_it_found(capsys):
    assert data.main(["prefetch", "fashion-mnist"]) == 0
    assert "60,000 training and 10,000 test images" in capsys.readouterr().out


def test_prefetch_knows_its_names(capsys):
    assert data.main(["prefetch", "imagenet"]) == 2
    assert "usage" in capsys.readouterr().err
