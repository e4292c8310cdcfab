"""What the shop sells. Prices are whole fen, never yuan in a float."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tea:
    """One item on the shelf; its Chinese name is what the payer reads in WeChat."""

    id: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    price_fen: int


SHELF = {
    tea.id: tea
    for tea in (
        Tea("longjing", "西湖龙井 50 克", "Longjing, 50 g", "豆香清鲜，回味甘醇", "Fresh, nutty, a sweet finish", 1990),
        Tea("souchong", "正山小种 50 克", "Lapsang Souchong, 50 g", "松烟香，桂圆汤", "Pine smoke and longan", 980),
        Tea("jasmine", "茉莉花茶 30 克", "Jasmine, 30 g", "三窨一提，花香入骨", "Scented with fresh blossoms", 880),
        Tea("sip", "试饮一口", "One sip", "一分钱，先尝后买", "One fen, to try before you buy", 1),
    )
}
