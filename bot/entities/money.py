"""How money that is no coin is named beside a number."""

WORDS = (
    r"(?:元(?!期权|宇宙|旦)|块|塊|圆|圓|美元|美金|刀(?![具切])|人民[币幣]|港[币幣元]|[台臺][币幣]|新[台臺][币幣]"
    r"|日[元圆]|円|[欧歐]元|英[镑鎊]|[韩韓]元|卢布|盾|원"
    r"|[$€£₽₫₺₹₩₦₱]"
    r"|(?:(?:us )?dollars?|bucks|quid|rs\.?(?= |$|[,;])|euros?|pounds?|yuan|kuai"
    r"|rmb|cny|usd(?![tcdpe1])|eur|gbp|jpy|krw|hkd|twd|rub|vnd|vnđ"
    r"|đồng|đ|try(?! again)|tl|lira(?:l[ıi]k|ya|s[ıi])?|brl|reais|real(?! (?:people|person|human|agent|time|name"
    r"|money))|pesos"
    r"|mxn|inr|rupees?|naira|ngn|yen|won|рубл\w*|руб|долл?ар\w*|баксов|евро"
    r"|dólares|dolares|dolar(?:l[ıi]k|[ıi]|a)?|đô)(?![A-Za-zà-ỹа-я]))"
)
"""Pattern of what stands behind an amount of it: "500元", "20 euros"."""
_COINS = (
    r"(?:usdt|usdc|btc|eth|trx|sol|bnb|xrp|u|shib|pepe|doge|bonk|floki|ton|ada|coins?|tokens?|sats)"
    r"(?![0-9A-Za-zà-ỹа-я])"
)
MEASURED = rf"(?:\s?(?:{WORDS}|{_COINS}|[万萬만]))"
"""Pattern of what stands right behind digits that are an amount, whatever stands before them. Only the commonest coins:
it is asked where digits may be an order's or a date's."""
