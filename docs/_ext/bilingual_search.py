"""Search in English and Chinese on one site.

English words are stemmed, as Sphinx does it. Chinese has no spaces between words: its text goes
into the index as pairs of neighbouring characters, and a query is cut the same way, so that any
word of two characters or more is found where all its pairs stand. Pairs need no dictionary. For
words of one character, each goes into the index by itself as well.
"""

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

HAN = "\u3400-\u9fff\uf900-\ufaff"
TOKENS = re.compile(rf"[{HAN}]+|[^\W{HAN}]+")


def pieces(run: str) -> list[str]:
    """What a run of Chinese is found by: neighbouring characters, two by two, and each alone."""
    return [run[i : i + 2] for i in range(len(run) - 1)] + list(run)


class SearchBilingual(SearchEnglish):
    """English words, pairs of Chinese characters, and each of these."""

    lang = "en-zh"
    language_name = "English"  # names the stemmer in the browser, too
    # What a query is cut into, in the browser: pairs, which say more than their characters do.
    js_splitter_code = f"""
function splitQuery(query) {{
  const words = query.match(/[\\p{{Letter}}\\p{{Number}}_\\p{{Emoji_Presentation}}]+/gu) || [];
  const runs = words.flatMap((word) => word.match(/[{HAN}]+|[^{HAN}]+/gu));
  return runs.flatMap((run) => {{
    if (!/^[{HAN}]{{2}}/u.test(run)) return [run];
    return Array.from({{ length: run.length - 1 }}, (_, i) => run.slice(i, i + 2));
  }});
}}
"""

    def split(self, input: str) -> list[str]:
        """What a text is found by."""
        found: list[str] = []
        for run in TOKENS.findall(input):
            found += pieces(run) if re.match(f"[{HAN}]", run) else [run]
        return found

    def word_filter(self, word: str) -> bool:
        """Whether a word goes into the index."""
        return bool(word) and not word.isdigit() and word not in self.stopwords


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_search_language(SearchBilingual)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
