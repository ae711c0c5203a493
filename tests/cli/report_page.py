# SPDX-License-Identifier: GPL-2.0-only OR MIT
"""Looks at pages of `pinprick report` in Chromium, as a person would.

report_page.py PAGE [TEXT...] [-- PAGE [TEXT...]]...

Each page is opened on a phone and on a desk, in light and in dark.  It must be quiet, ask the
network for nothing, fit, be legible, have its parts, and show each TEXT letter by letter.  Then
mistakes are planted in copies of the first page, and each must be told.
Screenshots go to the folder that PINPRICK_SCREENSHOTS names.
"""
import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

PACKAGES = "chromium chromium-driver"
SIZES = [(390, 844, True), (1280, 900, False)]
PAPER = 720  # A4 without its margins
SCHEMES = ["light", "dark"]
PARTS = ["about", "findings", "growth", "speed", "lanes", "transitions", "planted"]

LOOK = r"""
const [width, parts, texts] = arguments, bad = [];
const say = (what, where) => bad.push(what + (where ? ': ' + where : ''));
const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' +
	(e.textContent || '').trim().slice(0, 40) + '"';
document.querySelectorAll('details').forEach(d => d.open = true);

if (document.documentElement.scrollWidth > width)
	say('overflow', document.documentElement.scrollWidth + ' of ' + width);

/* Contrast of each text with what is behind it. */
const parse = text => {
	const n = text.match(/[\d.]+/g).map(Number);
	return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1];
};
const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
const behind = e => {
	const layers = [];
	for (; e; e = e.parentElement) {
		const c = parse(getComputedStyle(e).backgroundColor);
		if (c[3] > 0)
			layers.push(c);
		if (c[3] === 1)
			break;
	}
	return layers.reduceRight((under, c) => over(c, under), [255, 255, 255, 1]);
};
const light = c => {
	const [r, g, b] = c.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (front, back) => {
	const [a, b] = [light(over(front, back)), light(back)].sort((x, y) => y - x);
	return (a + 0.05) / (b + 0.05);
};
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let count = 0;
for (let node; (node = walk.nextNode());) {
	const e = node.parentElement, tag = e.tagName.toLowerCase();
	if (!node.data.trim() || tag === 'title' || tag === 'style' || tag === 'script' ||
	    !e.checkVisibility())
		continue;
	const style = getComputedStyle(e);
	const ratio = contrast(parse(e instanceof SVGElement ? style.fill : style.color), behind(e));
	count++;
	if (ratio < 4.5)
		say('contrast', ratio.toFixed(2) + ' of ' + name(e));
}
if (count < 50)
	say('contrast', 'of ' + count + ' texts only');
/* Curves and bars are graphics: 3:1. */
document.querySelectorAll('.curve, .bar span, .flag .head, .spark path').forEach(e => {
	const style = getComputedStyle(e), svg = e instanceof SVGElement;
	const paint = !svg ? style.backgroundColor : style.fill !== 'none' ? style.fill : style.stroke;
	const ratio = contrast(parse(paint), behind(svg ? e : e.parentElement));
	if (ratio < 3)
		say('contrast', ratio.toFixed(2) + ' of the graphic ' + e.getAttribute('class'));
});

/* Labels of a chart may not lie on each other, nor be cut off. */
document.querySelectorAll('svg.chart').forEach(svg => {
	const frame = svg.getBoundingClientRect();
	const boxes = [...svg.querySelectorAll('text')].map(t => t.getBoundingClientRect());
	boxes.forEach((a, i) => {
		if (a.left < frame.left - 1 || a.right > frame.right + 1)
			say('label cut off', svg.getAttribute('aria-label'));
		boxes.slice(i + 1).forEach(b => {
			if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 &&
			    b.top < a.bottom - 3)
				say('labels collide', svg.getAttribute('aria-label'));
		});
	});
	if (frame.width && svg.querySelector('text') &&
	    parseFloat(getComputedStyle(svg.querySelector('text')).fontSize) * frame.width /
	    svg.viewBox.baseVal.width < 9)
		say('labels too small', svg.getAttribute('aria-label'));
});

parts.forEach(id => {
	const part = document.getElementById(id);
	if (!part || !part.querySelector('h2') || part.textContent.trim().length < 10)
		say('no part', id);
});
document.querySelectorAll('a').forEach(a => {
	const to = a.getAttribute('href') || '';
	if (to[0] !== '#' || !document.getElementById(to.slice(1)))
		say('link to nowhere', to);
});
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => say('id twice', id));
let level = 0;
document.querySelectorAll('h1, h2, h3, h4, h5, h6').forEach(h => {
	if (+h.tagName[1] > level + 1)
		say('heading out of order', name(h));
	level = +h.tagName[1];
});
if (document.querySelectorAll('h1').length !== 1)
	say('heading out of order', 'not one h1');
if (!document.documentElement.lang || !document.title)
	say('no language or title');
document.querySelectorAll('table').forEach(t => {
	if (!t.caption || [...t.querySelectorAll('th')].some(th => !th.scope))
		say('table without caption or scope', name(t));
});
document.querySelectorAll('*').forEach(e => {
	if (/^(script|iframe|object|embed|img|link|form|base)$/i.test(e.tagName) ||
	    [...e.attributes].some(a => /^on/i.test(a.name)))
		say('foreign markup', name(e));
});
texts.forEach(text => {
	if (!document.body.textContent.includes(text))
		say('text not shown', text);
});
return [...new Set(bad)];
"""

