"""Turn-taking on the phone, told as scenarios in virtual time; `stage` says how they are read."""

import pytest

from tests.unit.voice.turns.stage import Stage, plays, told
from voice.turns import facts as f
from voice.turns.machine import Turns
from voice.turns.timing import Limits, Timing

END_OF_TURN = {
    "yes or no ends after 0.3 s": """
        0.00 asks yes_no
        0.00 we: 您要办理宽带，对吗？ (2.0)
        2.50 caller: 对 (0.4)
        => 3.20 take 对
    """,
    "an open answer ends after 0.6 s, and is decoded before": """
        0.00 asks text
        0.00 we: What can I do for you? (1.0)
        1.50 caller: my internet is down (1.0)
        => 2.68 decode 1.50-2.68
        => 3.10 take my internet is down
    """,
    "decoding begun too early is begun again": """
        0.00 slow 0.5
        0.00 we: Hello. (1.0)
        1.50 caller: I think (0.5)
        2.30 caller: it broke (0.5)
        => 2.18 decode 1.50-2.18
        => 2.40 cancel
        => 2.98 decode 1.50-2.98
        => 3.48 take I think it broke
    """,
    "a phone number is waited for until it is whole": """
        0.00 asks phone
        0.00 we: 请说您的手机号码。 (1.5)
        2.00 caller: 一三八 (0.6)
        3.60 caller: 零零一三 (0.8)
        5.90 caller: 八零零零 (0.8)
        => 7.90 take 一三八 零零一三 八零零零
    """,
    "and when it does not become whole, it is taken as it is": """
        0.00 asks phone
        0.00 we: 请说您的手机号码。 (1.0)
        1.50 caller: 一三八零零 (0.8)
        => 6.30 take 一三八零零
    """,
    "who has no number is not waited for": """
        0.00 asks phone
        0.00 we: What is your number? (1.0)
        1.50 caller: I do not know it (0.8)
        => 3.50 take I do not know it
    """,
    "an amount does not end in a point": """
        0.00 asks amount
        0.00 we: 您交了多少钱？ (1.0)
        1.50 caller: 一百二十点 (0.8)
        4.00 caller: 五元 (0.5)
        => 5.70 take 一百二十点 五元
    """,
    "the caller goes on at the beginning of our turn": """
        0.00 asks text
        0.00 we: What can I do for you? (1.0)
        2.00 caller: I want to (0.6)
        3.35 caller: change my plan (0.8)
        => 3.20 take I want to
        => 3.45 revoke
        => 4.75 take I want to change my plan
    """,
    "later it is a turn of its own": """
        0.00 asks text
        0.00 we: 您好。 (1.0)
        2.00 caller: 我要改套餐 (0.6)
        3.50 caller: 改成最便宜的 (0.8)
        => 3.20 take 我要改套餐
        => 4.90 take 改成最便宜的
    """,
    "who never stops is cut": """
        0.00 asks text
        0.00 we: Hello. (1.0)
        1.50 caller: aaaaaaaaaabbbbbbbbbbccccccccccddddd (35.0)
        => 21.60 take aaaaaaaaaabbbbbbbbbb
        => 36.60 hand over no_answer
        => 37.10 take ccccccccccddddd
    """,
}

