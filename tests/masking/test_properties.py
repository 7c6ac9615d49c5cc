import hashlib
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.masking import KINDS, mask
from app.masking.cards import luhn_holds
from app.masking.folding import fold
from app.masking.keys import _ALPHABET, base58_bytes
from app.masking.phrases import CHINESE, LISTS, checksum_holds

SPACED = [name for name in LISTS if name not in CHINESE]


def phrase(language: str, entropy: bytes) -> list[str]:
    """The BIP-39 phrase of 16, 20, 24, 28 or 32 bytes."""
    size = len(entropy) // 4
    bits = int.from_bytes(entropy, "big") << size | hashlib.sha256(entropy).digest()[0] >> (8 - size)
    words = list(LISTS[language])
    return [words[bits >> shift & 2047] for shift in range(11 * (size * 3 - 1), -1, -11)]


def base58(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = _ALPHABET[digit] + text
    return text


def with_checksum(data: bytes) -> str:
    return base58(data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4])


entropies = st.sampled_from([16, 20, 24, 28, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
separators = st.sampled_from([" ", "\n", ", ", "，", " - ", "\u3000", "\u200b ", "\t"])
# Surroundings that are themselves no secret and join with none.
harmless = st.sampled_from(["", "请帮我看看：", "hello, ", "wallet\n", "它是 ", "¿por qué? "])


def test_the_reference_vector_is_a_phrase() -> None:
    words = ["abandon"] * 11 + ["about"]
    assert phrase("english", bytes(16)) == words
    assert checksum_holds([LISTS["english"][word] for word in words])
    assert mask(" ".join(words)).text == "⟦masked:seed_phrase⟧"


# "hello" is a word of the list, and with all but the last word of this phrase another valid one.
@example(
    language="english",
    entropy=b"\x98\xfa\xa6z\xf5\xa2;\x7f\xcf5gK\xff\xa5h!\xbf\x1f\xd5\x06\x99>\xa1\xc0",
    separator=" ",
    before="hello, ",
)
@given(st.sampled_from(SPACED), entropies, separators, harmless)
def test_a_valid_phrase_is_always_masked(language: str, entropy: bytes, separator: str, before: str) -> None:
    words = phrase(language, entropy)
    masked = mask(before + separator.join(words) + "。")
    assert masked.kinds == ("seed_phrase",)
    assert words[-1] not in masked.text.split("⟧")[-1]


@given(entropies, st.sampled_from(["{}. {}", "{}) {}", "{}、{}", "#{} {}"]), st.sampled_from([" ", "\n"]))
def test_numbered_words_are_masked(entropy: bytes, form: str, separator: str) -> None:
    numbered = separator.join(form.format(n, word) for n, word in enumerate(phrase("english", entropy), 1))
    assert mask(numbered).kinds == ("seed_phrase",)


@given(st.sampled_from(CHINESE), entropies, st.sampled_from([" ", "，", "\n", "  "]))
def test_a_spaced_chinese_phrase_is_always_masked(language: str, entropy: bytes, separator: str) -> None:
    assert mask(separator.join(phrase(language, entropy))).kinds == ("seed_phrase",)


@given(st.sampled_from(SPACED), entropies, st.data())
def test_one_wrong_word_beside_the_word_seed_does_not_leak(language: str, entropy: bytes, data: st.DataObject) -> None:
    words = phrase(language, entropy)
    words[data.draw(st.integers(1, len(words) - 2))] = "xqzzk"
    masked = mask("seed: " + " ".join(words))
    assert masked.kinds == ("seed_phrase",)
    assert masked.text == "seed: ⟦masked:seed_phrase⟧" or "xqzzk" not in masked.text


@given(st.binary(min_size=32, max_size=32), st.sampled_from([0x80, 0xEF, 0xB0]), st.booleans(), harmless)
def test_a_wallet_import_key_is_always_masked(key: bytes, version: int, compressed: bool, before: str) -> None:
    wif = with_checksum(bytes([version]) + key + (b"\x01" if compressed else b""))
    assert mask(f"{before}{wif} ok").text == f"{before}⟦masked:private_key⟧ ok"


@given(st.binary(min_size=74, max_size=74), st.sampled_from(["0488ade4", "049d7878", "04b2430c"]))
def test_an_extended_private_key_is_always_masked(rest: bytes, version: str) -> None:
    key = with_checksum(bytes.fromhex(version) + rest)
    assert key[1:4] == "prv"
    assert mask(key).text == "⟦masked:private_key⟧"


# This one begins like a word for a one-time code, and digits follow.
@example(key=bytes.fromhex("2fa00000000a" + "0" * 52), prefix="")
# A number with a card's check digit stands in the middle of this one.
@example(key=bytes.fromhex("00000000000000000000000a4000026067799a00000000000000000000000000"), prefix="")
# Six digits begin this one, and what looks like a word for a code stands in it.
@example(key=bytes.fromhex("000001a0" + "0" * 39 + "2fa" + "0" * 14), prefix="")
@given(st.binary(min_size=32, max_size=32), st.sampled_from(["", "0x"]))
def test_bare_hex_is_a_transaction_unless_a_key_word_is_near(key: bytes, prefix: str) -> None:
    digits = prefix + key.hex()
    assert mask(digits).text == digits
    assert mask(f"txid {digits}").text == f"txid {digits}"
    assert mask(f"私钥 {digits}").text == "私钥 ⟦masked:private_key⟧"
    assert mask(f"{digits} is my private key").text == "⟦masked:private_key⟧ is my private key"


@given(st.integers(0, 10**6 - 1), st.sampled_from(["验证码是 {}", "my 2fa code: {}", "인증번호 {}", "код из смс {}"]))
def test_a_code_beside_its_word_is_masked(number: int, form: str) -> None:
    assert mask(form.format(f"{number:06}")).text == form.format("⟦masked:otp⟧")


@given(st.from_regex(r"4[0-9]{14}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_a_card_is_masked_and_a_wrong_check_digit_is_not(start: str, separator: str) -> None:
    for last in "0123456789":
        digits = start + last
        number = separator.join(digits[at : at + 4] for at in range(0, 16, 4))
        assert (mask(number).kinds == ("card",)) == luhn_holds(digits)


SECRETS: list[Callable[[bytes], str]] = [
    lambda entropy: " ".join(phrase("english", entropy[:16])),
    lambda entropy: "私钥 " + entropy.hex(),
    lambda entropy: "password: " + entropy.hex()[:12] + "7a",
    lambda entropy: f"验证码 {entropy[0]:06}",
]


@pytest.mark.parametrize("secret", SECRETS)
@given(entropy=st.binary(min_size=32, max_size=32))
def test_wide_letters_and_invisible_characters_hide_nothing(secret: Callable[[bytes], str], entropy: bytes) -> None:
    plain = secret(entropy)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in plain)
    holed = "\u200b".join(plain)
    marked = "".join(c + "\ufe0f\u2060" for c in plain)
    expected = mask(plain).kinds
    assert expected
    assert mask(wide).kinds == expected
    assert mask(holed).kinds == expected
    assert mask(marked).kinds == expected


PIECES = """
验证码 密码 是 : password is code my otp 123456 482913 abc123 hunter2 私钥 txid hash key secret card 4111111111111111
seed phrase ⟦masked:otp⟧ ⟦ ⟧ １２３ , 。 pin api uid 订单 not working
"""
fragments = st.sampled_from(
    [*PIECES.split(), "\u200b", "\n", " ", "a" * 64, "abandon " * 11 + "about", "0x" + "1f" * 32]
)
texts = st.one_of(
    st.text(max_size=200), st.lists(fragments, max_size=25).map(" ".join), st.lists(fragments).map("".join)
)


@settings(max_examples=400)
@given(texts)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once.text).text == once.text
    assert set(once.kinds) <= set(KINDS)
    assert list(once.kinds) == sorted(set(once.kinds))


@given(texts)
def test_what_is_not_masked_stays_as_it_was(text: str) -> None:
    masked = mask(text)
    if not masked.kinds:
        assert masked.text == text


@given(st.text(alphabet="我想问一下充值到账时间和手续费，谢谢 the withdrawal has not arrived why", max_size=120))
def test_talk_without_secrets_is_unchanged(text: str) -> None:
    assert mask(text).text == text


@given(st.text(max_size=80))
def test_folded_positions_point_into_the_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.lower)
    for position in range(len(folded.text)):
        start, end = folded.original(position, position + 1)
        assert 0 <= start < end <= len(text)
        assert folded.text[position] in unicodedata.normalize("NFKC", text[start:end]) or folded.starts is not None


@given(st.binary(min_size=1, max_size=70))
def test_base58_reads_what_it_writes(data: bytes) -> None:
    assert base58_bytes("1" * (len(data) - len(data.lstrip(b"\0"))) + base58(data)) == data
