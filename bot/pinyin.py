"""Mandarin typed in plain letters ("zenme tixian"): which no language identifier knows, and which is Chinese."""

import re

# Finals by initial, without tones; `v` stands for the u with two dots.
_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei eng i ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong u uan uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve",
    **dict.fromkeys(("g", "k", "h"), "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo"),
    **dict.fromkeys(("j", "q", "x"), "i ia ian iang iao ie in ing iong iu u uan ue un"),
    **dict.fromkeys(("zh", "ch", "sh"), "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo"),
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    **dict.fromkeys(("z", "c", "s"), "a ai an ang ao e ei en eng i ong ou u uan ui un uo"),
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
_SYLLABLE = "|".join(
    sorted((initial + final for initial, finals in _FINALS.items() for final in finals.split()), key=len, reverse=True)
)
_SYLLABLES = re.compile(f"(?:{_SYLLABLE})+")
_WORD = re.compile(r"[^\W\d_]+")
# English words that can be read as syllables and would turn a short English text into Chinese.
_ENGLISH = frozenset(
    {
        *("are", "binance", "can", "change", "date", "due", "game", "here", "like", "line"),
        *("made", "make", "mine", "name", "page", "rate", "same", "she", "take", "time"),
    }
)
_SHORTEST = 6
"""Letters; fewer can be anything."""


def is_pinyin(text: str) -> bool:
    """Whether the letters of a text are nothing but Mandarin syllables: at least two words of them."""
    words = _WORD.findall(text.lower())
    if len(words) < 2 or sum(map(len, words)) < _SHORTEST or not _ENGLISH.isdisjoint(words):
        return False
    return all(_SYLLABLES.fullmatch(word) for word in words)
