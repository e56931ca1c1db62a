"""A plot with two logarithmic axes, as SVG."""

import html
import math

WIDTH, HEIGHT = 1000, 620
LEFT, RIGHT, TOP, BOTTOM = 80, 250, 50, 60

# crosspool's lines stand out: they are thick. The others have a hue each, the same in all plots, a shape, and dashes by
# turns; a name that is not here takes a hue from the end.
OURS = {"crosspool thread": "#1b7837", "crosspool fork": "#c51b1b", "crosspool spawn": "#e08214"}
OTHERS = [
    "pipes by hand", "BS::thread_pool", "Taskflow", "oneTBB task_group", "OpenMP tasks", "std::async",
    "Open MPI by hand", "Python multiprocessing", "Python concurrent.futures", "Python joblib", "two bare forks",
]
HUES = [
    "#8c510a", "#6a7fdb", "#5c8a00", "#d6409f", "#a04040", "#00868b", "#4d4d4d", "#2166ac", "#762a83", "#00a0d6",
    "#111111", "#b08900",
]
SHAPES = [
    "M-4,-4H4V4H-4Z", "M0,-5L5,4H-5Z", "M0,-5L5,0L0,5L-5,0Z", "M-5,-4H5L0,5Z", "M-4,-4L4,4M4,-4L-4,4", "M0,-5V5M-5,0H5",
]


def time_text(seconds):
    for unit, name in ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")):
        if seconds >= unit * 0.999:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:g} s"


def log_log(title, x_title, y_title, series, x_ticks, reference=None):
    """series: by name, points (x, seconds). x_ticks: (x, text). reference: (name, function of x)."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    x_low, x_high = math.log10(min(xs)) - 0.1, math.log10(max(xs)) + 0.1
    y_low, y_high = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def x_at(x):
        return LEFT + (math.log10(x) - x_low) / (x_high - x_low) * (right - LEFT)

    def y_at(y):
        return bottom - (math.log10(y) - y_low) / (y_high - y_low) * (bottom - TOP)

    out = []

    def add(element):
        out.append("  " + element)

    def text(x, y, words, anchor="start", more=""):
        add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{html.escape(words)}</text>')

    add(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>')
    text(LEFT, 28, title, more='font-size="16" font-weight="bold"')
    for x, name in x_ticks:
        if x_low <= math.log10(x) <= x_high:
            add(f'<path d="M{x_at(x):.1f},{TOP}V{bottom}" stroke="#dddddd"/>')
            text(x_at(x), bottom + 20, name, "middle")
    for power in range(y_low, y_high + 1):
        add(f'<path d="M{LEFT},{y_at(10.0**power):.1f}H{right}" stroke="#dddddd"/>')
        text(LEFT - 8, y_at(10.0**power) + 4, time_text(10.0**power), "end")
    add(f'<path d="M{LEFT},{TOP}V{bottom}H{right}" fill="none" stroke="#222222"/>')
    text((LEFT + right) / 2, HEIGHT - 14, x_title, "middle")
    text(0, 0, y_title, "middle", f'transform="translate(20,{(TOP + bottom) / 2:.0f}) rotate(-90)"')

    legend = TOP + 10

    def line(name, points, colour, width, dashes, shape):
        nonlocal legend
        style = f'stroke="{colour}" stroke-width="{width}"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
        path = "L".join(f"{x_at(x):.1f},{y_at(y):.1f}" for x, y in points)
        add(f'<path d="M{path}" fill="none" {style}/>')
        marks = [(x_at(x), y_at(y)) for x, y in points] if shape else []
        add(f'<path d="M{right + 15},{legend}h32" fill="none" {style}/>')
        for x, y in marks + ([(right + 31, legend)] if shape else []):
            add(f'<path d="{shape}" transform="translate({x:.1f},{y:.1f})" fill="{colour}" stroke="{colour}" stroke-width="1.5"/>')
        text(right + 55, legend + 4, name)
        legend += 24

    # In the legend from slow to fast, as the lines lie on the left; crosspool's are drawn last, above the others.
    others = sorted((n for n in series if n not in OURS), key=lambda n: -series[n][0][1])
    if reference:
        low, high = min(xs), max(xs)
        points = [(x, y) for x, y in ((x, reference[1](x)) for x in (low, high)) if y_low <= math.log10(y) <= y_high]
        if len(points) < 2:  # its part that is within
            x = low * 10.0**y_low / reference[1](low)
            points = [(max(low, x), reference[1](max(low, x))), (high, reference[1](high))]
        line(reference[0], points, "#888888", 1.5, "2 4", None)
    for name in others:
        i = OTHERS.index(name) if name in OTHERS else len(OTHERS)
        line(name, series[name], HUES[i % len(HUES)], 1.5, ["", "6 3"][i % 2], SHAPES[i % len(SHAPES)])
    for i, name in enumerate(n for n in OURS if n in series):
        line(name, series[name], OURS[name], 3.5, "", SHAPES[i])

    font = 'font-family="sans-serif" font-size="13" fill="#222222"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {font}>'
    return "\n".join([head, *out, "</svg>", ""])
