"""Text as it must be read aloud: ¥58.00 is 五十八元, or fifty-eight yuan; 13800138000 is told digit by digit. Pure.

Markdown, tags, emoji and lines go; words, also those of products (5G, WiFi, H.265), stay as they are. What is read
already stays, so that it does no harm to do it twice.
"""

import re
from typing import Final

from voice.tts import spoken_en, spoken_zh
from voice.tts.marks import bare, scrubbed, unlinked, visible
from voice.tts.patterns import ADDRESS, EMAIL, ENDLESS, MASKED
from voice.tts.tongue import EDGE, address, alone, email, masked, read

_NUMBERED: Final = re.compile(r"^[ ]*([0-9]{1,2})(?:[.)）][ ]+|、[ ]*)(?=\S)", re.MULTILINE)
_BLANKS: Final = re.compile(r" {2,}")
_LANGUAGES: Final = {"zh": (spoken_zh.TONGUE, spoken_zh.said), "en": (spoken_en.TONGUE, spoken_en.said)}


def spoken(text: str, language: str) -> str:
    """What a person says who reads the text to somebody, on one line. A language that is not "zh" is read as English."""
    chinese = language == "zh"
    tongue, said = _LANGUAGES["zh" if chinese else "en"]
    seen = read(
        unlinked(visible(text)),
        [
            (MASKED, masked(tongue)),
            (ENDLESS, alone(tongue)),
            (EMAIL, email(tongue)),
            (ADDRESS, address(tongue)),
        ],
    )
    seen = _NUMBERED.sub(r"第\1，" if chinese else r"\1, ", seen)
    heard = scrubbed(said(bare(seen, tongue.comma, tongue.stop)))
    return _BLANKS.sub(" ", heard.replace(EDGE, "")).strip(" ")
