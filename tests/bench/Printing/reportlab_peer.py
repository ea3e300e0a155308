"""The same pages by ReportLab: the static part once as a Form XObject, fonts as subsets, streams deflated.
Arguments: recording, output. Prints CPU seconds, and peak memory over what the recording took, in kB."""
import json, resource, sys, time
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

recording = json.load(open(sys.argv[1]))
FILES = {
    "IPAexGothic": "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "IPAexMincho": "/usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf",
    "BIZUDPGothic-Bold": "/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Bold.ttf",
    "IPAmjMincho": "/usr/share/fonts/truetype/ipamj/ipamjm.ttf",
}
used = {d["Font"] for drawn in [*recording["Statics"].values(), *(p["Own"] for p in recording["Pages"])] for d in drawn if d["Font"]}
for name in sorted(used):
    pdfmetrics.registerFont(TTFont(name, FILES[name]))


def draw(canvas, drawings):
    path = canvas.beginPath()
    filled = False
    for drawing in drawings:
        kind, n = drawing["Kind"], drawing["Numbers"]
        if kind == "F":
            path.rect(*n)
            filled = True
        elif kind == "S":
            canvas.setLineWidth(n[4])
            canvas.rect(*n[:4])
        elif kind == "L":
            canvas.setLineWidth(n[4])
            canvas.setDash([n[5]] if n[5] else [])
            canvas.line(*n[:4])
            canvas.setDash([])
        else:
            canvas.setFont(drawing["Font"], n[2])
            canvas.drawString(n[0], n[1], drawing["Text"])
    if filled:
        canvas.drawPath(path, stroke=0, fill=1)


memory = int(open("/proc/self/statm").read().split()[1]) * 4
began = time.process_time()
canvas = Canvas(sys.argv[2], pageCompression=1, invariant=1)
for name, drawings in recording["Statics"].items():
    canvas.beginForm(name)
    draw(canvas, drawings)
    canvas.endForm()
for page in recording["Pages"]:
    canvas.setPageSize((page["WidthPt"], page["HeightPt"]))
    canvas.setFillGray(0)
    canvas.doForm(page["Static"])
    draw(canvas, page["Own"])
    canvas.showPage()
canvas.save()
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory)
