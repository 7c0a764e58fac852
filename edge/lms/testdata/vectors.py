"""Makes vectors.csv: rows of measurements and what must come of them, to compare the Go code with.

    python3 vectors.py FOLDER > vectors.csv

FOLDER holds WHO's tables as CSV (see ../FORMAT.md). This is a second, plain way to the same numbers that shares nothing
with the package: it reads the published decimals, computes in 50 decimal digits with the formula as WHO prints it
((y/M)^L - 1) / (L*S), by powers and not by exponentials, rounds half away from zero at the end, and writes the rules of
length, range, flag and class down once more. Rows are hand-picked boundaries, then weights and lengths that lie on
chosen scores, then drawn ones from a fixed seed.
"""

import csv
import random
import sys
from decimal import ROUND_HALF_UP, Decimal as D, getcontext

getcontext().prec = 50
IN = "sex,age_days,weight_kg,lenhei_cm,measure,headc_cm,muac_cm,oedema".split(",")
CENT = D("0.01")


def load(folder):
    tables = {}
    for name in "wfa lhfa bmifa hcfa acfa wfl wfh".split():
        with open(f"{folder}/{name}.csv") as f:
            for row in csv.DictReader(f):
                tables[name, row["sex"], D(row["x"])] = (D(row["l"]), D(row["m"]), D(row["s"]))
    return tables


def power(base, exponent):
    return (base.ln() * exponent).exp()


def sd(lms, k):
    l, m, s = lms
    return m * power(1 + l * s * k, 1 / l) if l else m * (s * k).exp()


def z_of(lms, y, restricted):
    l, m, s = lms
    z = (power(y / m, l) - 1) / (l * s) if l else (y / m).ln() / s
    if restricted and z > 3:
        z = 3 + (y - sd(lms, 3)) / (sd(lms, 3) - sd(lms, 2))
    if restricted and z < -3:
        z = -3 + (y - sd(lms, -3)) / (sd(lms, -2) - sd(lms, -3))
    return z.quantize(CENT, ROUND_HALF_UP) + 0  # so that there is no minus before a zero


def number(text):
    return D(text) if text and D(text) > 0 else None


def stature(row):
    read, how = number(row["lenhei_cm"]), row["measure"]
    age = int(row["age_days"]) if row["age_days"] else None
    under9 = False
    if read is None:
        return None, None, ""
    if age is None:
        return read, how or ("l" if read < 87 else "h"), "0"
    if how == "h" and D(age) / D("30.4375") < 9:
        how, under9 = "", True
    goes = "l" if age < 731 else "h"
    if goes == "l" and how == "h":
        read += D("0.7")
    if goes == "h" and how == "l":
        read -= D("0.7")
    return read, goes, "1" if under9 else "0"


def by_length(tables, goes, sex, length):
    name = "wfl" if goes == "l" else "wfh"
    low = length.quantize(D("0.1"), "ROUND_DOWN")
    rest = (length - low) * 10
    a = tables.get((name, sex, low))
    if rest == 0 or a is None:
        return a
    b = tables.get((name, sex, low + D("0.1")))
    return b and tuple(x + rest * (y - x) for x, y in zip(a, b))


def scores(tables, row, length, goes, bmi):
    sex, swollen = row["sex"], row["oedema"] == "y"
    age = D(row["age_days"]) if row["age_days"] else None
    young = age is None or age / D("30.4375") < 60
    weight = number(row["weight_kg"])
    out = dict.fromkeys("waz haz whz baz hcz acz".split())

    def put(name, lms, y, restricted=True):
        if lms and y is not None and young:
            out[name] = z_of(lms, y, restricted)

    if not swollen:
        put("waz", tables.get(("wfa", sex, age)), weight)
        put("baz", tables.get(("bmifa", sex, age)), bmi)
        if length is not None:
            put("whz", by_length(tables, goes, sex, length), weight)
    put("haz", tables.get(("lhfa", sex, age)), length, False)
    put("hcz", tables.get(("hcfa", sex, age)), number(row["headc_cm"]), False)
    put("acz", tables.get(("acfa", sex, age)), number(row["muac_cm"]))
    return out