# What is planted in a copy of a page, and what must be said then.
INSERT = "</main>"
NO_POLICY = re.compile(r"<meta http-equiv=[^>]*>")
PLANTS = [
    ("<div style='width:2000px;height:1px'></div>", "overflow"),
    ("<script>throw new Error('planted')</script>", "console: .*planted"),
    ("<script>console.log('planted')</script>", "console: .*planted"),
    ("<img src='http://127.0.0.1:9/x.png' alt=''>", "network: http://127.0.0.1:9"),
    ("<p style='color:#999;background:#fff'>pale</p>", "contrast: .*pale"),
    ("<p style='color:#777a;background:#888a'>pale</p>", "contrast: .*pale"),
    ("<a href='#nowhere'>there</a>", "link to nowhere"),
    ("<p id='lanes'>again</p>", "id twice"),
    ("<h4>deep</h4>", "heading out of order"),
    ("<table><tr><th>x</th></tr></table>", "table without caption"),
    ("<b onclick='1'>press</b>", "foreign markup"),
    (
        "<svg class='chart' viewBox='0 0 380 100' aria-label='planted'>"
        "<text x='9' y='40'>one</text><text x='12' y='42'>two</text></svg>",
        "labels collide: planted",
    ),
]


class Browser:
    def __init__(self, scratch):
        chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if not chromium or not driver:
            sys.exit(
                "no Chromium here, in which the page is looked at; to install it: "
                "apt-get install -y --no-install-recommends " + PACKAGES
            )
        self.session, self.process = "", None
        self.driver = subprocess.Popen(
            [driver, "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HOME": scratch, "TMPDIR": scratch},
        )
        port = None
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                port = found.group(1)
                break
        if not port:
            sys.exit("chromedriver did not start: exit %s" % self.driver.wait())
        try:
            self.begin("http://127.0.0.1:%s" % port, chromium, scratch)
        except BaseException:
            self.close()
            raise

    def begin(self, base, chromium, scratch):
        self.base = base
        options = {
            "binary": chromium,
            "args": [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + os.path.join(scratch, "profile"),
            ],
        }
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        made = self.call("session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = made["sessionId"]
        self.process = made["capabilities"].get("goog:processID")
        # Away from the page that it begins with, which is not quiet.
        self.call("url", {"url": "about:blank"})

    def call(self, what, body, method="POST"):
        path = ("/session/%s/%s" % (self.session, what)).rstrip("/") if self.session else "/" + what
        request = urllib.request.Request(
            self.base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        request.method = method
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            sys.exit("chromedriver: %s: %s" % (what, error.read().decode()[:500]))

    def cdp(self, command, **parameters):
        return self.call("goog/cdp/execute", {"cmd": command, "params": parameters})

    def set(self, size, scheme):
        width, height, mobile = size
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if mobile else 1,
            mobile=mobile,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.cdp("Emulation.setEmulatedMedia", features=[feature])

    def run(self, script, *arguments):
        return self.call("execute/sync", {"script": script, "args": list(arguments)})

    def look(self, page, size, schemes, texts):
        """What there is to complain of, each with its scheme."""
        for log in ("browser", "performance"):
            self.call("se/log", {"type": log})
        self.set(size, schemes[0])
        url = "file://" + os.path.abspath(page)
        self.call("url", {"url": url})
        bad = []
        for scheme in schemes:
            self.set(size, scheme)
            bad += [(scheme, what) for what in self.run(LOOK, size[0], PARTS, texts)]
            page_colour = self.run("return getComputedStyle(document.body).backgroundColor")
            if (int(re.search(r"\d+", page_colour).group()) < 128) != (scheme == "dark"):
                bad.append((scheme, "scheme: the page is " + page_colour))
            self.shoot(page, size[0], scheme)
        for entry in self.call("se/log", {"type": "browser"}):
            bad.append(("any", "console: " + entry["message"]))
        for entry in self.call("se/log", {"type": "performance"}):
            message = json.loads(entry["message"])["message"]
            if message["method"] != "Network.requestWillBeSent":
                continue
            asked, whose = message["params"]["request"]["url"], message["params"]["documentURL"]
            if whose == url and asked != url:
                bad.append(("any", "network: " + asked))
        return bad

    def fits_paper(self, page):
        self.set((PAPER, 1000, False), "light")
        self.cdp("Emulation.setEmulatedMedia", media="print", features=[])
        self.call("url", {"url": "file://" + os.path.abspath(page)})
        width = self.run("return document.documentElement.scrollWidth")
        self.cdp("Emulation.setEmulatedMedia", media="", features=[])
        return width <= PAPER

    def shoot(self, page, width, scheme):
        folder, name = os.environ.get("PINPRICK_SCREENSHOTS"), os.path.basename(page)[:-5]
        if not folder or name in ("planted", "paper"):
            return
        os.makedirs(folder, exist_ok=True)
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True)
        with open("%s/%s-%d-%s.png" % (folder, name, width, scheme), "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def close(self):
        try:
            if self.session:
                self.call("", {}, "DELETE")
        except BaseException:
            if self.process:
                os.kill(self.process, signal.SIGKILL)
            raise
        finally:
            self.driver.terminate()
            self.driver.wait()


def look_at(browser, page, texts):
    failed = False
    for size in SIZES:
        for scheme, complaint in browser.look(page, size, SCHEMES, texts)[:20]:
            print("FAILED: %s, %d px, %s: %s" % (page, size[0], scheme, complaint))
            failed = True
    if not browser.fits_paper(page):
        print("FAILED: %s: too wide for paper" % page)
        failed = True
    return failed


def plant(browser, page, scratch):
    failed = False
    with open(page, encoding="utf-8") as text:
        whole = NO_POLICY.sub("", text.read())
    copies = [(whole.replace(INSERT, what + INSERT), what, sign) for what, sign in PLANTS]
    for part in PARTS:
        what = "id='%s'" % part
        copies.append((whole.replace(what, "id='x-%s'" % part), what, "no part: " + part))
    copies.append((whole.replace("<title>", "<title></title><i>", 1), "title", "no language or title"))
    copies.append((whole.replace("prefers-color-scheme:dark", "width:1px"), "dark", "scheme: "))
    path = os.path.join(scratch, "paper.html")
    with open(path, "w", encoding="utf-8") as out:
        out.write(whole.replace(INSERT, PLANTS[0][0] + INSERT))
    if browser.fits_paper(path):
        print("FAILED: nobody saw that a page is too wide for paper")
        failed = True
    copies.append((whole, "a text that is not there", "text not shown"))
    for copy, what, sign in copies:
        path = os.path.join(scratch, "planted.html")
        with open(path, "w", encoding="utf-8") as out:
            out.write(copy)
        said = [what for _, what in browser.look(path, SIZES[0], ["dark"], ["not there, nowhere"])]
        if not any(re.match(sign, one, re.DOTALL) for one in said):
            print("FAILED: nobody saw what was planted: %s; said was %s" % (what, said[:9]))
            failed = True
    return failed


def main():
    pages, failed = [[]], False
    for word in sys.argv[1:]:
        if word == "--":
            pages.append([])
        else:
            pages[-1].append(word)
    with tempfile.TemporaryDirectory() as scratch:
        browser = Browser(scratch)
        try:
            for page, *texts in pages:
                failed |= look_at(browser, page, texts)
            failed |= plant(browser, pages[0][0], scratch)
        finally:
            browser.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
