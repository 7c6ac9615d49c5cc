from time import process_time

import pytest

from app.masking import mask, mask_json
from app.masking.masker import Json
from app.masking.triggers import suspicious


def test_several_secrets_in_one_message() -> None:
    masked = mask("账号 bob 密码 s3cret99，验证码 482913，卡 4111 1111 1111 1111")
    assert masked.text == "账号 bob 密码 ⟦masked:password⟧，验证码 ⟦masked:otp⟧，卡 ⟦masked:card⟧"
    assert masked.kinds == ("card", "otp", "password")


def test_the_nearest_label_decides_about_hex() -> None:
    key, transaction = "ab" * 32, "cd" * 32
    masked = mask(f"私钥 {key} 交易哈希 {transaction}")
    assert key not in masked.text
    assert transaction in masked.text


def test_json_is_masked_everywhere_with_keys_as_context() -> None:
    value: dict[str, Json] = {
        "text": "验证码 482913",
        "password": "hunter2x",
        "list": ["密码:abc123", 5, None, True, 1.5],
        "密码:abc123": {"deep": ["4111111111111111"]},
    }
    assert mask_json(value) == {
        "text": "验证码 ⟦masked:otp⟧",
        "password": "⟦masked:password⟧",
        "list": ["密码:⟦masked:password⟧", 5, None, True, 1.5],
        "密码:⟦masked:password⟧": {"deep": ["⟦masked:card⟧"]},
    }
    assert value["text"] == "验证码 482913"


def test_ordinary_protocol_frames_stay() -> None:
    frame: Json = {
        "type": "error",
        "code": "token_expired",
        "client_msg_id": "6f1c2a34-9f0e-4a7e-8f58-0a1b2c3d4e5f",
        "seq": 500123,
        "key": "faq.withdraw.pending",
        "at": 1700000000.5,
        "email": "ana@example.com",
    }
    assert mask_json(frame) == frame


def test_json_that_is_too_deep_is_refused() -> None:
    value: Json = "x"
    for _ in range(100):
        value = [value]
    with pytest.raises(ValueError, match="nested deeper"):
        mask_json(value)


@pytest.mark.parametrize(
    "text",
    [
        "Hello, I sent some coins from another exchange yesterday evening and they still have not arrived",
        "你好，我昨天晚上从别的交易所转了一些币过来，到现在都还没有到账，请帮我查一下是什么原因好吗？",
        "入金がまだ反映されていません。いつ反映されますか",
        "출금이 아직 도착하지 않았습니다",
        "Вывод средств ещё не пришёл, помогите",
    ],
)
def test_plain_messages_meet_no_detector(text: str) -> None:
    assert not suspicious(text)


HOSTILE = {
    "list words": "act " * 2000,
    "runs of thirty": (("act " * 30) + "the ") * 70,
    "seed words": "seed " * 1600,
    "rare rows": "糖舌茶侦豪绪冰赖翻蚀伪滋，" * 600,
    "password words": "密码" * 4000,
    "linked passwords": "密码=" * 2600,
    "password values": "密码:abcd" * 1100,
    "code words": "验证码:123456" * 900,
    "weak codes": "my code is " * 720,
    "digits": "4" * 8000,
    "cards and digits": "4111111111111111 x 123 x " * 320,
    "lone codes": "texted 482913, " * 530,
    "joined pins": ("pin" + "設定" * 18 + "謎482913 ") * 170,
    "named pins": "482913 is my 482913, pin " * 330,
    "lone passwords": "pasword Kite4821x " * 440,
    "digit groups": "4 " * 4000,
    "digit pairs": "41-" * 2666,
    "hex": "a" * 8000,
    "hex keys": ("key " + "a" * 64 + " ") * 115,
    "base58": ("5" + "K" * 50 + " ") * 153,
    "secret values": ("secret " + "a1" * 90 + " ") * 42,
    "byte arrays": "[1," * 2600,
    "pem": "-----BEGIN PRIVATE KEY-----" * 290,
    "blanks": "密码" + " " * 7998,
    "invisible": "密\u200b" * 4000,
    "tokens": "⟦masked:otp⟧" * 600,
    "quotes": '密码:"' + "a b" * 2600,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(name: str) -> None:
    """Twice the text may not cost much more than twice the time (quadratic would be four times)."""
    text = HOSTILE[name]

    def seconds(length: int) -> float:
        best = float("inf")
        for _ in range(5):
            begin = process_time()
            mask(text[:length])
            best = min(best, process_time() - begin)
        return best

    assert seconds(8000) < 3.5 * seconds(4000) + 0.005
