"""Times in the words of seven languages, cut to the precision that was said."""

from datetime import datetime

import pytest

from bot.entities import extract

NOW = datetime(2026, 3, 12, 15, 30)
SAID = [
    ("昨日の21時頃に出金しました", "昨日の21時", "2026-03-11T21"),
    ("一昨日の午後3時半に入金", "一昨日の午後3時半", "2026-03-10T15:30"),
    ("先月の履歴を出したい", "先月", "2026-02"),
    ("2時間ほど前に送りました", "2時間ほど前", "2026-03-12T13"),
    ("어제 밤 11시에 출금했어요", "어제 밤 11시", "2026-03-11T23"),
    ("오늘 오전 10시 20분에 넣은 주문", "오늘 오전 10시 20분", "2026-03-12T10:20"),
    ("3월 5일에 입금했는데", "3월 5일", "2026-03-05"),
    ("30분 전에 보냈어요", "30분 전", "2026-03-12T15:00"),
    ("지난달에 산 코인", "지난달", "2026-02"),
    ("вывел вчера в 18:40, не пришло", "вчера в 18:40", "2026-03-11T18:40"),
    ("купил позавчера", "позавчера", "2026-03-10"),
    ("перевёл 10 минут назад", "10 минут назад", "2026-03-12T15:20"),
    ("отправил 5 марта", "5 марта", "2026-03-05"),
    ("на прошлой неделе всё работало", "прошлой неделе", "2026-W10"),
    ("rút hôm qua mà chưa về", "hôm qua", "2026-03-11"),
    ("nạp lúc 9h15 sáng nay chưa thấy", "9h15 sáng nay", "2026-03-12T09:15"),
    ("gửi 2 tiếng trước", "2 tiếng trước", "2026-03-12T13"),
    ("dün 22:15'te çektim", "dün 22:15", "2026-03-11T22:15"),
    ("yarım saat önce yatırdım", "yarım saat önce", "2026-03-12T15:00"),
    ("geçen ay aldım", "geçen ay", "2026-02"),
    ("retiré anoche a las 11 y sigue pendiente", "anoche a las 11", "2026-03-11T23"),
    ("deposité ayer a las 9:20 de la noche", "ayer a las 9:20 de la noche", "2026-03-11T21:20"),
    ("lo mandé hace dos horas", "hace dos horas", "2026-03-12T13"),
    ("el 5 de marzo compré", "5 de marzo", "2026-03-05"),
    ("saquei ontem às 18h40", "ontem às 18h40", "2026-03-11T18:40"),
    ("mandei meia hora atrás", "meia hora atrás", "2026-03-12T15:00"),
    ("vendi no ano passado", "ano passado", "2025"),
    ("先週の月曜日に出金した", "先週の月曜日", "2026-03-02"),
    ("월요일에 출금했는데", "월요일", "2026-03-09"),
    ("한 시간 전에 출금했어요", "한 시간 전", "2026-03-12T14"),
    ("транза прошла в понедельник", "понедельник", "2026-03-09"),
    ("час назад вывел", "час назад", "2026-03-12T14"),
    ("перевод от 10.03 не дошёл", "10.03", "2026-03-10"),
    ("завтра хочу вывести", "завтра", "2026-03-13"),
    ("nạp từ thứ ba tuần trước", "thứ ba tuần trước", "2026-03-03"),
    ("ngày 10/3 mình nạp", "10/3", "2026-03-10"),
    ("dün akşam 9'da çektim", "dün akşam 9", "2026-03-11T21"),
    ("geçen cuma yatırdım", "geçen cuma", "2026-03-06"),
    ("pazar günü yatırdım", "pazar günü", "2026-03-08"),
    ("pazartesi yatırdım", "pazartesi", "2026-03-09"),
    ("неделю назад купил", "неделю назад", "2026-W10"),
    ("İki gün önce çektim", "İki gün önce", "2026-03-10"),
    ("5 NİSAN'da aldım", "5 NİSAN", "2025-04-05"),
    ("10 марта 2025 года", "10 марта 2025 года", "2025-03-10"),
    ("el 5 de marzo de 2025", "5 de marzo de 2025", "2025-03-05"),
    ("2025년 11월 5일에", "2025년 11월 5일", "2025-11-05"),
    ("el jueves pasado", "jueves pasado", "2026-03-05"),
    ("geçen perşembe", "geçen perşembe", "2026-03-05"),
    ("depois de amanhã", "depois de amanhã", "2026-03-14"),
    ("100만원 30분 전에 입금", "30분 전", "2026-03-12T15:00"),
    ("Meu saque está pendente, fiz há 3 dias", "há 3 dias", "2026-03-09"),
    ("10.03'te yatırdım", "10.03", "2026-03-10"),
    ("lo retiré el lunes pasado", "lunes pasado", "2026-03-09"),
    ("necesito el informe fiscal de 2025", "2025", "2025"),
    ("na segunda à noite enviei", "segunda à noite", "2026-03-09"),
    ("saquei no dia 10/03", "10/03", "2026-03-10"),
    ("saquei faz uma hora", "faz uma hora", "2026-03-12T14"),
]
NOT_SAID = [
    "hace dos horas que espero",
    "estou há 2 horas esperando",
    "ba coin eklediniz mi",
    "la clave de hoyos",
    "31 de febrero de nada",
    "подожди час",
    "nạp tối thiểu bao nhiêu",
    "3시간 걸려요",
    "demora 2 horas",
    "a las 3 confirmaciones",
    "毎週月曜日に積立したい",
    "매주 월요일마다 적립",
    "lần thứ hai tôi hỏi",
    "atienden de lunes a viernes",
    "na segunda tentativa deu erro",
    "pazar yerinde satıcı",
    "onay 8/12'de takıldı",
    "parou em 2/6",
    "a ordem está aberta há três horas",
    "retiro de 2025 USDT",
    "минимальный вывод от 10.5 USDT",
    "с 1.5 до 2.5 USDT",
    "bajó el 2.5 por ciento",
    "пару часов назад",
    "이 달 전체 거래내역",
    "este viernes",
    "bu cuma",
    "今週の金曜",
    "thứ hai tuần sau",
    "курс с 5.10 до 5.12",
    "saat 10.05'te geldi",
    "el 5/10 de confirmaciones",
    "adım Cuma Yıldız",
    "retiré más de 2020",
]


@pytest.mark.parametrize(("text", "value", "normalised"), SAID, ids=[value for _, value, _ in SAID])
def test_what_was_said_is_the_moment(text: str, value: str, normalised: str) -> None:
    found = [(entity.value, entity.normalised) for entity in extract(text, now=NOW) if entity.type == "time"]
    assert found == [(value, normalised)]


@pytest.mark.parametrize("text", NOT_SAID)
def test_durations_and_words_that_look_like_it_are_no_times(text: str) -> None:
    assert [entity for entity in extract(text, now=NOW) if entity.type == "time"] == []
