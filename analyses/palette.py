"""Which colour a class asks for by its name; static/js/viewer/palette.js does the same."""

# css/tokens.css names the same --class-0 to --class-7.
COLOURS = ("#54b4e4", "#f0fc60", "#fc0c6c", "#84fcfc", "#d89c00", "#b454fc", "#0c909c", "#b4d890")
SEED, PRIME = 388733, 16777619


def place_of(class_name: str) -> int:
    """The place in COLOURS: FNV-1a over the name's UTF-16 units, then mixed."""
    value = SEED
    units = class_name.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        value = (value ^ int.from_bytes(units[at : at + 2], "little")) * PRIME % 2**32
    value = (value ^ value >> 16) * 0x7FEB352D % 2**32
    return (value ^ value >> 15) % len(COLOURS)


def colour_of(class_name: str) -> str:
    """As #rrggbb."""
    return COLOURS[place_of(class_name)]