BARGE_IN = {
    "words stop us, and what was heard is remembered": """
        0.00 we: Your plan is fifty nine a month, with twenty gigabytes, and free calls in the evening. (6.0)
        3.00 caller: wait I want to cancel (1.2)
        => 3.16 pause 3.16
        => 4.26 stop
        => 4.26 heard Your plan is fifty nine a month, with twenty
        => 4.80 take wait I want to cancel
    """,
    "a streaming recogniser's words stop us sooner": """
        0.00 we: Your plan is fifty nine a month, with twenty gigabytes. (4.0)
        1.00 caller: stop please (1.2)
        1.70 partial: stop
        => 1.16 pause 1.16
        => 1.70 stop
        => 1.70 heard Your plan is
        => 2.80 take stop please
    """,
    "a sign of listening does not: we go on at the clause": """
        0.00 asks text
        0.00 we: 您的套餐是每月五十九元，包含二十吉流量，还有三百分钟通话。 (6.0)
        3.00 caller: 嗯嗯 (0.4)
        => 3.16 pause 3.16
        => 3.68 drop back_channel
        => 3.68 resume 2.48
    """,
    "nor in English; far from the clause we go on at the word": """
        0.00 we: We will send a technician to your home tomorrow in the morning. (6.0)
        3.20 caller: uh-huh, ok (0.4)
        => 3.36 pause 3.36
        => 3.88 drop back_channel
        => 3.88 resume 3.24
    """,
    "to a question asked in full it is the answer": """
        0.00 asks yes_no
        0.00 we: 您要办理宽带，月费五十九元，对吗？ (4.0)
        3.60 caller: 对 (0.3)
        => 3.76 pause 3.76
        => 4.18 stop
        => 4.18 heard 您要办理宽带，月费五十九元，对
        => 4.20 take 对
    """,
    "to one that is not, it is none": """
        0.00 asks yes_no
        0.00 we: Shall I book the technician, for tomorrow morning, between eight and ten? (4.0)
        1.00 caller: yeah (0.3)
        => 1.16 pause 1.16
        => 1.58 drop back_channel
        => 1.58 resume 0.00
    """,
    "no is always words": """
        0.00 asks yes_no
        0.00 we: Shall I book the technician, for tomorrow morning, between eight and ten? (4.0)
        1.00 caller: no (0.3)
        => 1.16 pause 1.16
        => 1.58 stop
        => 1.58 heard Shall I book the
        => 1.60 take no
    """,
    "noise does not stop us": """
        0.00 we: 正在为您查询账单，请稍等一下，账单一共是八十九元。 (5.0)
        1.50 noise (0.4)
        => 1.66 pause 1.66
        => 2.18 drop noise
        => 2.18 resume 0.00
    """,
    "nor do words that nobody is sure of": """
        0.00 we: 正在为您查询账单，请稍等一下，账单一共是八十九元。 (5.0)
        1.50 caller: 那个 (0.4) 0.3
        => 1.66 pause 1.66
        => 2.18 drop noise
        => 2.18 resume 0.00
    """,
    "noise that goes on is looked at, and then we speak over it": """
        0.00 we: 正在为您查询账单，请稍等一下，账单一共是八十九元。 (5.0)
        1.50 noise (3.4)
        => 1.66 pause 1.66
        => 2.76 resume 0.00
        => 5.50 drop noise
    """,
    "our own echo is not the caller": """
        0.00 we: 账单一共是八十九元，请在月底前支付。 (4.0)
        0.40 caller: 账单一共是 (0.5)
        => 0.56 pause 0.56
        => 1.18 drop echo
        => 1.18 resume 0.00
    """,
    "a choice that we have just named is an answer": """
        0.00 asks choice 宽带 手机
        0.00 we: 您要办理宽带还是手机？ (2.0)
        1.40 caller: 宽带 (0.5)
        => 1.56 pause 1.56
        => 2.18 stop
        => 2.18 heard 您要办理宽带还是
        => 2.20 take 宽带
    """,
    "a number like the one that we read back is a correction": """
        0.00 asks yes_no
        0.00 we: 您的号码是幺三八零零幺三八零零零，对吗？ (4.0)
        3.00 caller: 13900139000 (2.0)
        => 3.16 pause 3.16
        => 4.26 stop
        => 4.26 heard 您的号码是幺三八零零幺三八零零
        => 5.30 take 13900139000
    """,
    "signs of listening, one after another": """
        0.00 we: 您的套餐是每月五十九元，包含二十吉流量，还有三百分钟通话，以及一张副卡。 (8.0)
        1.00 caller: 哦 (0.3)
        4.00 caller: 好的好的 (0.5)
        => 1.16 pause 1.16
        => 1.58 drop back_channel
        => 1.58 resume 0.00
        => 4.16 pause 2.58
        => 4.78 drop back_channel
        => 4.78 resume 0.00
    """,
    "what begins as a sign and goes on is words": """
        0.00 asks text
        0.00 we: 您的套餐是每月五十九元，包含二十吉流量，还有三百分钟通话。 (6.0)
        3.00 caller: 嗯 (0.3)
        3.60 caller: 那我想退订 (0.9)
        => 3.16 pause 3.16
        => 3.58 drop back_channel
        => 3.58 resume 2.48
        => 3.76 pause 2.66
        => 4.78 stop
        => 4.78 heard 您的套餐是每月五十九元，
        => 5.10 take 那我想退订
    """,
    "who speaks when we begin is not talked over": """
        0.00 we: 您好。 (0.5)
        2.00 caller: 我想问一下我的账单 (2.0)
        3.00 we: 您还在吗？ (1.0)
        => 3.00 pause 0.00
        => 4.10 stop
        => 4.10 heard
        => 4.60 take 我想问一下我的账单
    """,
    "a legal notice is played to the end": """
        0.00 asks text
        0.00 we: 本次通话将被录音。 (2.0) nothing
        0.50 caller: 我要投诉 (0.8)
        => 2.00 take 我要投诉
    """,
}