def deficit(z):
    return "" if z is None else "severe" if z < -3 else "moderate" if z < -2 else "normal"


def excess(z):
    return "" if z is None else "obese" if z > 3 else "overweight" if z > 2 else "normal"


def arm(row):
    muac, age = number(row["muac_cm"]), row["age_days"]
    if muac is None or not age or not 6 <= D(age) / D("30.4375") < 60:
        return ""
    return "severe" if muac * 10 < 115 else "moderate" if muac * 10 < 125 else "normal"


LIMITS = {"waz": (-6, 5), "haz": (-6, 6)}


def result(tables, row):
    length, goes, under9 = stature(row)
    weight = number(row["weight_kg"])
    bmi = weight / (length / 100) ** 2 if weight and length else None
    z = scores(tables, row, length, goes, bmi)
    out = ["" if length is None else plain(length), "" if bmi is None else str(bmi.quantize(CENT, ROUND_HALF_UP))]
    out += ["" if v is None else str(v) for v in z.values()]
    for name, v in z.items():
        low, high = LIMITS.get(name, (-5, 5))
        out.append("" if v is None else "1" if v < low or v > high else "0")
    out.append(under9)
    swollen = row["oedema"] == "y" and (not row["age_days"] or int(row["age_days"]) <= 1826)
    wasting, armed = deficit(z["whz"]), arm(row)
    says = [("weight-for-stature", wasting), ("muac", armed), ("oedema", "severe" if swollen else "")]
    severe = "+".join(n for n, c in says if c == "severe")
    moderate = "+".join(n for n, c in says if c == "moderate")
    acute = "severe" if severe else "moderate" if moderate else "normal" if any(c for _, c in says) else ""
    out += [deficit(z["haz"]), "severe" if swollen else deficit(z["waz"]), "severe" if swollen else wasting]
    return out + [excess(z["whz"]), excess(z["baz"]), armed, acute, severe, moderate, ""]


def plain(d):
    text = format(d, "f").rstrip("0") if "." in format(d, "f") else format(d, "f") + "."
    return text + "0" if text.endswith(".") else text


SPOT = """1,987,,72.86,l,,,
2,1522,17,,,,,
2,731,,77.5,h,,,
2,731,,77.5,,,,
1,244,,60,h,,,
1,274,,60,h,,,
2,365,9,,,,,"""

EDGES = """1,273,8,70,h,,,
1,274,8,70,h,,,
1,730,11,85,h,,,
1,730,11,85,l,,,
1,730,11,85,,,,
1,731,11,85,h,,,
1,731,11,85,l,,,
1,731,11,85,,,,
2,0,3.2,49.1,l,33.9,,
2,90,5.8,60,l,39,12,
2,91,5.8,60,l,39,12,
2,1826,18,109,h,50,16,
2,1827,18,109,h,50,16,
2,1856,18,109,h,50,16,
1,,10,86.9,,,,
1,,10,87,,,,
1,,10,86.9,h,,,
1,,10,87,l,,,
1,,10,86.9999,,,,
1,30,2.5,44.9,l,,,
1,30,2.5,45,l,,,
1,30,2.5,44.99,l,,,
1,300,2.5,44.3,h,,,
1,300,2.5,44.2,h,,,
1,700,18,110,l,,,
1,700,18,110.01,l,,,
1,700,18,109.3,h,,,
1,700,18,109.4,h,,,
1,800,7.4,65,h,,,
1,800,7.4,64.9,h,,,
1,800,7.4,65.7,l,,,
1,800,7.4,65.6,l,,,
1,1800,22,120,h,,,
1,1800,22,120.05,h,,,
1,1800,22,120.7,l,,,
1,1800,22,120.8,l,,,
2,900,11.5,84.8,h,,,
2,900,11.5,84.85,h,,,
2,900,11.5,84.8333,h,,,
2,900,11.5,84.9,h,,,
2,400,8.1,72.05,l,,,
,400,8.1,72,l,45,13,n
1,400,0,72,l,0,0,n
1,400,-1,-1,,-1,-1,
1,,8.1,72,l,45,11,n
1,,8.1,72,l,45,11,y
1,,,,,,,y
1,400,8.1,72,l,45,13,y
1,400,,,,,,y
,400,,,,,,y
1,1827,8.1,72,h,45,13,y
1,182,7,66,l,42,11.4,n
1,183,7,66,l,42,11.4,n
1,183,7,66,l,42,11.49,n
1,183,7,66,l,42,11.5,n
1,183,7,66,l,42,12.4,n
1,183,7,66,l,42,12.49,n
1,183,7,66,l,42,12.5,n
1,1826,15,105,h,49,11.4,n
1,1827,15,105,h,49,11.4,n
2,500,9.5,78,l,45,11.2,n
2,500,6.8,78,l,45,13,n
2,500,7.6,78,l,45,12,n
2,500,6.8,78,l,45,11,y
2,500,79,78,l,45,13,n
2,500,9.5,7.8,l,45,13,n
2,500,9.5,178,l,45,99,n
"""


