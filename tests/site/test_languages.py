"""A book in another language: the site, its search and the decks speak it, too."""

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import furo
import pytest
from playwright.sync_api import expect

import d2lbook
from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html
from d2lbook.slides import reveal
from d2lbook.words import FOLDER, Say, words_of

LANGUAGES = [path.name.removesuffix(".toml") for path in FOLDER.iterdir()]
SOURCES = {".py", ".js", ".html", ".in"}


@pytest.fixture(scope="module")
def chinese(tmp_path_factory, sphinx, stores):
    """The sample book's site, as if the book were in Chinese."""
    root = Path(__file__).parent / "sample"
    config = replace(load_config(root), lang="zh", output_dir=tmp_path_factory.mktemp("zh"))
    book = load_book(config)
    reveal.build(book, stores, ["pytorch"])
    return html.build(book, stores, sphinx, report=lambda line: None)


def test_pages_speak_the_language(chinese):
    page = (chinese / "chapter_tides/alpha.html").read_text("utf-8")
    for words in ("框架", "完整运行", "缩减运行：3 轮, 2,048 张图像", "已过时", "峰值", "下一页"):
        assert words in page
    labels = re.findall(r'aria-label="([^"]+)"', page)
    assert {"打开或关闭全书目录", "切换浅色、深色或自动配色", "展开或收起 1 Tides"} <= {*labels}
    assert [words for words in labels if "Toggle" in words] == []
    assert "在 JAX 中由 gauge.draw(hours=24) 绘制的图" in page
    assert "跳到正文" in page
    assert "未在 JAX 中运行：没有记录。" in (chinese / "chapter_tides/beta.html").read_text("utf-8")
    assert "找不到网页" in (chinese / "404.html").read_text("utf-8")
    assert "幻灯片" in (chinese / "_editions/slides/index.html").read_text("utf-8")


def test_the_search_speaks_the_language(chinese, browser):
    page = browser.new_page()
    page.goto((chinese / "chapter_tides/alpha.html").as_uri())
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="搜索")).to_be_visible()
    page.keyboard.type("xyzzy")
    expect(page.locator(".search-status")).to_have_text("没有找到。")
    page.locator(".search input").fill("tide")
    expect(page.locator(".search-status")).to_have_text(re.compile(r"\d 节。"))
    page.close()


def test_languages_are_called_as_sphinx_calls_them_or_shorter():
    assert Say("zh").count(3, "epoch") == Say("zh_CN").count(3, "epoch") == "3 轮"
    assert Say("de").count(1, "epoch") == "1 epoch"
    assert Say("de")("capped run: {}", "x") == "capped run: x"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_is_said_somewhere_with_its_values(lang):
    folders = (Path(d2lbook.__file__).parent, Path(furo.__file__).parent)
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix in SOURCES]
    text = " ".join("".join(path.read_text("utf-8") for path in paths).split()).replace('" "', "")
    words = words_of(lang)
    said = {word for word in words if word.removeprefix("{} ").rstrip("s") in text}
    assert words.keys() - said == set()
    assert [word for word in words if word.count("{") != words[word].count("{")] == []


def test_words_are_part_of_the_package():
    assert (files("d2lbook") / "templates/words/zh_CN.toml").is_file()
