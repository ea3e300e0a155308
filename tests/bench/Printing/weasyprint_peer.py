"""The same pages by WeasyPrint: texts as HTML, lines and codes as one SVG a page.
Arguments: recording, output. Prints CPU seconds, and peak memory over what the recording took, in kB."""
import html, json, resource, sys, time
from weasyprint import HTML

recording = json.load(open(sys.argv[1]))
# CSS names the one bold font by its family and weight; of the others the font's name is the family.
FACES = {"BIZUDPGothic-Bold": ("bold", "BIZ UDPGothic")}


def drawn(drawings, height):
    texts, shapes = [], []
    for drawing in drawings:
        kind, n = drawing["Kind"], drawing["Numbers"]
        if kind == "F":
            shapes.append(f'<rect x="{n[0]}" y="{height - n[1] - n[3]}" width="{n[2]}" height="{n[3]}"/>')
        elif kind == "S":
            shapes.append(f'<rect x="{n[0]}" y="{height - n[1] - n[3]}" width="{n[2]}" height="{n[3]}" fill="none" stroke="black" stroke-width="{n[4]}"/>')
        elif kind == "L":
            shapes.append(f'<line x1="{n[0]}" y1="{height - n[1]}" x2="{n[2]}" y2="{height - n[3]}" stroke="black" stroke-width="{n[4]}"/>')
        else:
            weight, family = FACES.get(drawing["Font"], ("normal", drawing["Font"]))
            texts.append(f'<span style="left:{n[0]}pt;top:{height - n[1] - n[2]}pt;font:{weight} {n[2]}pt {family}">{html.escape(drawing["Text"])}</span>')
    return "".join(texts), "".join(shapes)


memory = int(open("/proc/self/statm").read().split()[1]) * 4
began = time.process_time()
pages = []
for page in recording["Pages"]:
    width, height = page["WidthPt"], page["HeightPt"]
    texts, shapes = drawn(recording["Statics"][page["Static"]] + page["Own"], height)
    pages.append(f'<section><svg width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}">{shapes}</svg>{texts}</section>')
style = f"""@page {{ size: {width}pt {height}pt; margin: 0 }} section {{ position: relative; page-break-after: always; width: {width}pt; height: {height - 1}pt }}
span, svg {{ position: absolute; white-space: pre; left: 0; top: 0; line-height: 1 }}"""
HTML(string=f"<style>{style}</style>{''.join(pages)}").write_pdf(sys.argv[2])
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory)