def rows(text):
    for line in text.strip().split("\n"):
        yield dict(zip(IN, line.split(",")))


def blank(**kw):
    return {**dict.fromkeys(IN, ""), **kw}


def on_scores(tables):
    """Weights, lengths, heads and arms whose scores round to the boundaries and to one hundredth beyond."""
    ks = "-6.01 -6.00 -5.01 -5.00 -3.01 -3.00 -2.01 -2.00 -1.99 0.00 1.99 2.00 2.01 3.00 3.01 5.00 5.01 6.00 6.01"
    for k in map(D, ks.split()):
        for sex, age in ("1", "400"), ("2", "1200"):
            unit = {"weight_kg": "wfa", "lenhei_cm": "lhfa", "headc_cm": "hcfa", "muac_cm": "acfa"}
            for column, table in unit.items():
                y = inverse(tables[table, sex, D(age)], k, table in ("wfa", "acfa"))
                row = blank(sex=sex, age_days=age)
                row[column] = str(y.quantize(D("0.0001")))
                if y > 0:
                    yield row
            length = "75.0" if age == "400" else "95.0"
            lms = tables["wfl" if age == "400" else "wfh", sex, D(length)]
            y = inverse(lms, k, True)
            yield blank(sex=sex, age_days=age, lenhei_cm=length, weight_kg=str(y.quantize(D("0.0001"))))


def inverse(lms, k, restricted):
    if restricted and k > 3:
        return sd(lms, 3) + (k - 3) * (sd(lms, 3) - sd(lms, 2))
    if restricted and k < -3:
        return sd(lms, -3) + (k + 3) * (sd(lms, -2) - sd(lms, -3))
    return sd(lms, k)


def drawn(count):
    draw = random.Random(2006)
    for _ in range(count):
        age = draw.randint(0, 1840)
        middle = 50 + 60 * (age / 1826) ** 0.55
        length = middle * draw.uniform(0.85, 1.12)
        weight = 3.3 + 15 * (age / 1826) ** 0.7
        row = blank(sex=draw.choice("12"), age_days=str(age))
        row["weight_kg"] = f"{weight * draw.uniform(0.5, 1.7):.{draw.choice((1, 2, 3))}f}"
        row["lenhei_cm"] = f"{length:.{draw.choice((1, 1, 2, 3))}f}"
        row["measure"] = draw.choice(("l", "h", ""))
        row["headc_cm"] = f"{draw.uniform(32, 55):.1f}"
        row["muac_cm"] = f"{draw.uniform(9, 20):.1f}"
        row["oedema"] = draw.choice(("n", "n", "n", "n", "y", ""))
        if draw.random() < 0.05:
            row["age_days"] = ""
        yield row


def main():
    tables = load(sys.argv[1])
    added = "corrected_cm bmi waz haz whz baz hcz acz waz_flag haz_flag whz_flag baz_flag hcz_flag acz_flag under9_flag "
    added += "stunting underweight wasting overweight overweight_bmi muac_class acute acute_severe_by acute_moderate_by error"
    print(",".join(IN + added.split()))
    for source in rows(SPOT), rows(EDGES), on_scores(tables), drawn(400):
        for row in source:
            print(",".join(list(row.values()) + result(tables, row)))


if __name__ == "__main__":
    main()
