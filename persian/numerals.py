"""Small numbers in words, as they are read aloud: ۲۷ is «بیست و هفت»."""

_ONES = (
    "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده"
).split()
_TENS = ("", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود")


def words(number: int) -> str:
    """A number from 0 to 99 in words. Raises ValueError for others."""
    if not 0 <= number <= 99:
        raise ValueError("only 0 to 99")
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]} و {_ONES[ones]}" if ones else _TENS[tens]