KEYS = {
    "in a menu one key acts at once": """
        0.00 asks choice
        0.00 we: Press one for bills, or two for faults. (3.0)
        1.00 key 2
        => 1.00 stop
        => 1.00 heard Press one for
        => 1.00 take keys 2 single
    """,
    "a number ends after the last of its digits": """
        0.00 asks number 4
        0.00 we: The last four characters, please. (2.0)
        2.50 caller: my number (0.6)
        3.20 key 1
        3.50 key 2
        3.80 key 3
        4.10 key 4
        => 3.20 drop keys
        => 4.10 take keys 1234 length
    """,
    "or with a hash": """
        0.00 asks number
        0.00 we: 请输入编号，以井号结束。 (1.0)
        1.50 key 1
        2.00 key 2
        2.50 key #
        => 2.50 take keys 12 hash
    """,
    "or when no more come": """
        0.00 asks phone
        0.00 we: Please say your phone number. (2.0) keys
        0.50 caller: well (0.5)
        1.50 key 5
        1.70 key 5
        1.90 key 5
        => 1.50 stop
        => 1.50 heard Please say your phone
        => 1.50 drop keys
        => 4.90 take keys 555 timeout
    """,
    "who talks while a key is pressed has pressed it": """
        0.00 asks text
        0.00 we: Hello. (1.0)
        1.50 caller: I would like to speak (2.0)
        2.50 key 0
        => 2.50 drop keys
        => 2.50 take keys 0 single
    """,
    "in a legal notice they wait": """
        0.00 we: 本次通话将被录音。 (2.0) nothing
        0.50 key 0
        => 2.00 take keys 0 single
    """,
}

NOTHING_COMES = {
    "silence: again, keys, a person": """
        0.00 asks text
        0.00 we: 您好，请问有什么可以帮您？ (2.0)
        => 8.00 ask again silence
        => 14.00 offer keys silence
        => 20.00 hand over silence
    """,
    "long noise in the caller's turn is asked about": """
        0.00 we: Hello. (1.0)
        1.50 noise (1.0)
        => 3.10 drop noise
        => 3.10 ask again unclear
    """,
    "a cough is not": """
        0.00 we: Hello. (1.0)
        1.50 noise (0.3)
        => 2.40 drop noise
        => 7.00 ask again silence
    """,
    "who is understood begins anew": """
        0.00 we: Hello. (1.0)
        7.50 we: Are you there? (1.0)
        9.00 caller: one moment please (1.0)
        11.00 we: Of course. (1.0)
        => 7.00 ask again silence
        => 10.60 take one moment please
        => 18.00 ask again silence
    """,
    "a recogniser that does not answer": """
        0.00 slow 30
        0.00 we: 您好。 (1.0)
        1.50 caller: 我的网断了 (1.0)
        => 11.10 drop noise
        => 11.10 ask again unclear
        => 17.10 offer keys silence
        => 23.10 hand over silence
    """,
    "a bot that does not answer": """
        0.00 we: Hello. (1.0)
        1.50 caller: my internet is down (1.0)
        => 3.10 take my internet is down
        => 18.10 hand over no_answer
    """,
}

SCENARIOS = END_OF_TURN | BARGE_IN | KEYS | NOTHING_COMES


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenario(name: str) -> None:
    done, wanted = plays(SCENARIOS[name])
    assert done == wanted


def test_a_pack_without_people_hangs_up() -> None:
    done, _ = plays(
        """
        0.00 we: 您好。 (1.0)
        => 10.00 hang up silence
        """,
        Limits(silence_ms=3000, again=1, keys=1, last="hang_up"),
    )
    assert done == ["4.00 ask again silence", "7.00 offer keys silence", "10.00 hang up silence"]


def test_what_comes_too_late_is_done_in_order_and_dated_when_it_was_due() -> None:
    turns = Turns()
    assert [told(action) for action in turns.take(f.Tick(60_000))] == [
        "6.00 ask again silence",
        "12.00 offer keys silence",
        "18.00 hand over silence",
    ]
    assert turns.due is None
    assert turns.take(f.Asked(50_000)) == []  # an earlier time counts as now
    assert turns.due == 66_000


def test_barge_in_begins_when_it_is_told_to() -> None:
    stage = Stage(timing=Timing(barge_in_ms=200))
    stage.at(0, lambda: stage.says("Your plan is fifty nine a month.", 4000))
    stage.speaks(1000, "wait", 600)
    stage.run(1500)
    assert [told(action) for action in stage.log] == ["1.20 pause 1.20"]


def test_a_lost_end_of_our_voice_does_not_hang_the_call() -> None:
    turns = Turns()
    turns.take(f.PlayStarted(0, "a"))
    turns.take(f.PlayChunk(0, "a", "您好。", 1000, last=True))
    assert turns.due == 6000
    assert turns.audible
    assert [told(action) for action in turns.take(f.Tick(12_000))] == ["12.00 ask again silence"]
    assert not turns.audible


def test_after_the_end_nothing_happens() -> None:
    turns = Turns()
    turns.take(f.SpeechStarted(1000, 900))
    assert [told(action) for action in turns.take(f.HungUp(1100))] == ["1.10 drop hung_up"]
    assert turns.take(f.Tick(99_000)) == []
    assert turns.due is None
