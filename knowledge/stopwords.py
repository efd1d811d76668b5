"""Words that occur everywhere and tell nothing about the subject."""

from typing import Final

_ENGLISH: Final = """a about above after again against all am an and any are as at be because been before
    being below between both but by can could did do does doing down during each few for
    from further had has have having he her here hers him his how i if in into is it its
    itself just many me more most much my name no nor not now of off on once only or other
    our out over own same shall she should so some such than that the their them then
    there these they this those through to too under until up very was we were what when
    where which while who whom whose why will with would you your im ive dont doesnt didnt
    cant isnt wont whats hi hello please thanks"""

ENGLISH_WORDS: Final = frozenset(_ENGLISH.split())

CHINESE_CHARACTERS: Final = frozenset(
    "的了在是和与及也就都而被把于之其这那他她它们我你您吗呢吧啊呀为以所到从对并个一"
)

_PHRASES: Final = """什么时候 什么 怎么样 怎么 怎样 如何 为什么 为何 哪些 哪个 哪里 哪儿 哪一 哪种 哪家 哪位
哪年 哪 多少 几个 是否 能否 可否 谁 吗 呢 吧 啊 请问 您好 你好 我想 想问 一下 可以 麻烦 何时 何 几 咋 啥"""

CHINESE_PHRASES: Final = frozenset(_PHRASES.split())
"""Taken out of a question only: in a page they may be part of a heading that is quoted."""

COMMON_CHARACTERS: Final = frozenset(
    "不没要能会去来上下有人给让还再好多大小先只想用里外前后中又才很太最更但或可该得着过去叫做些每样次点当如果因此两三"
)
"""Characters of everyday speech: rare in a small set of pages, so their IDF there is far too high."""
