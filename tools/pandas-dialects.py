"""Writes random tables in random dialects, and what pandas reads of them when it is told the dialect, to test/dialects.json.

    tools/setup-python.sh pandas && .venv/bin/python tools/pandas-dialects.py

src/data/table/csv-dialect.test.ts reads the same bytes with the same options and compares. The seed is fixed: another version of
pandas that reads other values shows as a change of that file.
"""
import base64
import io
import json
import math
import pathlib
import random

import pandas

TABLES = 80
WORDS = ["rot", "grün", "a, b", "a;b", 'sagt "ja"', "5 €", "Zürich", "São Paulo", "x|y", "two words"]
random.seed(20)


def number_text(value, decimal, thousands):
    text = f"{abs(value):,.{random.choice([0, 1, 3])}f}"
    text = text.replace(",", "\0").replace(".", decimal).replace("\0", thousands or "")
    return ("-" if value < 0 else "") + text


def table():
    delimiter = random.choice([",", ";", "\t", "|"])
    decimal = random.choice([".", ","])
    thousands = random.choice([None, None, ".", ",", "'", " "])
    if thousands == decimal:
        thousands = None
    encoding = random.choice(["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
    header = random.random() < 0.7
    na = random.choice(["-999", "fehlt", "", "NA", "n/a"])
    quote_all = random.random() < 0.3
    end = random.choice(["\n", "\r\n"])
    rows = [
        [
            None if random.random() < 0.15 else random.choice([random.uniform(-9e6, 9e6), random.uniform(-2, 2), random.randint(-5000, 5000)]),
            None if random.random() < 0.15 else random.choice(WORDS),
            random.uniform(0, 1e4),
        ]
        for _ in range(random.randint(2, 25))
    ]

    def quoted(cell):
        if quote_all or delimiter in cell or '"' in cell:
            return '"' + cell.replace('"', '""') + '"'
        return cell

    def cell(value):
        if value is None:
            return na
        return value if isinstance(value, str) else number_text(value, decimal, thousands)

    lines = ([["größe", "wort", "wert"]] if header else []) + [[cell(value) for value in row] for row in rows]
    data = "".join(delimiter.join(quoted(one) for one in line) + end for line in lines).encode(encoding)
    frame = pandas.read_csv(
        io.BytesIO(data),
        sep=delimiter,
        decimal=decimal,
        thousands=thousands,
        encoding=encoding,
        header=0 if header else None,
        na_values=[na],
        keep_default_na=False,
        dtype={1: str} if not header else {"wort": str},
    )
    assert [str(kind) for kind in frame.dtypes][0] in ("float64", "int64"), frame.dtypes
    plain = [
        [None if isinstance(value, float) and math.isnan(value) else (value.item() if hasattr(value, "item") else value) for value in row]
        for row in frame.astype(object).where(frame.notna(), None).values.tolist()
    ]
    names = {"utf-8-sig": "utf-8", "utf-16": "utf-16le"}
    options = {
        "delimiter": delimiter,
        "decimal": decimal,
        "thousands": thousands or "none",
        "encoding": names.get(encoding, encoding),
        "header": header,
        "na": [na],
    }
    return {"bytes": base64.b64encode(data).decode("ascii"), "options": options, "rows": plain}


tables = [table() for _ in range(TABLES)]
place = pathlib.Path(__file__).parent.parent / "test" / "dialects.json"
place.write_text(
    json.dumps({"pandas": pandas.__version__, "tables": []}, ensure_ascii=False)[:-2]
    + "\n"
    + ",\n".join(json.dumps(one, ensure_ascii=False) for one in tables)
    + "\n]}\n",
    encoding="utf-8",
)
print(f"{place}: {len(tables)} tables, read by pandas {pandas.__version__}")
